// Layers of single elements, and along axes.
import { contract, gather, sizeOf } from './array.ts';
import { add, mul, sub } from './layers.ts';
import { elementwise, forRows, rearranged, rowsOf, summed, Tensor, type Layer, type Operand } from './tensor.ts';

// --- single elements
export const abs = elementwise(Math.abs, Math.sign);
export const sign = elementwise(Math.sign, () => 0);
export const sin = elementwise(Math.sin, Math.cos);
export const cos = elementwise(Math.cos, (x) => -Math.sin(x));
export const log1p = elementwise(Math.log1p, (x) => 1 / (1 + x));
/** Outside of the range there is no gradient. */
export const clip = (least: number, most: number) =>
  elementwise(
    (x) => (x === x ? Math.min(Math.max(x, Math.fround(least)), Math.fround(most)) : NaN),
    (x) => (x >= least && x <= most ? 1 : 0),
  );
/** Definitions compare with plain numbers, and ties do not occur. */
const compared = (f: (a: number, b: number) => number) => (x: Tensor, bound: number) =>
  elementwise(
    (v) => f(v, Math.fround(bound)),
    (v) => (f(v, Math.fround(bound)) === v ? 1 : 0),
  )(x);
export const maximum = compared(Math.max);
export const minimum = compared(Math.min);
export const where = (condition: Tensor, a: Operand, b: Operand): Tensor => {
  const chosen = elementwise(
    (x) => (x === 0 ? 0 : 1),
    () => 0,
  )(condition);
  return add(mul(a, chosen), mul(b, sub(1, chosen)));
};

// --- axes
/** The numbers of an index along each axis. */
const placesOf = (shape: readonly number[], index: number): number[] => {
  const places: number[] = [];
  let rest = index;
  for (const length of shape.toReversed()) {
    places.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return places;
};
const indexOf = (shape: readonly number[], places: readonly number[]): number =>
  places.reduce((index, place, axis) => index * (shape[axis] ?? 1) + place, 0);
const without = (shape: readonly number[], axis: number): readonly number[] => shape.filter((_, i) => i !== axis);
const withAxis = (shape: readonly number[], axis: number, length: number): readonly number[] =>
  shape.map((n, i) => (i === axis ? length : n));

export const at = (index: number): Layer => {
  return (x) => {
    const shape = x.shape.slice(1);
    return rearranged(x, shape, (i) => index * sizeOf(shape) + i);
  };
};
export const expand =
  (...to: readonly number[]): Layer =>
  (x) =>
    rearranged(x, [...to, ...x.shape], (i) => i % sizeOf(x.shape));
export const permute =
  (...axes: readonly number[]): Layer =>
  (x) => {
    const shape = axes.map((axis) => x.shape[axis] ?? 1);
    return rearranged(x, shape, (i) => {
      const places = placesOf(shape, i);
      const own = x.shape.map((_, axis) => places[axes.indexOf(axis)] ?? 0);
      return indexOf(x.shape, own);
    });
  };
export const reduceSum =
  (axis: number): Layer =>
  (x) => {
    const shape = without(x.shape, axis);
    return summed(x, shape, (i) => indexOf(shape, without(placesOf(x.shape, i), axis)));
  };
export const reduceMean =
  (axis: number): Layer =>
  (x) =>
    mul(reduceSum(axis)(x), 1 / (x.shape[axis] ?? 1));
export const reduceMax =
  (axis: number): Layer =>
  (x) => {
    const shape = without(x.shape, axis);
    const [own, size] = [sizeOf(x.shape), sizeOf(shape)];
    const largest = Array.from({ length: (x.value.data.length / own) * size }, (_, n) => {
      const places = placesOf(shape, n % size);
      const all = Array.from({ length: x.shape[axis] ?? 1 }, (__, k) =>
        indexOf(x.shape, [...places.slice(0, axis), k, ...places.slice(axis)]),
      ).map((i) => Math.floor(n / size) * own + i);
      return all.reduce((best, i) => ((x.value.data[i] ?? 0) > (x.value.data[best] ?? 0) ? i : best));
    });
    return new Tensor(
      gather(x.value, [...rowsOf(x), ...shape], (i) => largest[i] ?? 0),
      x.lead,
    );
  };
export const sliceAt =
  (axis: number) =>
  (begin: number, end: number): Layer =>
  (x) => {
    const shape = withAxis(x.shape, axis, end - begin);
    return rearranged(x, shape, (i) =>
      indexOf(
        x.shape,
        placesOf(shape, i).map((place, k) => (k === axis ? place + begin : place)),
      ),
    );
  };
export const concatAt =
  (axis: number) =>
  (...xs: readonly Tensor[]): Tensor => {
    const total = xs.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0);
    let begin = 0;
    const parts = xs.map((x) => {
      const shape = withAxis(x.shape, axis, total);
      const from = begin;
      begin += x.shape[axis] ?? 0;
      return summed(x, shape, (i) =>
        indexOf(
          shape,
          placesOf(x.shape, i).map((place, k) => (k === axis ? place + from : place)),
        ),
      );
    });
    return parts.reduce((a, b) => add(a, b));
  };
export const stack = (...xs: readonly Tensor[]): Tensor =>
  concatAt(0)(...xs.map((x) => rearranged(x, [1, ...x.shape], (i) => i)));
export const matMul = (a: Tensor, given: Tensor): Tensor => {
  const b = forRows(given, a.lead);
  const [m = 1, k = 1, n = 1] = [...a.shape.slice(-2), b.shape.at(-1) ?? 1];
  const shape = [...a.shape.slice(0, -1), n];
  const matrices = a.value.data.length / (m * k);
  const value = contract(a.value, b.value, [...rowsOf(a), ...shape], {
    each: (term) => {
      for (let q = 0; q < matrices; q++)
        for (let i = 0; i < m; i++)
          for (let j = 0; j < n; j++)
            for (let l = 0; l < k; l++) term((q * m + i) * n + j, (q * m + i) * k + l, (q * k + l) * n + j);
    },
  });
  return new Tensor(value, a.lead);
};
