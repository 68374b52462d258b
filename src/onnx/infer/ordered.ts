import { show } from '../../shape/show.ts';
import { axisOf, invalid, number } from '../attributes.ts';
import { productOf } from '../dims.ts';
import { knownNumbers, rankOf, requireEqual, shapeOf, type Context, type Rule } from './rule.ts';

/** Requires an input to have one element, as a scalar or a vector. */
const requireOne = (context: Context, input: number, what: string): void => {
  const shape = shapeOf(context, input);
  if (shape.length > 1) throw invalid(context.node, `one ${what}`, `the shape ${show(shape)}`);
  requireEqual(context, `one ${what}, a number`, 1, productOf(shape));
};

export const topK: Rule = (context) => {
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

export const cumSum: Rule = (context) => {
  const shape = shapeOf(context, 0);
  requireOne(context, 1, 'axis');
  const [axis] = knownNumbers(context, 1) ?? [];
  if (axis !== undefined) axisOf(context.node, axis, shape.length);
  return [{ shape }];
};

export const trilu: Rule = (context) => {
  const shape = shapeOf(context, 0);
  if (shape.length < 2) throw invalid(context.node, 'matrices', `the shape ${show(shape)}`);
  if (context.inputs[1]) requireOne(context, 1, 'diagonal');
  return [{ shape }];
};
