import * as ort from 'onnxruntime-node';
import { continuous, dense, normal, predictor, tanh, type Tensor } from 'cvae-compile';
import { expect, it } from 'vitest';
import { decode } from '../../src/onnx/decode.ts';
import { loadBackend } from '../../src/train/backend.ts';
import type { TrainingEngine } from '../../src/train/engine.ts';
import { onnxEngine } from '../../src/train/onnx-engine.ts';
import { adam } from '../../src/train/optimiser.ts';
import { tfjsEngine } from '../../src/train/tfjs.ts';
import { apart, inputOf, objectiveOf, weightsOf } from './support.ts';

/** Returns the objective of a network of this many layers. */
const objectiveOfLayers = (length: number) => {
  const deep = (h: Tensor<[3]>): Tensor<[3]> =>
    Array.from({ length }).reduce<Tensor<[3]>>((y) => y.pipe(dense(3), tanh), h);
  const condition = { x: continuous(3) };
  return objectiveOf(predictor({ condition, target: normal(3), network: ({ x }) => deep(x) }));
};

/** Returns an engine on onnxruntime, and the shapes of `x` in the files that it opens. */
const watched = () => {
  const shapes: unknown[] = [];
  const InferenceSession = {
    create: (bytes: Uint8Array, options: object) => {
      shapes.push(decode(bytes).graph.inputs.find(({ name }) => name === 'x')?.shape);
      return ort.InferenceSession.create(bytes, options);
    },
  };
  const engine = onnxEngine({
    ort: { InferenceSession, Tensor: ort.Tensor },
    name: 'onnxruntime-node',
    version: '',
    provider: 'cpu',
    threads: 1,
  });
  return { engine, shapes };
};

it('a graph of many nodes is evaluated by a file for each size of batch, two of which stay open, and gives the same', async () => {
  const graph = objectiveOfLayers(520);
  const weights = weightsOf(graph);
  const counts = [4, 4, 3, 4, 3, 2, 3, 4];
  const run = async (engine: TrainingEngine) => {
    const losses: number[] = [];
    for (const [i, count] of counts.entries()) {
      const { values } = inputOf(graph, adam(), i + 1, count);
      losses.push(...Object.values(await engine.evaluate(graph, weights, values, count)));
    }
    return losses;
  };
  const { engine, shapes } = watched();
  const ours = await run(engine);
  const rows = shapes.map((shape) => (Array.isArray(shape) ? shape[0] : shape));
  expect(rows).toEqual([4, 3, 2, 4]);
  const expected = await run(tfjsEngine(await loadBackend()));
  expect(expected).toHaveLength(ours.length);
  for (const [i, loss] of expected.entries()) expect(ours[i]).toBeCloseTo(loss, 4);
});

it('a step of many nodes is compiled for each size of batch, and computes the same', async () => {
  const graph = objectiveOfLayers(40);
  const optimiser = adam();
  const batches = [4, 4, 3, 4, 3].map((count, i) => inputOf(graph, optimiser, i + 1, count));
  const run = async (engine: TrainingEngine) => {
    const session = await engine.load(graph, optimiser, weightsOf(graph));
    await session.step(batches);
    const weights = await session.read();
    session.close();
    return weights;
  };

  const { engine, shapes } = watched();
  const ours = await run(engine);
  // Two sizes, opened once each.
  expect(shapes).toEqual([
    ['K', 4, 3],
    ['K', 3, 3],
  ]);
  expect(apart(ours, await run(tfjsEngine(await loadBackend())))).toBeLessThan(1e-3);
});
