import type { Known } from './kinds.ts';
import type { Sequences } from './sequences.ts';

/** The parts of a date that a condition can be. */
export const DATE_PARTS = ['month', 'season', 'weekday', 'hour', 'year'] as const;
export type DatePart = (typeof DATE_PARTS)[number];

/** A condition: a column, or a part of a column of dates. */
export interface Condition {
  readonly column: Known;
  readonly part?: DatePart;
}

/** What a model of a table draws, and what it is given. */
export interface Choice {
  readonly targets: readonly Known[];
  readonly conditions: readonly Condition[];
  /** How the rows of a long table are put together; a row is an example without. */
  readonly sequences?: Sequences;
}
