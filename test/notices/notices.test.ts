import { beforeAll, describe, expect, it } from 'vitest';
import { add, concat, continuous, cvae, dense, gaussian, mul, normal, predictor, relu } from 'cvae-compile';
import {
  elbo,
  gsnn,
  hybrid,
  linear,
  onnxEngine,
  sgd,
  train,
  usualEngine,
  type Checkpoint,
  type Engine,
  type TrainOptions,
} from 'cvae-compile/train';
import type { Model } from '../../src/dsl/model.ts';
import { normals, stream, uniforms } from '../../src/random.ts';
import { loadOrt } from '../../src/runtime/ort-node.ts';
import type { Data } from '../../src/data/source.ts';

// Real trainings, each of a second, on 1,000 points of which y has two halves: one that x decides and one that nothing in x tells.
const COUNT = 1000;
const x = Array.from(uniforms(stream(1, 'x'), COUNT, 1));
const hidden = normals(stream(1, 'hidden'), COUNT, 1);
const noise = normals(stream(1, 'noise'), COUNT, 4);
const some = (at: number, i: number) => 0.05 * (noise[at * 4 + i] ?? 0);
/** y depends on x and on something that x does not tell. */
const twofold = { x, y: x.map((v, at) => [v, -v, hidden[at] ?? 0, -(hidden[at] ?? 0)].map((m, i) => m + some(at, i))) };
/** y depends on x alone. */
const told = { x, y: x.map((v, at) => [v, -v, 2 * v, 1 - v].map((m, i) => m + some(at, i))) };

const condition = { x: continuous(1) };
const target = normal(4, { sigma: 0.1 });
const modelOf = (sigma: number) =>
  cvae({
    condition,
    target: normal(4, { sigma }),
    latent: 2,
    recognition: ({ x: given, y }) => concat(given, y).pipe(dense(16), relu, gaussian(2)),
    decoder: ({ x: given, z }) => concat(given, z).pipe(dense(16), relu, dense(4)),
  });
const model = modelOf(0.1);
/** Least squares: its loss is a parabola. */
const plain = predictor({ condition, target, network: (given) => given.x.pipe(dense(4)) });
/** Its decoder has no use for z, whatever it is trained with. */
const deaf = cvae({
  condition,
  target,
  latent: 2,
  recognition: ({ x: given, y }) => concat(given, y).pipe(dense(16), relu, gaussian(2)),
  decoder: ({ x: given, z }) => add(given.pipe(dense(16), relu, dense(4)), mul(z.pipe(dense(4)), 1e-4)),
});

const ENGINES: Readonly<Record<string, () => Promise<Engine>>> = {
  'TensorFlow.js': usualEngine,
  onnxruntime: async () =>
    onnxEngine({ ort: await loadOrt(), name: 'onnxruntime-node', version: '1', provider: 'cpu', threads: 1 }),
};

describe.each(Object.entries(ENGINES))('training with %s', (_, load) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await load();
  });
  const run = async (given: Model, data: Data, options: TrainOptions = {}) => {
    const notices: string[] = [];
    // Where tfjs-node is missing, its engine says why.
    const onNotice = (notice: string) => void (notice === engine.notice || notices.push(notice));
    const usual = { epochs: 15, batch: 50, learningRate: 3e-3, engine, onNotice };
    return { ...(await train(given, data, { ...usual, ...options })), notices };
  };

  it.each<readonly [string, TrainOptions]>([
    ['the plain bound', {}],
    ['β warm-up', { objective: elbo({ beta: linear({ to: 1, epochs: 8 }) }) }],
    ['free bits', { objective: elbo({ freeBits: 0.2 }) }],
    ['hybrid', { objective: hybrid(0.5) }],
  ])('says nothing of a healthy run: %s', async (_name, options) => {
    const { notices, epochs } = await run(model, twofold, options);
    expect(notices).toEqual([]);
    const last = epochs.at(-1)?.latent;
    expect(last?.share).toBeGreaterThan(0.01);
    expect(last?.kl).toHaveLength(2);
    expect(last?.activeUnits).toBeGreaterThanOrEqual(1);
  });

  it('says once that the posterior collapses, with the remedies, and not again when the run goes on', async () => {
    let resume: Checkpoint | undefined;
    const options = { learningRate: 0.01, onCheckpoint: (last: Checkpoint) => void (resume = last) };
    const { notices, epochs } = await run(modelOf(0.5), told, options);
    expect(notices).toEqual([
      expect.stringMatching(
        /^posterior collapse: the KL is \S+ nats in epoch \d+, .*; usual remedies: β warm-up, .*; free bits, /,
      ),
    ]);
    expect(epochs.filter(({ noticed }) => noticed)).toHaveLength(1);
    if (!resume) throw new Error('no checkpoint');
    expect((await run(modelOf(0.5), told, { learningRate: 0.01, epochs: 18, resume })).notices).toEqual([]);
  });

  it.each<readonly [string, Model, Data, TrainOptions]>([
    ['though free bits are paid', deaf, twofold, { objective: elbo({ freeBits: { total: 2 } }) }],
    ['where there is nothing for it to say', model, told, { objective: gsnn(), learningRate: 0.02 }],
  ])('says once that the decoder ignores z, %s', async (_name, given, data, options) => {
    const { notices, epochs } = await run(given, data, options);
    // The GSNN leaves the recognition network alone: what that would say of the KL is no news.
    expect(epochs.at(-1)?.latent?.kl?.length).toBe(options.objective?.name === 'gsnn' ? undefined : 2);
    expect(notices).toEqual([
      expect.stringMatching(/^the decoder ignores z: .*% of y's variance .*; usual remedies: /),
    ]);
  });

  it('says once that the loss diverges while it is still a number: from the start, or after it had learned', async () => {
    // All examples at once: steps of 2.05 times the curvature's inverse, which is 1/σ² as all is standardised, go 5 % too far.
    const steep = { optimiser: sgd(), learningRate: 2.05 * 0.01, batch: COUNT, validation: 0, epochs: 20 };
    const { notices, epochs } = await run(plain, told, steep);
    expect(epochs.at(-1)?.train['loss']).toBeGreaterThan(4 * (epochs[0]?.train['loss'] ?? NaN));
    expect(notices).toEqual([expect.stringMatching(/^the loss diverges: \S+ in epoch \d+, and \S+ before training; /)]);

    const late = await run(plain, told, { learningRate: ({ epoch }) => (epoch < 6 ? 0.02 : 5), epochs: 8 });
    expect(late.notices).toEqual([
      expect.stringMatching(/^the loss diverges: \S+ in epoch \d+, (after|and) .*; usual remedies: a smaller learning/),
    ]);
  });
});
