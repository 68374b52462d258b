import { show } from '../../shape/show.ts';
import { size } from '../../shape/size.ts';
import { invalid, number } from '../attributes.ts';
import { broadcast, broadcastsTo } from '../dims.ts';
import { equationOf } from '../einsum.ts';
import type { Dim } from '../graph.ts';
import { rankOf, requireEqual, shapeOf, type Rule } from '../infer/rule.ts';
import {
  broadcastPlaces,
  broadcastShape,
  input,
  reshaped,
  stridesOf,
  take,
  walk,
  zeros,
  type Kernel,
  type ReferenceTensor,
} from '../reference/numbers.ts';
import { innerProducts } from '../reference/inner-products.ts';
import type { Definition, Operations } from './definition.ts';
import { flag, FLOAT, NUMBER, optional, required } from './spec.ts';

const gemmShape: Rule = (context) => {
  const { node } = context;
  const a = rankOf(context, 0, 2);
  const b = rankOf(context, 1, 2);
  const [m = '?', k = '?'] = number(node, 'transA') ? a.toReversed() : a;
  const [l = '?', n = '?'] = number(node, 'transB') ? b.toReversed() : b;
  requireEqual(context, "B's inner length", k, l);
  const c = context.inputs[2]?.shape;
  if (c && !broadcastsTo(c, [m, n])) throw invalid(node, `C to broadcast to ${show([m, n])}`, show(c));
  return [{ shape: [m, n] }];
};

const matMulShape: Rule = (context) => {
  const [a, b] = [shapeOf(context, 0), shapeOf(context, 1)];
  if (a.length === 0 || b.length === 0) throw invalid(context.node, 'matrices or vectors', 'a scalar');
  requireEqual(context, "B's inner length", a.at(-1) ?? '?', b.at(b.length === 1 ? 0 : -2) ?? '?');
  const batch = broadcast(a.slice(0, -2), b.slice(0, -2));
  if (!batch) throw invalid(context.node, 'batches that broadcast', `${show(a)} and ${show(b)}`);
  return [{ shape: [...batch, ...a.slice(0, -1).slice(-1), ...(b.length > 1 ? b.slice(-1) : [])] }];
};

/** Every letter has one length, wherever it occurs. */
const einsumShape: Rule = (context) => {
  const { inputs, output } = equationOf(context.node);
  const lengths = new Map<string, Dim>();
  inputs.forEach((letters, input) => {
    const shape = shapeOf(context, input);
    if (shape.length !== letters.length)
      throw invalid(context.node, `${letters.length} axes of input ${input}`, `the shape ${show(shape)}`);
    letters.forEach((letter, axis) => {
      const before = lengths.get(letter) ?? '?';
      const dim = shape[axis] ?? '?';
      requireEqual(context, `axes ${letter}`, before, dim);
      if (before === '?') lengths.set(letter, dim);
    });
  });
  return [{ shape: output.map((letter) => lengths.get(letter) ?? '?') }];
};

/** Returns a tensor with its last two axes exchanged. */
const transposed = (x: ReferenceTensor): ReferenceTensor => {
  const exchange = <T>(list: readonly T[]): T[] => [...list.slice(0, -2), ...list.slice(-2).reverse()];
  const shape = exchange(x.shape);
  return take(x, shape, walk(shape, exchange(stridesOf(x.shape))));
};

/** α · A' · B' + β · C, where A' is A or its transpose. */
const gemm: Kernel = (call) => {
  const { node, inputs } = call;
  const a = number(node, 'transA') ? transposed(input(call, 0)) : input(call, 0);
  const b = number(node, 'transB') ? input(call, 1) : transposed(input(call, 1));
  const [alpha, beta] = [number(node, 'alpha'), number(node, 'beta')];
  const [m = 0, k = 0] = a.shape;
  const [n = 0] = b.shape;
  const data = innerProducts(a.data, b.data, m, n, k);
  const c = inputs[2];
  const places = c && broadcastPlaces(c.shape, [m, n]);
  for (let i = 0; i < data.length; i++)
    data[i] = alpha * (data[i] ?? NaN) + (places ? beta * (c.data[places[i] ?? 0] ?? NaN) : 0);
  return [{ dtype: a.dtype, shape: [m, n], data }];
};

/** Matrix products over batches that broadcast, as in NumPy's matmul. */
const matMul: Kernel = (call) => {
  const [left, right] = [input(call, 0), input(call, 1)];
  // A vector is a matrix of one row on the left, of one column on the right; that axis is removed again.
  const a = left.shape.length === 1 ? reshaped(left, [1, ...left.shape]) : left;
  const b = right.shape.length === 1 ? reshaped(right, [...right.shape, 1]) : right;
  const [m = 1, k = 1] = a.shape.slice(-2);
  const n = b.shape.at(-1) ?? 1;
  const batch = broadcastShape(call.node, [a.shape.slice(0, -2), b.shape.slice(0, -2)]);
  const [atA, atB] = [a, b].map((x) => broadcastPlaces(x.shape.slice(0, -2), batch));
  const columns = transposed(b).data;
  const part = (data: Float64Array, index: number | undefined, size: number): Float64Array =>
    data.subarray((index ?? 0) * size, ((index ?? 0) + 1) * size);
  const result = zeros(a.dtype, [...batch, m, n]);
  for (let i = 0; i < size(batch); i++)
    result.data.set(innerProducts(part(a.data, atA?.[i], m * k), part(columns, atB?.[i], k * n), m, n, k), i * m * n);
  const kept = result.shape.filter(
    (_, i) => !(i === batch.length && left.shape.length === 1) && !(i === batch.length + 1 && right.shape.length === 1),
  );
  return [reshaped(result, kept)];
};

/** The sum over all letters that the output lacks of the product of the inputs' elements. */
const einsum: Kernel = (call) => {
  const { inputs, output } = equationOf(call.node);
  const all = inputs.map((_, i) => input(call, i));
  const lengths = new Map(inputs.flatMap((own, i) => own.map((letter, k) => [letter, all[i]?.shape[k] ?? 1] as const)));
  const summed = [...lengths.keys()].filter((letter) => !output.includes(letter));
  const letters = [...output, ...summed];
  const shapeOf = (own: readonly string[]): readonly number[] => own.map((letter) => lengths.get(letter) ?? 1);
  // Where each input's element is, for each element of the output and each of the sum.
  const places = inputs.map((own, i) => {
    const strides = stridesOf(all[i]?.shape ?? []);
    return walk(
      shapeOf(letters),
      letters.map((letter) => own.reduce((sum, one, k) => sum + (one === letter ? (strides[k] ?? 0) : 0), 0)),
    );
  });
  const result = zeros(input(call, 0).dtype, shapeOf(output));
  const terms = size(shapeOf(summed));
  for (let i = 0; i < result.data.length; i++) {
    let sum = 0;
    for (let k = 0; k < terms; k++)
      sum += all.reduce((product, x, j) => product * (x.data[places[j]?.[i * terms + k] ?? 0] ?? NaN), 1);
    result.data[i] = sum;
  }
  return [result];
};

/** Returns the number of products that an Einsum adds up: one for each combination of all letters. */
const combinations: Operations = (node, inputs) => {
  const lengths = new Map(
    equationOf(node).inputs.flatMap((letters, i) => letters.map((letter, k) => [letter, inputs[i]?.[k] ?? 1] as const)),
  );
  return size([...lengths.values()]) * inputs.length;
};

/** Matrix products and sums of products. */
export const PRODUCTS = {
  Gemm: {
    inputs: { A: 'T', B: 'T', C: 'T?' },
    outputs: { Y: 'T' },
    types: { T: FLOAT },
    attributes: { alpha: optional('float', 1), beta: optional('float', 1), transA: flag(0), transB: flag(0) },
    webgpu: 26,
    infer: gemmShape,
    evaluate: gemm,
    operations: ({ attributes }, [a = []], given) => given * ((attributes['transA'] === 1 ? a[0] : a[1]) ?? 1),
  },
  MatMul: {
    inputs: { A: 'T', B: 'T' },
    outputs: { Y: 'T' },
    types: { T: NUMBER },
    attributes: {},
    webgpu: 26,
    infer: matMulShape,
    evaluate: matMul,
    operations: (_, [a = []], given) => given * (a.at(-1) ?? 1),
  },
  Einsum: {
    inputs: { Inputs: 'T*' },
    outputs: { Output: 'T' },
    types: { T: ['float32', 'float64', 'int32', 'int64'] },
    attributes: { equation: required('string') },
    webgpu: 26,
    infer: einsumShape,
    evaluate: einsum,
    exact: true,
    operations: combinations,
  },
} satisfies Record<string, Definition>;
