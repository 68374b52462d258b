import { axisOf, number, numbers } from '../attributes.ts';
import { isFloat } from '../dtype.ts';
import { around, broadcastPlaces, input, listOf, zeros, type Call, type Kernel } from './numbers.ts';

/**
 * Returns the axes of a reduction: from its input as of opset 18, from its attribute before; all axes if none are
 * given.
 */
const axesOf = (call: Call, rank: number): readonly number[] => {
  const given = listOf(call, 1) ?? numbers(call.node, 'axes') ?? [];
  if (given.length > 0) return given.map((axis) => axisOf(call.node, axis, rank));
  return call.node.attributes['noop_with_empty_axes'] === 1 ? [] : Array.from({ length: rank }, (_, i) => i);
};

/** Reduces each group of elements with the same position on the other axes, by a fold and a final function. */
const reduction =
  (
    start: number,
    fold: (result: number, x: number) => number,
    end: (result: number, count: number) => number,
  ): Kernel =>
  (call) => {
    const x = input(call, 0);
    const axes = axesOf(call, x.shape.length);
    const kept = x.shape.map((dim, i) => (axes.includes(i) ? 1 : dim));
    const result = zeros(x.dtype, kept);
    result.data.fill(start);
    const places = broadcastPlaces(kept, x.shape);
    for (let i = 0; i < places.length; i++) {
      const place = places[i] ?? 0;
      result.data[place] = fold(result.data[place] ?? NaN, x.data[i] ?? NaN);
    }
    const count = x.data.length / Math.max(1, result.data.length);
    const whole = isFloat(x.dtype) ? (value: number): number => value : Math.trunc;
    const shape = number(call.node, 'keepdims') === 1 ? kept : x.shape.filter((_, i) => !axes.includes(i));
    return [{ dtype: x.dtype, shape, data: result.data.map((value) => whole(end(value, count))) }];
  };

const same = (result: number): number => result;

export const reduceSum = reduction(0, (sum, x) => sum + x, same);
export const reduceMean = reduction(
  0,
  (sum, x) => sum + x,
  (sum, count) => sum / count,
);
export const reduceMax = reduction(-Infinity, Math.max, same);
/** log Σ eˣ, as log(eᵃ + eᵇ) = max + log(1 + e^−|a − b|), so that nothing overflows. */
export const reduceLogSumExp = reduction(
  -Infinity,
  (a, b) => (a === b && !Number.isFinite(a) ? a : Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)))),
  same,
);

/** Returns the position of the maximum along an axis: the first of several, or with `select_last_index` the last. */
export const argMax: Kernel = (call) => {
  const x = input(call, 0);
  const axis = axisOf(call.node, number(call.node, 'axis'), x.shape.length);
  const last = number(call.node, 'select_last_index') === 1;
  const [outer, length, inner] = around(x.shape, axis);
  const keep = number(call.node, 'keepdims') === 1;
  const shape = x.shape.flatMap((dim, i) => (i === axis ? (keep ? [1] : []) : [dim]));
  const result = zeros('int64', shape);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      const at = (k: number): number => x.data[(o * length + k) * inner + i] ?? NaN;
      let best = 0;
      for (let k = 1; k < length; k++) if (at(k) > at(best) || (last && at(k) === at(best))) best = k;
      result.data[o * inner + i] = best;
    }
  return [result];
};
