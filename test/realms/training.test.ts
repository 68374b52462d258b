import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { DATA, everywhere, MODEL } from './realm.ts';

// Options, weights, checkpoints, schedules and callbacks of another realm, or objects without a prototype.

const folder = mkdtempSync(join(tmpdir(), 'realms-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SETTINGS = `engine: 'onnx', epochs: 1, batch: 8, seed: 3, onNotice: () => undefined`;

it('a model trains alike, from weights and from a checkpoint', async () => {
  const text = await everywhere(
    `(async () => {
      const model = ${MODEL}; ${DATA}
      const first = await training.train(model, source, o({
        ${SETTINGS}, learningRate: () => 1e-3, optimiser: training.adam(o({ beta1: 0.8 })),
        objective: training.elbo(o({ freeBits: { total: 1 } })),
      }));
      let checkpoint;
      await training.train(model, source, o({
        ${SETTINGS}, weights: copied(first.weights), checkpointEvery: { steps: 1 }, signal,
        onCheckpoint: async (taken) => { checkpoint = taken; },
      }));
      const { weights, best, optimiser } = checkpoint;
      const resume = o({
        ...checkpoint, weights: copied(weights), best: copied(best),
        optimiser: Object.fromEntries(Object.entries(optimiser).map(([state, held]) => [state, copied(held)])),
      });
      const more = await training.train(model, source, o({ ${SETTINGS}, epochs: 2, resume }));
      const engine = await training.engineOf('onnx');
      const evaluated = await training.evaluate(model, copied(more.weights), source, o({ samples: 3, engine }));
      const path = folder + '/w.safetensors';
      await training.saveWeights(path, copied(more.weights), o({ mine: 'x' }));
      return { first, more, evaluated, loaded: await training.loadWeights(path) };
    })()`,
    { folder, signal: new AbortController().signal },
  );
  expect(JSON.parse(text).more.epochs).toHaveLength(3);
});

it('an objective of its own trains alike, also where it leaves a network alone that another objective validates with', async () => {
  const text = await everywhere(`(async () => {
    const model = ${MODEL}; ${DATA}
    const mine = training.objective('mine', ({ recognition, decoder, nll, x, y, scalars }) => {
      const q = recognition(x, y);
      const z = lib.reparameterise(q, lib.noise('noise', 'normal', y, q.mean.shape));
      return o({
        loss: lib.add(lib.batchMean(nll(decoder(x, z), y)), lib.mul(scalars.weight, lib.batchMean(lib.kl(q)))),
      });
    }, o({ weight: ({ step }) => step / 10 }));
    const objective = training.withNoise(mine, o({ x: lib.gaussianNoise(0.1), toString: lib.dropout(0.2) }));
    return training.train(model, source, o({ ${SETTINGS}, joint: true, objective, validateBy: training.elbo() }));
  })()`);
  expect(Object.keys(JSON.parse(text).epochs[0].validation)).toContain('kl');
});

it.each([
  [
    'weights: new Set()',
    'InvalidModel: train: expected weights by name as weights, got a Set; pass the weights that train or loadWeights returned',
  ],
  [
    `weights: new Map([['decoder/own', { shape: [4], data: [1, 2, 3, 4] }]])`,
    'WeightsMismatch: train: expected a Float32Array as data of decoder/own, got an array of 4; pass the weights that train or loadWeights returned',
  ],
  [
    'learningRate: new Map()',
    'InvalidModel: train: expected a positive number or a schedule as learningRate, got a Map; give one such as 1e-3',
  ],
])('what cannot be meant is refused in the same words: %s', async (option, sentence) => {
  const script = `(async () => { const model = ${MODEL}; ${DATA} return training.train(model, source, o({ ${SETTINGS}, ${option} })); })()`;
  expect(await everywhere(script)).toBe(sentence);
});

it('what a callback of another realm throws is reported by its message', async () => {
  const script = `(async () => {
    const model = ${MODEL}; ${DATA}
    return training.train(model, source, o({ ${SETTINGS}, onEpoch: () => { throw new RangeError('mine'); } }));
  })()`;
  expect(await everywhere(script)).toBe('RangeError: mine');
});
