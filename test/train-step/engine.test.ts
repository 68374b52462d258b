import { batchNorm, bernoulli, categorical, concat, cvae, dense, dropout, gaussian, network, relu } from 'cvae-compile';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Graph } from '../../src/graph/graph.ts';
import { resolve } from '../../src/graph/resolve.ts';
import { loadBackend } from '../../src/train/backend.ts';
import type { TrainingEngine } from '../../src/train/engine.ts';
import { elbo } from '../../src/train/objectives/elbo.ts';
import { adam, clipped, sgd } from '../../src/train/optimiser.ts';
import { tfjsEngine } from '../../src/train/tfjs.ts';
import { train } from '../../src/train/train.ts';
import type { Weights } from '../../src/weights/weights.ts';
import { apart, inputOf, objectiveOf, onnx, weightsOf } from './support.ts';

const guess = network('baseline', { kind: categorical(2) }, ({ kind }) => kind.pipe(dense(6), relu, dense(9)));

/** With noise, running statistics, and a baseline. */
const model = cvae({
  condition: { kind: categorical(2) },
  target: bernoulli(9),
  latent: 2,
  baseline: guess,
  recognition: ({ y, kind }) => concat(y, kind).pipe(dense(8), batchNorm, relu, dropout(0.2), gaussian(2)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(8), relu, dense(9)),
});

const graph = objectiveOf(model);
const optimiser = adam();
const batches = Array.from({ length: 12 }, (_, i) => inputOf(graph, optimiser, i + 1, i === 11 ? 5 : 8));

let tfjs: TrainingEngine;
beforeAll(async () => {
  tfjs = tfjsEngine(await loadBackend());
});

/** What training in calls of this number of batches leaves. */
const trained = async (engine: TrainingEngine, atOnce: number, objective: Graph = graph, by = optimiser) => {
  const session = await engine.load(objective, by, weightsOf(objective));
  try {
    const metrics = [];
    for (let i = 0; i < batches.length; i += atOnce)
      metrics.push(...(await session.step(batches.slice(i, i + atOnce))));
    return { metrics, weights: await session.read(), state: await session.state() };
  } finally {
    session.close();
  }
};

describe('training with onnxruntime', () => {
  it('gives the same weights to the bit, however many steps a call takes, and however often it is repeated', async () => {
    const engine = onnx();
    const one = await trained(engine, 1);
    expect(await trained(engine, 1)).toEqual(one);
    expect(await trained(engine, 5)).toEqual(one);
    expect(await trained(onnx(), 12)).toEqual(one);
  });

  it('follows TensorFlow.js, in losses, weights, running statistics and moments', async () => {
    const [ours, theirs] = [await trained(onnx(), 4), await trained(tfjs, 1)];
    for (const [i, { loss = NaN }] of ours.metrics.entries())
      expect(Math.abs(loss / (theirs.metrics[i]?.['loss'] ?? NaN) - 1)).toBeLessThan(1e-4);
    expect([...ours.weights.keys()].sort()).toEqual([...theirs.weights.keys()].sort());
    expect(ours.weights.has('recognition/batchNorm_1/mean')).toBe(true);
    // Batch normalisation takes away what the bias before it adds: its gradient is rounding errors, which Adam makes steps of.
    const meant = (weights: Weights = new Map()): Weights =>
      new Map(
        [...weights].filter(([name]) => name !== 'recognition/dense_1/bias' && name !== 'recognition/batchNorm_1/mean'),
      );
    expect(apart(meant(ours.weights), meant(theirs.weights))).toBeLessThan(1e-3);
    for (const name of optimiser.state)
      expect(apart(meant(ours.state[name]), meant(theirs.state[name]))).toBeLessThan(1e-3);
  });

  it.each([
    ['momentum', sgd({ momentum: 0.9 })],
    ['clipped gradients', clipped(sgd(), 0.1)],
  ])('follows it with %s too', async (_, by) => {
    const steps = batches.map((batch, i) => ({ ...batch, scalars: by.scalars(i + 1, 1e-3) }));
    const run = async (engine: TrainingEngine) => {
      const session = await engine.load(graph, by, weightsOf(graph));
      await session.step(steps);
      return session.read();
    };
    expect(apart(await run(onnx()), await run(tfjs))).toBeLessThan(1e-4);
  });

  it('leaves a frozen network as it is, and asks for no memory of it', async () => {
    const frozen = resolve(elbo().body(model), { mode: 'train', frozen: new Set(['recognition']) });
    const { weights, state } = await trained(onnx(), 4, frozen);
    const before = weightsOf(frozen);
    for (const [name, { data }] of weights)
      if (name.startsWith('recognition/')) expect(data).toEqual(before.get(name)?.data);
    expect(weights.get('decoder/dense_1/kernel')?.data).not.toEqual(before.get('decoder/dense_1/kernel')?.data);
    expect([...(state['velocity']?.keys() ?? [])].filter((name) => name.startsWith('recognition/'))).toEqual([]);
  });

  it('resumes from state and weights that it gave', async () => {
    const whole = await trained(onnx(), 3);
    const engine = onnx();
    const first = await engine.load(graph, optimiser, weightsOf(graph));
    await first.step(batches.slice(0, 6));
    const [weights, state] = [await first.read(), await first.state()];
    first.close();
    const second = await engine.load(graph, optimiser, weightsOf(graph, 2));
    await second.write(weights);
    await second.restore(state);
    await second.step(batches.slice(6));
    expect(await second.read()).toEqual(whole.weights);
    second.close();
  });

  it('may be given more batches a call as it sees how long they take', async () => {
    const session = await onnx().load(graph, optimiser, weightsOf(graph));
    expect(session.atOnce).toBe(1);
    for (let i = 0; i < 6; i++) await session.step(batches.slice(0, 1));
    expect(session.atOnce).toBeGreaterThan(1);
    session.close();
  });

  it('evaluates as TensorFlow.js does', async () => {
    const evaluation = resolve(elbo().body(model, true), { mode: 'infer' });
    const { values, count } = inputOf(evaluation, optimiser, 1, 7);
    const weights = weightsOf(evaluation);
    const theirs = await tfjs.evaluate(evaluation, weights, values, count);
    const ours = await onnx().evaluate(evaluation, weights, values, count);
    expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
    for (const [name, value] of Object.entries(theirs)) expect(ours[name]).toBeCloseTo(value, 4);
  });
});

describe('train with engine: onnx', () => {
  const data = (count: number, from: number) => ({
    kind: Array.from({ length: count }, (_, i) => i % 2),
    y: Array.from({ length: count }, (_, i) =>
      Array.from({ length: 9 }, (_, j) => ((i + from + j * 7) % 5) / 8 + (i % 2 === j % 2 ? 0.4 : 0)),
    ),
  });
  const run = (seed: number) =>
    train(model, { train: data(120, 0), test: data(30, 3) }, { engine: 'onnx', epochs: 3, batch: 16, seed });

  it('lowers the loss, and gives the same weights for the same seed, to the bit', async () => {
    const first = await run(7);
    expect(first.engine.name).toBe('onnxruntime-node');
    const losses = first.epochs.filter(({ phase }) => phase === 'model').map((epoch) => epoch.train['loss'] ?? NaN);
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? NaN);
    expect((await run(7)).weights).toEqual(first.weights);
    expect((await run(8)).weights).not.toEqual(first.weights);
  });
});
