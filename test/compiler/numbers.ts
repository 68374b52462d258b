import { evaluate } from '../../src/onnx/evaluate.ts';
import { sizeOf, type OnnxGraph, type OnnxTensor, type ValueInfo } from '../../src/onnx/graph.ts';
import { numbersOf, tensorOf } from '../../src/onnx/tensor.ts';
import { normals, stream } from '../../src/random.ts';

/** A tensor of numbers that are drawn: the same for the same name. What may not be negative, is not. */
export const drawn = ({ name, dtype, shape }: ValueInfo, batch = 1, seed = 1): OnnxTensor => {
  const lengths = shape.map((dim) => (typeof dim === 'number' ? dim : batch));
  const numbers = normals(stream(seed, name), 1, sizeOf(lengths));
  return tensorOf(dtype, lengths, /variance|deviation/.test(name) ? numbers.map((v) => Math.abs(v) + 0.1) : numbers);
};

/** Numbers for each input of a graph, drawn; `batch` stands for every symbol. */
export const feedsOf = ({ inputs }: OnnxGraph, batch: number, seed = 1): Record<string, OnnxTensor> =>
  Object.fromEntries(inputs.map((info) => [info.name, drawn(info, batch, seed)]));

/** The largest difference between what two graphs give, relative to 1 or to the number where that is larger. */
export const difference = (a: OnnxGraph, b: OnnxGraph, feeds: Readonly<Record<string, OnnxTensor>>): number => {
  const [left, right] = [a, b].map((graph) =>
    evaluate(
      graph,
      Object.fromEntries(
        graph.inputs.flatMap(({ name }) => {
          const x = feeds[name];
          return x ? [[name, x]] : [];
        }),
      ),
    ),
  );
  let largest = 0;
  for (const { name } of b.outputs) {
    const [x, y] = [left?.[name], right?.[name]];
    if (!x || !y || `${x.shape}` !== `${y.shape}`) return NaN;
    const [p, q] = [numbersOf(x), numbersOf(y)];
    q.forEach((v, i) => (largest = Math.max(largest, Math.abs((p[i] ?? NaN) - v) / Math.max(1, Math.abs(v)))));
  }
  return largest;
};
