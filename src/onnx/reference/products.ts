import { size } from '../../shape/size.ts';
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
  type ReferenceTensor,
} from './numbers.ts';

/**
 * Returns the inner product of each of m rows of a with each of n rows of b, all of length k: m × n numbers. Processes
 * three rows of both at a time, so that each element is read once for three products.
 */
export const innerProducts = (a: Float64Array, b: Float64Array, m: number, n: number, k: number): Float64Array => {
  const result = new Float64Array(m * n);
  for (let j = 0; j < n; j += 3) {
    // Past the last row these repeat it.
    const [b0, b1, b2] = [j * k, Math.min(j + 1, n - 1) * k, Math.min(j + 2, n - 1) * k];
    for (let i = 0; i < m; i += 3) {
      const [a0, a1, a2] = [i * k, Math.min(i + 1, m - 1) * k, Math.min(i + 2, m - 1) * k];
      let [s00, s01, s02] = [0, 0, 0];
      let [s10, s11, s12] = [0, 0, 0];
      let [s20, s21, s22] = [0, 0, 0];
      for (let l = 0; l < k; l++) {
        const x = a[a0 + l] ?? NaN;
        const y = a[a1 + l] ?? NaN;
        const z = a[a2 + l] ?? NaN;
        const u = b[b0 + l] ?? NaN;
        const v = b[b1 + l] ?? NaN;
        const w = b[b2 + l] ?? NaN;
        s00 += x * u;
        s01 += x * v;
        s02 += x * w;
        s10 += y * u;
        s11 += y * v;
        s12 += y * w;
        s20 += z * u;
        s21 += z * v;
        s22 += z * w;
      }
      // Repeated rows write the same numbers to the same places.
      const [r0, r1, r2] = [i * n, Math.min(i + 1, m - 1) * n, Math.min(i + 2, m - 1) * n];
      const [c0, c1, c2] = [j, Math.min(j + 1, n - 1), Math.min(j + 2, n - 1)];
      result[r0 + c0] = s00;
      result[r0 + c1] = s01;
      result[r0 + c2] = s02;
      result[r1 + c0] = s10;
      result[r1 + c1] = s11;
      result[r1 + c2] = s12;
      result[r2 + c0] = s20;
      result[r2 + c1] = s21;
      result[r2 + c2] = s22;
    }
  }
  return result;
};

/** Returns a tensor with its last two axes exchanged. */
const transposed = (x: ReferenceTensor): ReferenceTensor => {
  const exchange = <T>(list: readonly T[]): T[] => [...list.slice(0, -2), ...list.slice(-2).reverse()];
  const shape = exchange(x.shape);
  return take(x, shape, walk(shape, exchange(stridesOf(x.shape))));
};

/** α · A' · B' + β · C, where A' is A or its transpose. */
export const gemm: Kernel = (call) => {
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
export const matMul: Kernel = (call) => {
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
