import type { Malformed } from './malformed.ts';

/** The message for an axis that does not exist. */
export const AXIS = /^expected an axis of \d+, from -\d+ to \d+, got -?\d+;/;

/** Axes out of range on both sides, for an operator that has the axis as an attribute. */
export const axes = (inputs: Malformed['inputs'], rank: number): readonly Malformed[] =>
  [rank, -rank - 1].map((axis) => ({ of: `axis ${axis}`, inputs, attributes: { axis }, says: AXIS }));
