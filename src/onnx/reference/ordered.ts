import { axisOf, number } from '../attributes.ts';
import { around, input, zeros, type Kernel } from './numbers.ts';

/** The largest or smallest elements along an axis, in order; of equal ones, the first comes first. */
export const topK: Kernel = (call) => {
  const { node } = call;
  const x = input(call, 0);
  const axis = axisOf(node, number(node, 'axis'), x.shape.length);
  const count = input(call, 1).data[0] ?? 0;
  const sign = number(node, 'largest') === 1 ? -1 : 1;
  const [outer, length, inner] = around(x.shape, axis);
  const shape = x.shape.map((dim, i) => (i === axis ? count : dim));
  const [values, places] = [zeros(x.dtype, shape), zeros('int64', shape)];
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      const at = (k: number): number => x.data[(o * length + k) * inner + i] ?? NaN;
      const order = Array.from({ length }, (_, k) => k).sort((a, b) => sign * (at(a) - at(b)) || a - b);
      for (let k = 0; k < count; k++) {
        const place = order[k] ?? 0;
        values.data[(o * count + k) * inner + i] = at(place);
        places.data[(o * count + k) * inner + i] = place;
      }
    }
  return [values, places];
};

/** The sum of the elements up to each one along an axis, or from each one on. */
export const cumSum: Kernel = (call) => {
  const { node } = call;
  const x = input(call, 0);
  const axis = axisOf(node, input(call, 1).data[0] ?? 0, x.shape.length);
  const [outer, length, inner] = around(x.shape, axis);
  const [exclusive, reverse] = [number(node, 'exclusive') === 1, number(node, 'reverse') === 1];
  const result = zeros(x.dtype, x.shape);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      let sum = 0;
      for (let k = 0; k < length; k++) {
        const at = (o * length + (reverse ? length - 1 - k : k)) * inner + i;
        const next = sum + (x.data[at] ?? NaN);
        result.data[at] = exclusive ? sum : next;
        sum = next;
      }
    }
  return [result];
};

/** Keeps the elements above a diagonal of each matrix, or below it, with the diagonal. */
export const trilu: Kernel = (call) => {
  const x = input(call, 0);
  const [rows = 0, columns = 0] = x.shape.slice(-2);
  const diagonal = call.inputs[1]?.data[0] ?? 0;
  const upper = number(call.node, 'upper') === 1;
  const data = x.data.map((value, i) => {
    const away = (i % columns) - (Math.floor(i / columns) % rows) - diagonal;
    return (upper ? away >= 0 : away <= 0) ? value : 0;
  });
  return [{ ...x, data }];
};
