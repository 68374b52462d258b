import { invalid, word } from '../attributes.ts';
import { addDims, written } from '../dims.ts';
import type { Dim } from '../graph.ts';
import { axesOf, listOf, requireEqual, shapeOf, unknown, type Context, type Rule } from './rule.ts';

/** An axis made longer, or shorter, at both of its ends. */
export const pad: Rule = (context) => {
  const { node } = context;
  const shape = shapeOf(context, 0);
  const axes = context.inputs[3] ? axesOf(context, 3, shape.length) : shape.map((_, i) => i);
  if (context.inputs[2] && context.inputs[2].shape.length > 0)
    throw invalid(node, 'a scalar to pad with', `the shape ${written(context.inputs[2].shape)}`);
  const pads = listOf(context, 1);
  if (!axes) return [{ shape: unknown(shape.length) }];
  requireEqual(context, 'twice as many pads as axes', 2 * axes.length, pads.length);
  const result = [...shape];
  axes.forEach((axis, i) => {
    result[axis] = padded(context, axis, pads[i] ?? '?', pads[i + axes.length] ?? '?', pads);
  });
  return [{ shape: result }];
};

/** The length of an axis after padding, which takes away where it is negative; only what is left is padded. */
const padded = (context: Context, axis: number, before: Dim, after: Dim, pads: readonly Dim[]): Dim => {
  const { node } = context;
  const length = shapeOf(context, 0)[axis] ?? '?';
  if (typeof before !== 'number' || typeof after !== 'number') return '?';
  if (typeof length !== 'number') return addDims(length, before + after);
  const left = length + Math.min(before, 0) + Math.min(after, 0);
  if (left < 0) throw invalid(node, 'pads that leave something', written(pads));
  const added = Math.max(before, after);
  const mode = word(node, 'mode');
  if (mode === 'reflect' && added > 0 && added >= left)
    throw invalid(node, `reflected pads below axis ${axis}'s length of ${left}`, written(pads));
  if (mode === 'edge' && added > 0 && left === 0) throw invalid(node, 'an axis with an edge', 'one of 0');
  return length + before + after;
};
