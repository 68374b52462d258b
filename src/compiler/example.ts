import { evaluate } from '../onnx/evaluate.ts';
import type { OnnxGraph } from '../onnx/graph.ts';
import { numbersOf, tensorOf } from '../onnx/tensor.ts';
import { fillNormals, fillUniforms, stream } from '../random.ts';
import type { Condition, Example, Signature, TargetSignature } from '../signature.ts';

/**
 * The example by which a file can be tested where it runs: inputs of one row, drawn in the data's units and with
 * three digits, and the outputs that the reference computes for them. The same file, the same example.
 */
export const exampleOf = (graph: OnnxGraph, signature: Signature): Example => {
  const inputs: Record<string, readonly number[]> = {};
  const tensors: Parameters<typeof evaluate>[1] = Object.fromEntries(
    graph.inputs.map(({ name, shape }) => {
      const dims = [1, ...shape.slice(1).map(Number)];
      const values = valuesOf(
        name,
        dims.reduce((product, size) => product * size, 1),
        signature,
      );
      inputs[name] = values;
      return [name, tensorOf('float32', dims, Float32Array.from(values))];
    }),
  );
  const given = Object.entries(evaluate(graph, tensors));
  const outputs = given.map(([name, tensor]) => [name, Array.from(numbersOf(tensor), sixDigits)] as const);
  return { inputs, outputs: Object.fromEntries(outputs) };
};

/** Numbers such as an input holds: one-hot classes, pixels and coins in [0, 1], others about their mean. */
const valuesOf = (name: string, size: number, { conditions, target }: Signature): readonly number[] => {
  const key = stream(0, 'selfTest', name);
  const variable: Condition | TargetSignature | undefined = name === 'y' ? target : conditions[name];
  const kind = variable && ('kind' in variable ? variable.kind : variable.distribution);
  if (kind === 'categorical') return oneHot(size, variable?.shape.at(-1) ?? 1);
  const isShare = kind === 'image' || kind === 'bernoulli';
  const drawn = (isShare ? fillUniforms : fillNormals)(new Float32Array(size), key);
  const { mean = [], deviation = [] } = variable?.scaling ?? {};
  return Array.from(drawn, (value, i) => Number(((mean[i] ?? 0) + (deviation[i] ?? 1) * value).toPrecision(3)));
};

/** The classes in turn, one for each place. */
const oneHot = (size: number, classes: number): readonly number[] =>
  Array.from({ length: size }, (_, i) => (i % classes === Math.floor(i / classes) % classes ? 1 : 0));

const sixDigits = (value: number): number => Number(value.toPrecision(6));
