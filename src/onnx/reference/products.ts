import { number } from '../attributes.ts';
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
  type Numbers,
} from './numbers.ts';

/** Adds a · b to y, for row-major matrices of m × k, k × n and m × n that begin at these places. */
const multiply = (
  a: Float64Array,
  b: Float64Array,
  y: Float64Array,
  [m, k, n]: readonly [number, number, number],
  [atA, atB, atY]: readonly [number, number, number],
): void => {
  for (let i = 0; i < m; i++)
    for (let l = 0; l < k; l++) {
      const factor = a[atA + i * k + l] ?? NaN;
      const [row, out] = [atB + l * n, atY + i * n];
      for (let j = 0; j < n; j++) y[out + j] = (y[out + j] ?? 0) + factor * (b[row + j] ?? NaN);
    }
};

const transposed = (x: Numbers): Numbers => {
  const shape = x.shape.toReversed();
  return take(x, shape, walk(shape, stridesOf(x.shape).reverse()));
};

/** α · A' · B' + β · C, where A' is A or its transpose. */
export const gemm: Kernel = (call) => {
  const { node, inputs } = call;
  const a = number(node, 'transA') ? transposed(input(call, 0)) : input(call, 0);
  const b = number(node, 'transB') ? transposed(input(call, 1)) : input(call, 1);
  const [alpha, beta] = [number(node, 'alpha'), number(node, 'beta')];
  const [m = 0, k = 0] = a.shape;
  const n = b.shape[1] ?? 0;
  const result = zeros(a.dtype, [m, n]);
  multiply(a.data, b.data, result.data, [m, k, n], [0, 0, 0]);
  const c = inputs[2];
  const places = c && broadcastPlaces(c.shape, result.shape);
  for (let i = 0; i < result.data.length; i++)
    result.data[i] = alpha * (result.data[i] ?? NaN) + (places ? beta * (c.data[places[i] ?? 0] ?? NaN) : 0);
  return [result];
};

/** Matrix products over batches that broadcast, as NumPy's matmul. */
export const matMul: Kernel = (call) => {
  const [left, right] = [input(call, 0), input(call, 1)];
  // A vector is a matrix of one row on the left, of one column on the right; that axis is dropped again.
  const a = left.shape.length === 1 ? reshaped(left, [1, ...left.shape]) : left;
  const b = right.shape.length === 1 ? reshaped(right, [...right.shape, 1]) : right;
  const [m = 1, k = 1] = a.shape.slice(-2);
  const n = b.shape.at(-1) ?? 1;
  const batch = broadcastShape(call.node, [a.shape.slice(0, -2), b.shape.slice(0, -2)]);
  const [atA, atB] = [a, b].map((x) => broadcastPlaces(x.shape.slice(0, -2), batch));
  const result = zeros(a.dtype, [...batch, m, n]);
  for (let i = 0; i * m * n < result.data.length; i++)
    multiply(a.data, b.data, result.data, [m, k, n], [(atA?.[i] ?? 0) * m * k, (atB?.[i] ?? 0) * k * n, i * m * n]);
  const kept = result.shape.filter(
    (_, i) => !(i === batch.length && left.shape.length === 1) && !(i === batch.length + 1 && right.shape.length === 1),
  );
  return [reshaped(result, kept)];
};
