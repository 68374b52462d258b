import { equationOf } from '../einsum.ts';
import { show } from '../../shape/show.ts';
import { invalid } from '../attributes.ts';
import type { Dim } from '../graph.ts';
import { requireEqual, shapeOf, type Rule } from './rule.ts';

/** Every letter has one length, wherever it occurs. */
export const einsum: Rule = (context) => {
  const { inputs, output } = equationOf(context.node);
  const lengths = new Map<string, Dim>();
  inputs.forEach((letters, input) => {
    const shape = shapeOf(context, input);
    if (shape.length !== letters.length)
      throw invalid(context.node, `${letters.length} axes of input ${input}`, `the shape ${show(shape)}`);
    letters.forEach((letter, axis) => {
      const before = lengths.get(letter) ?? '?';
      const dim = shape[axis] ?? '?';
      requireEqual(context, `axes ${letter}`, before, dim);
      if (before === '?') lengths.set(letter, dim);
    });
  });
  return [{ shape: output.map((letter) => lengths.get(letter) ?? '?') }];
};
