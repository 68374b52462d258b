import { InferenceSession, Tensor } from 'onnxruntime-node';
import { fromHalf } from '../../src/float16.ts';
import { ELEMENT, type DType } from '../../src/onnx/dtype.ts';
import { encode } from '../../src/onnx/encode.ts';
import type { OnnxGraph, OnnxModel, OnnxTensor } from '../../src/onnx/graph.ts';
import { OPSET, irVersionOf } from '../../src/onnx/schema.ts';
import { tensorOf } from '../../src/onnx/tensor.ts';

/** A graph as a model of the default versions. */
export const modelOf = (graph: OnnxGraph, opset = OPSET): OnnxModel => ({
  graph,
  opset,
  irVersion: irVersionOf(opset),
  metadata: {},
  producer: { name: 'test', version: '0' },
});

/** A session of onnxruntime's CPU provider; rejects where it refuses the model. `plain` leaves its optimisations off. */
export const load = (model: OnnxModel): Promise<InferenceSession> =>
  InferenceSession.create(encode(model), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
    graphOptimizationLevel: 'disabled',
  });

/** What onnxruntime's CPU provider gives for a model. */
export const runOrt = async (
  model: OnnxModel,
  inputs: Readonly<Record<string, OnnxTensor>>,
): Promise<Record<string, { readonly dims: readonly number[]; readonly data: readonly number[] }>> => {
  const session = await load(model);
  try {
    const feeds = Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, toOrt(tensor)]));
    const results = await session.run(feeds);
    return Object.fromEntries(
      Object.entries(results).map(([name, value]) => [
        name,
        { dims: value.dims, data: Array.from(value.data as never, value.type === 'float16' ? fromHalf : Number) },
      ]),
    );
  } finally {
    await session.release();
  }
};

const toOrt = ({ dtype, shape, data }: OnnxTensor): Tensor => new Tensor(dtype, data as never, shape);

/** Numbers that look like a trained model's values, the same on every run: of mean 0, within ±2. */
export const noise = (shape: readonly number[], seed = 1, dtype: DType = 'float32'): OnnxTensor => {
  let state = seed >>> 0 || 1;
  const size = shape.reduce((a, b) => a * b, 1);
  const numbers = Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const x = (state / 2 ** 32) * 4 - 2;
    return ELEMENT[dtype].word.includes('int') ? Math.trunc(x * 3) : x;
  });
  return tensorOf(dtype, shape, numbers);
};
