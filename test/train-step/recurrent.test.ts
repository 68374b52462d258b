import {
  bidirectional,
  concat,
  continuous,
  cvae,
  dense,
  expand,
  gaussian,
  gru,
  lstm,
  normal,
  reshape,
} from 'cvae-compile';
import { expect, it } from 'vitest';
import type { Tensor } from '../../src/dsl/tensor.ts';
import { optimise } from '../../src/compiler/optimise.ts';
import { trainLoop, trainStep } from '../../src/compiler/train-step.ts';
import { subgraphs, type OnnxGraph } from '../../src/onnx/graph.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { loadBackend } from '../../src/train/backend.ts';
import type { TrainingEngine } from '../../src/train/engine.ts';
import { adam, optimiserGraph } from '../../src/train/optimiser.ts';
import { tfjsEngine } from '../../src/train/tfjs.ts';
import { apart, inputOf, objectiveOf, onnx, weightsOf } from './support.ts';

/** A model of series of this number of steps of 2 channels, with as many LSTMs on both sides. */
const series = (steps: number, units: number, layers: number) => {
  const deep = (x: Tensor<[number, number]>): Tensor<[number, number]> =>
    Array.from({ length: layers }).reduce<Tensor<[number, number]>>((h) => h.pipe(lstm(units)), x);
  return cvae({
    condition: { start: continuous(2) },
    target: normal(steps * 2),
    latent: 2,
    recognition: ({ y }) => deep(reshape(steps, 2)(y)).pipe(bidirectional(gru(units, { last: true })), gaussian(2)),
    decoder: ({ z, start }) =>
      deep(concat(z, start).pipe(expand(steps))).pipe(gru(2), reshape(steps * 2), dense(steps * 2)),
  });
};

const count = ({ nodes }: OnnxGraph): number =>
  nodes.reduce((sum, node) => subgraphs(node).reduce((all, held) => all + count(held), sum + 1), 0);

it('a step of three and three LSTMs has as many nodes for any number of steps', () => {
  const optimiser = adam();
  const nodes = (steps: number) => {
    const step = trainStep(objectiveOf(series(steps, 4, 3)), {
      state: optimiser.state,
      scalars: Object.keys(optimiser.scalars(1, 1)),
      update: (shape) => optimiserGraph(optimiser, shape),
    });
    return count(trainLoop({ ...step, graph: optimise(step.graph, OPSET) }));
  };
  expect(nodes(120)).toBe(nodes(3));
});

it('is trained by onnxruntime as by TensorFlow.js', async () => {
  const graph = objectiveOf(series(5, 3, 1));
  const optimiser = adam();
  const batches = Array.from({ length: 6 }, (_, i) => inputOf(graph, optimiser, i + 1, i === 5 ? 3 : 4));
  const run = async (engine: TrainingEngine) => {
    const session = await engine.load(graph, optimiser, weightsOf(graph));
    const metrics = await session.step(batches);
    const weights = await session.read();
    session.close();
    return { losses: metrics.map(({ loss = NaN }) => loss), weights };
  };
  const [ours, theirs] = [await run(onnx()), await run(tfjsEngine(await loadBackend()))];
  ours.losses.forEach((loss, i) => expect(Math.abs(loss / (theirs.losses[i] ?? NaN) - 1)).toBeLessThan(1e-4));
  expect(apart(ours.weights, theirs.weights)).toBeLessThan(1e-3);
});
