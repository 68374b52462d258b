import { show } from '../../shape/show.ts';
import { invalid, word } from '../attributes.ts';
import { addDims } from '../dims.ts';
import type { Dim } from '../graph.ts';
import { axesOf, listOf, requireEqual, shapeOf, unknown, type Context, type Rule } from './rule.ts';

/** Infers the shape of padding, which lengthens or shortens axes at both ends. */
export const pad: Rule = (context) => {
  const { node } = context;
  const shape = shapeOf(context, 0);
  const axes = context.inputs[3] ? axesOf(context, 3, shape.length) : shape.map((_, i) => i);
  if (context.inputs[2] && context.inputs[2].shape.length > 0)
    throw invalid(node, 'a scalar to pad with', `the shape ${show(context.inputs[2].shape)}`);
  const pads = listOf(context, 1);
  if (!axes) return [{ shape: unknown(shape.length) }];
  requireEqual(context, 'twice as many pads as axes', 2 * axes.length, pads.length);
  const result = [...shape];
  const left = [...shape];
  axes.forEach((axis, i) => {
    const [before = '?', after = '?'] = [pads[i], pads[i + axes.length]];
    left[axis] = cropped(context, axis, before, after, pads);
    result[axis] = added(context, axis, left[axis], before, after, pads);
  });
  if (word(node, 'mode') !== 'constant' && left.includes(0))
    throw invalid(node, 'axes with something to repeat', `the lengths ${show(left)}`);
  return [{ shape: result }];
};

/** Returns the length of an axis after negative pads have cropped it. */
const cropped = (context: Context, axis: number, before: Dim, after: Dim, pads: readonly Dim[]): Dim => {
  const length = shapeOf(context, 0)[axis] ?? '?';
  if (typeof before !== 'number' || typeof after !== 'number') return '?';
  const left = addDims(length, Math.min(before, 0) + Math.min(after, 0));
  if (typeof left === 'number' && left < 0) throw invalid(context.node, 'pads that leave something', show(pads));
  return left;
};

/** Returns the length of a cropped axis after padding. */
const added = ({ node }: Context, axis: number, left: Dim, before: Dim, after: Dim, pads: readonly Dim[]): Dim => {
  if (typeof before !== 'number' || typeof after !== 'number') return '?';
  if (word(node, 'mode') === 'reflect' && typeof left === 'number' && left > 0 && Math.max(before, after) >= left)
    throw invalid(node, `reflected pads below axis ${axis}'s length of ${left}`, show(pads));
  return addDims(left, Math.max(before, 0) + Math.max(after, 0));
};
