import { evaluate } from '../onnx/evaluate.ts';
import type { OnnxGraph } from '../onnx/graph.ts';
import { numbersOf, tensorOf } from '../onnx/tensor.ts';
import type { Example, Label } from '../signature.ts';
import { realistic } from './realistic.ts';

/**
 * The example by which a file can be tested where it runs: inputs of one row as the file meets them in use, with three digits,
 * and the outputs that the reference computes for them. The same file, the same example.
 */
export const exampleOf = (graph: OnnxGraph, label: Label): Example => {
  const drawn = Object.entries(realistic(label, label, 1)).map(
    ([name, { data, shape }]) => [name, { shape, values: Array.from(data, digits(3)) }] as const,
  );
  const given = drawn.map(([name, { shape, values }]) => [name, tensorOf('float32', shape, values)] as const);
  const outputs = Object.entries(evaluate(graph, Object.fromEntries(given))).map(
    ([name, tensor]) => [name, Array.from(numbersOf(tensor), digits(6))] as const,
  );
  return {
    inputs: Object.fromEntries(drawn.map(([name, { values }]) => [name, values])),
    outputs: Object.fromEntries(outputs),
  };
};

const digits =
  (count: number) =>
  (value: number): number =>
    Number(value.toPrecision(count));
