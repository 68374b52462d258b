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

/** The settings of a run that determine its weights; noise and order of the data follow from the random seed. */
const facts = object({
  /** The fingerprint of the model. */
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
  /** The augmentations, as text. */
  augment: optional(text),
});
export interface RunFacts extends TypeOf<typeof facts> {}

/** What the names of a run's components do not determine: a hash of the values of each. */
const details = object({
  /** For the schedules of the learning rate and the objective, at a few moments. */
  schedules: text,
  /** For the optimiser's numbers. */
  optimiser: text,
  /** For the objective's graph, which includes β and free bits. */
  objective: text,
  /** The engine, by name and version. */
  engine: text,
});
export interface RunDetails extends TypeOf<typeof details> {}

/** The accumulated state of the means. */
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

/** The state of a run that ends by itself. */
const pace = object({ wait: whole, rate: optional(number) });
export interface PaceState extends TypeOf<typeof pace> {}

/** The position of a fit, between two steps, in addition to its arrays. */
const PLACE = {
  /** The current epoch, from 1, and the number of its steps that were taken. */
  epoch: whole,
  step: whole,
  /** The epoch's metrics so far. */
  means: typed<MeansState>(means),
  history: listed<Epoch>(epoch),
  /** The epoch whose weights have the lowest validation loss so far, and that loss. */
  bestEpoch: whole,
  lowest: number,
  /** For a run that ends by itself: how long it waits for a gain, and the learning rate that was found. */
  pace: optional<PaceState>(pace),
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
/** A checkpoint's description of its run. */
export interface OfRun extends MembersOf<typeof RUN> {}

/** A checkpoint without its arrays, in the metadata of their file; a `lowest` that no validation has set is `null`. */
export const checkpoint = object({ ...PLACE, ...RUN, lowest: orNull(number) });

/** The names of the optimiser's states: `optimiser/<state>/…`. */
export const states = texts;
