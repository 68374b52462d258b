import { show } from '../../shape/show.ts';
import { axisOf, invalid, number } from '../attributes.ts';
import { productOf } from '../dims.ts';
import { rankOf, requireEqual, shapeOf, type Context, type Rule } from '../infer/rule.ts';
import { around, input, zeros, type Kernel } from '../reference/numbers.ts';
import type { Definition } from './definition.ts';
import { moveSpec } from './moving.ts';
import { flag, optional } from './spec.ts';

/** Requires an input to have one element, as a scalar or a vector. */
export const requireOne = (context: Context, input: number, what: string): void => {
  const shape = shapeOf(context, input);
  if (shape.length > 1) throw invalid(context.node, `one ${what}`, `the shape ${show(shape)}`);
  requireEqual(context, `one ${what}, a number`, 1, productOf(shape));
};

const topKShape: Rule = (context) => {
  const { node } = context;
  const shape = shapeOf(context, 0);
  const axis = axisOf(node, number(node, 'axis'), shape.length);
  requireEqual(context, 'one number of elements, a length', 1, rankOf(context, 1, 1)[0] ?? '?');
  const [count = '?'] = context.elements(1) ?? [];
  const length = shape[axis] ?? '?';
  if (typeof count === 'number' && count < 0) throw invalid(node, 'a number of elements from 0', String(count));
  if (typeof count === 'number' && typeof length === 'number' && count > length)
    throw invalid(node, `at most the ${length} elements of axis ${axis}`, String(count));
  const result = { shape: shape.map((dim, i) => (i === axis ? count : dim)) };
  return [result, result];
};

const triluShape: Rule = (context) => {
  const shape = shapeOf(context, 0);
  if (shape.length < 2) throw invalid(context.node, 'matrices', `the shape ${show(shape)}`);
  if (context.inputs[1]) requireOne(context, 1, 'diagonal');
  return [{ shape }];
};

/** The largest or smallest elements along an axis, in order; of equal ones, the first comes first. */
const topK: Kernel = (call) => {
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

/** Keeps the elements above a diagonal of each matrix, or below it, with the diagonal. */
const trilu: Kernel = (call) => {
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

/** Operators that depend on the order of elements. */
export const ORDERING = {
  /** The `K` largest or smallest elements along an axis, in order; of equal ones, the first comes first. */
  TopK: {
    ...moveSpec,
    inputs: { X: 'T', K: 'int64' },
    outputs: { Values: 'T', Indices: 'int64?' },
    types: { T: ['float32', 'float64', 'int32', 'int64'] },
    attributes: { axis: optional('int', -1), largest: flag(1), sorted: optional('int', 1, { only: [1] }) },
    infer: topKShape,
    evaluate: topK,
  },
  Trilu: {
    ...moveSpec,
    since: 14,
    inputs: { input: 'T', k: 'int64?' },
    types: { T: ['float32', 'float64', 'int64'] },
    attributes: { upper: flag(1) },
    infer: triluShape,
    evaluate: trilu,
  },
} satisfies Record<string, Definition>;
