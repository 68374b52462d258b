import type { Malformed } from './malformed.ts';

/** What is said of an axis that is not there. */
export const AXIS = /^expected an axis of \d+, from -\d+ to \d+, got -?\d+;/;

/** An axis that is not there, on both sides, of an operator that has it as an attribute. */
export const axes = (inputs: Malformed['inputs'], rank: number): readonly Malformed[] =>
  [rank, -rank - 1].map((axis) => ({ of: `axis ${axis}`, inputs, attributes: { axis }, says: AXIS }));
