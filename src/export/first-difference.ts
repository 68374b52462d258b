import { encode } from '../onnx/encode.ts';
import { evaluate } from '../onnx/evaluate.ts';
import type { OnnxModel, OnnxTensor } from '../onnx/graph.ts';
import { infer } from '../onnx/infer.ts';
import { numbersOf } from '../onnx/tensor.ts';
import { TOLERANCE } from './compare.ts';
import type { InferenceEngine, Values } from './engine.ts';

/**
 * Returns the name of the first node, in order, whose value an engine computes differently from the reference: every float32
 * value of the model is made an output of a copy of it. Undefined if all agree, since an output is not fused with other nodes.
 */
export const firstDifferent = async (
  model: OnnxModel,
  inputs: Values,
  engine: InferenceEngine,
): Promise<string | undefined> => {
  const { graph, opset } = model;
  const types = infer(graph, opset);
  const given = new Set(graph.outputs.map(({ name }) => name));
  const shown = graph.nodes.flatMap(({ outputs }) =>
    outputs.flatMap((name) => {
      const type = types.get(name);
      return type?.dtype === 'float32' && !given.has(name) ? [{ name, ...type }] : [];
    }),
  );
  const loaded = await engine.load(encode({ ...model, graph: { ...graph, outputs: [...graph.outputs, ...shown] } }));
  try {
    const found = await loaded.run(inputs);
    let first: string | undefined;
    evaluate(graph, tensors(inputs), {
      opset,
      onNode: (node, outputs) => {
        const differs = Object.entries(outputs).some(
          ([name, value]) =>
            types.get(name)?.dtype === 'float32' && !isAlike(found[name]?.data ?? [], numbersOf(value)),
        );
        if (differs) first ??= node.name;
      },
    });
    return first;
  } finally {
    await loaded.release();
  }
};

/** Whether numbers within a graph, whose units are unknown, are the expected ones: relative to the largest if all are small. */
const isAlike = (found: ArrayLike<number>, expected: Float64Array): boolean => {
  const unit = Math.min(
    1,
    expected.reduce((most, b) => Math.max(most, Math.abs(b)), 0),
  );
  return expected.every((b, i) => {
    const a = found[i] ?? NaN;
    return a === b || Math.abs(a - b) <= TOLERANCE * (unit + Math.abs(b));
  });
};

/** Returns arrays as ONNX tensors. */
export const tensors = (values: Values): Readonly<Record<string, OnnxTensor>> =>
  Object.fromEntries(
    Object.entries(values).map(([name, { data, shape }]): [string, OnnxTensor] => [
      name,
      { dtype: 'float32', shape, data },
    ]),
  );
