import { show } from '../../shape/show.ts';
import { axisOf, invalid, number, word } from '../attributes.ts';
import type { Dim } from '../graph.ts';
import { rankOf, requireEqual, shapeOf, type Context, type Rule } from './rule.ts';

export const gather: Rule = (context) => {
  const shape = shapeOf(context, 0);
  const axis = axisOf(context.node, number(context.node, 'axis'), shape.length);
  return [{ shape: [...shape.slice(0, axis), ...shapeOf(context, 1), ...shape.slice(axis + 1)] }];
};

/** Returns the shape of indices that each refer to one element: they must not exceed the other axes. */
const elementwiseIndices = (context: Context): readonly Dim[] => {
  const shape = shapeOf(context, 0);
  const axis = axisOf(context.node, number(context.node, 'axis'), shape.length);
  const indices = rankOf(context, 1, shape.length);
  indices.forEach((dim, i) => {
    const most = shape[i];
    if (i !== axis && typeof dim === 'number' && typeof most === 'number' && dim > most)
      throw invalid(context.node, `indices within axis ${i}'s length of ${most}`, String(dim));
  });
  return indices;
};

export const gatherElements: Rule = (context) => [{ shape: elementwiseIndices(context) }];

const requireAddable = ({ node, inputs }: Context): void => {
  const reduction = word(node, 'reduction');
  if (reduction !== 'none' && inputs[0]?.dtype === 'bool') throw invalid(node, `numbers to ${reduction}`, 'bool');
};

export const scatterElements: Rule = (context) => {
  requireAddable(context);
  const shape = shapeOf(context, 0);
  const indices = elementwiseIndices(context);
  const updates = rankOf(context, 2, shape.length);
  indices.forEach((dim, i) => requireEqual(context, `axis ${i} of the updates`, dim, updates[i] ?? '?'));
  return [{ shape }];
};

export const scatterND: Rule = (context) => {
  requireAddable(context);
  const shape = shapeOf(context, 0);
  const indices = shapeOf(context, 1);
  const depth = indices.at(-1);
  if (typeof depth !== 'number' || depth > shape.length)
    throw invalid(context.node, `indices into at most ${shape.length} axes`, `the shape ${show(indices)}`);
  const expected = [...indices.slice(0, -1), ...shape.slice(depth)];
  const updates = rankOf(context, 2, expected.length);
  expected.forEach((dim, i) => requireEqual(context, `axis ${i} of the updates`, dim, updates[i] ?? '?'));
  return [{ shape }];
};
