import { evaluate } from '../../src/onnx/evaluate.ts';
import type { OnnxGraph, OnnxTensor, ValueInfo } from '../../src/onnx/graph.ts';
import { numbersOf, tensorOf } from '../../src/onnx/tensor.ts';
import { normals, stream } from '../../src/random.ts';
import { size } from '../../src/shape/size.ts';

/** A tensor of numbers that are drawn: the same for the same name. What may not be negative, is not. */
export const drawn = ({ name, dtype, shape }: ValueInfo, batch = 1, seed = 1): OnnxTensor => {
  const lengths = shape.map((dim) => (typeof dim === 'number' ? dim : batch));
  const numbers = normals(stream(seed, name), 1, size(lengths));
  return tensorOf(dtype, lengths, /variance|deviation/.test(name) ? numbers.map((v) => Math.abs(v) + 0.1) : numbers);
};

/** Numbers for each input of a graph, drawn; `batch` stands for every symbol. */
export const feedsOf = ({ inputs }: OnnxGraph, batch: number, seed = 1): Record<string, OnnxTensor> =>
  Object.fromEntries(inputs.map((info) => [info.name, drawn(info, batch, seed)]));

/** Of these tensors, those that a graph takes. */
export const takenBy = (graph: OnnxGraph, feeds: Tensors): Tensors =>
  Object.fromEntries(Object.entries(feeds).filter(([name]) => graph.inputs.some((info) => info.name === name)));

type Tensors = Readonly<Record<string, OnnxTensor>>;

interface Numeric {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** The largest difference from what a graph gives in the reference, relative to 1 or to the number where that is larger. */
export const apart = (found: Readonly<Record<string, Numeric>>, graph: OnnxGraph, feeds: Tensors): number => {
  let largest = 0;
  for (const [name, expected] of Object.entries(evaluate(graph, takenBy(graph, feeds)))) {
    const { shape, data }: Numeric = found[name] ?? { shape: [], data: [] };
    if (`${shape}` !== `${expected.shape}`) return NaN;
    numbersOf(expected).forEach(
      (v, i) => (largest = Math.max(largest, Math.abs((data[i] ?? NaN) - v) / Math.max(1, Math.abs(v)))),
    );
  }
  return largest;
};

/** The largest difference between what two graphs give in the reference, likewise. */
export const difference = (a: OnnxGraph, b: OnnxGraph, feeds: Tensors): number => {
  const found = Object.entries(evaluate(a, takenBy(a, feeds))).map(
    ([name, tensor]) => [name, { shape: tensor.shape, data: numbersOf(tensor) }] as const,
  );
  return apart(Object.fromEntries(found), b, feeds);
};
