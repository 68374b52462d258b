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

it('a step of many nodes is compiled for each size of batch, and computes the same', async () => {
  const x = continuous(3);
  const deep = (h: Tensor<[3]>): Tensor<[3]> =>
    Array.from({ length: 40 }).reduce<Tensor<[3]>>((y) => y.pipe(dense(3), tanh), h);
  const graph = objectiveOf(predictor({ condition: { x }, target: normal(3), network: ({ x }) => deep(x) }));
  const optimiser = adam();
  const batches = [4, 4, 3, 4, 3].map((count, i) => inputOf(graph, optimiser, i + 1, count));
  const run = async (engine: TrainingEngine) => {
    const session = await engine.load(graph, optimiser, weightsOf(graph));
    await session.step(batches);
    const weights = await session.read();
    session.close();
    return weights;
  };

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
  const ours = await run(engine);
  // Two sizes, opened once each.
  expect(shapes).toEqual([
    ['K', 4, 3],
    ['K', 3, 3],
  ]);
  expect(apart(ours, await run(tfjsEngine(await loadBackend())))).toBeLessThan(1e-3);
});
