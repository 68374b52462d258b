import { epoch, phase, type Epoch } from './epoch.ts';
import {
  choice,
  flag,
  listed,
  metric,
  named,
  number,
  object,
  optional,
  orNull,
  whole,
  text,
  texts,
  typed,
} from './schema.ts';
import type { MembersOf, TypeOf } from './schema.ts';

/** What a run was started with, as far as it decides its weights; noise and order of the data follow from the seed. */
const facts = object({
  /** Of the model. */
  fingerprint: text,
  /** The data's checksum. */
  data: text,
  examples: whole,
  seed: whole,
  batch: whole,
  objective: text,
  optimiser: text,
  learningRate: choice<number | string>((value) => (typeof value === 'number' ? number : text)),
  joint: flag,
  averaging: optional(number),
});
export interface RunFacts extends TypeOf<typeof facts> {}

/** What the names of a run's parts do not tell: a hash of the values of each. */
const details = object({
  /** Of the learning rate's and the objective's schedules, at a few moments. */
  schedules: text,
  /** Of the optimiser's numbers. */
  optimiser: text,
  /** Of the objective's graph, in which β and free bits stand. */
  objective: text,
  /** The engine, by name and version. */
  engine: text,
});
export interface RunDetails extends TypeOf<typeof details> {}

/** What means are made of so far. */
const means = object({
  sums: named(metric),
  count: whole,
  /** The first loss, … */
  first: optional(metric),
  /** … and Σ (loss − first)²; … */
  around: optional(metric),
  /** … Σ loss² in checkpoints of version 0.1. */
  squares: optional(metric),
});
export interface MeansState extends TypeOf<typeof means> {}

/** Where a fit is, between two steps, beside its arrays. */
const PLACE = {
  /** The epoch that is under way, from 1, and how many of its steps are taken. */
  epoch: whole,
  step: whole,
  /** The epoch's metrics so far. */
  means: typed<MeansState>(means),
  history: listed<Epoch>(epoch),
  /** Of which epoch the weights of the lowest validation loss so far are, and that loss. */
  bestEpoch: whole,
  lowest: number,
} as const;
export interface Place extends MembersOf<typeof PLACE> {}

const RUN = {
  phase,
  facts: typed<RunFacts>(facts),
  /** Checkpoints of earlier versions have none. */
  details: optional<RunDetails>(details),
  /** The epochs of the phases before this one. */
  earlier: listed<Epoch>(epoch),
  /** The names of parameters that only the objective has. Checkpoints of version 0.1 do not list them. */
  auxiliary: optional(texts),
} as const;
/** What a checkpoint says of its run. */
export interface OfRun extends MembersOf<typeof RUN> {}

/** A checkpoint but for its arrays, in the metadata of their file; a `lowest` that no validation has set is `null`. */
export const checkpoint = object({ ...PLACE, ...RUN, lowest: orNull(number) });

/** The names of what its optimiser remembers: `optimiser/<state>/…`. */
export const states = texts;
