import { beforeAll, describe, expect, it } from 'vitest';
import { bernoulli, categorical, concat, constant, cvae, dense, gaussian, mul, network, tanh } from 'cvae-compile';
import { loadBackend } from '../../src/train/backend.ts';
import type { TrainingEngine } from '../../src/train/engine.ts';
import { adamW, sgd } from '../../src/train/optimiser.ts';
import { tfjsEngine } from '../../src/train/tfjs.ts';
import { apart, inputOf, objectiveOf, onnx, weightsOf } from './support.ts';

/** Only one of its two outputs is used, and the other has parameters of its own. */
const pair = network('pair', { a: categorical(4), b: categorical(3) }, ({ a, b }) => ({
  first: a.pipe(dense(5), tanh),
  second: b.pipe(dense(5)),
}));
const model = cvae({
  condition: { kind: categorical(2) },
  target: bernoulli(6),
  latent: 2,
  recognition: ({ y, kind }) => concat(y, kind).pipe(dense(4), tanh, gaussian(2)),
  decoder: ({ z, kind }) => {
    const x = concat(z, kind);
    return pair({ a: x, b: x.pipe(dense(3)) }).first.pipe(dense(6));
  },
});
/** The same without a loss that depends on any parameter. */
const still = cvae({
  condition: { kind: categorical(2) },
  target: bernoulli(6),
  latent: 2,
  recognition: ({ y, kind }) => concat(y, kind).pipe(gaussian(2)),
  decoder: ({ z }) => mul(z.pipe(dense(6)), constant([6], 0)),
});

let engines: readonly TrainingEngine[] = [];
beforeAll(async () => {
  engines = [onnx(), tfjsEngine(await loadBackend())];
});

describe('parameters that the loss does not depend on', () => {
  it.each([
    ['sgd', sgd()],
    ['adamW', adamW({ decay: 0.1 })],
  ])('are trained by no gradient, in each engine alike: %s', async (_, optimiser) => {
    const graph = objectiveOf(model);
    const unread = 'decoder/dense_1/kernel';
    expect(graph.params.map(({ name }) => name)).toContain(unread);
    const before = weightsOf(graph);
    const left = [];
    for (const engine of engines) {
      const session = await engine.load(graph, optimiser, before);
      await session.step([1, 2].map((step) => inputOf(graph, optimiser, step, 5)));
      left.push(await session.read());
      session.close();
    }
    const [ours, theirs] = left;
    if (!ours || !theirs) throw new Error('two engines');
    expect(apart(ours, theirs)).toBeLessThan(1e-5);
    const kept = optimiser.name === 'sgd' ? 1 : (1 - 1e-2 * 0.1) ** 2;
    const expected = before.get(unread)?.data.map((w) => w * kept) ?? [];
    for (const weights of left)
      expect([...(weights.get(unread)?.data ?? [])]).toEqual([...expected].map((w) => expect.closeTo(w, 6)));
  });

  it('may be all that there are', async () => {
    const graph = objectiveOf(still);
    for (const engine of engines) {
      const session = await engine.load(graph, sgd(), weightsOf(graph));
      const [{ loss } = {}] = await session.step([inputOf(graph, sgd(), 1, 5)]);
      expect(loss).toBeGreaterThan(0);
      session.close();
    }
  });
});
