import {
  choice,
  listed,
  metric,
  metrics,
  named,
  object,
  oneOf,
  optional,
  orNull,
  whole,
  text,
  type TypeOf,
} from './schema.ts';

/** What can go wrong with training while its numbers stay finite. */
const trouble = oneOf('divergence', 'collapse', 'ignored latent');
export type NoticeKind = TypeOf<typeof trouble>;

/** Something that is going wrong, in one line with the usual remedies. */
const notice = object({ trouble, text });
export interface Notice extends TypeOf<typeof notice> {}

/** How the losses of an epoch's steps lie: the first of them, and their standard deviation. */
const spread = object({ first: metric, deviation: metric });
export interface Spread extends TypeOf<typeof spread> {}

/** What a latent is used for, estimated on a few examples. */
const latentUse = object({
  /** KL(q ‖ p) of each dimension, in nats: the mean over examples. Absent without a recognition network. */
  kl: optional(metrics),
  /** Dimensions whose posterior mean varies over examples by more than 0.01 (Burda and others 2016). */
  activeUnits: optional(whole),
  /** How much of y's variance draws of z from the prior make, x being the same; absent where y does not vary. */
  share: optional(metric),
});
export interface LatentUse extends TypeOf<typeof latentUse> {}

export const phase = oneOf('baseline', 'model');

/** One epoch's means: what the steps saw, and what validation says of the weights after it. A line of `metrics.jsonl`. */
export const epoch = object({
  phase,
  epoch: whole,
  train: named(metric),
  validation: optional(named(metric)),
  /** How the losses of its steps lie. */
  spread: optional<Spread>(spread),
  /** What the latent is used for, of a model that has one. */
  latent: optional<LatentUse>(latentUse),
  /** What is going wrong, each trouble once in a phase. */
  noticed: optional(listed<Notice>(notice)),
  seconds: metric,
});
export interface Epoch extends TypeOf<typeof epoch> {}

/** What could not be made, as a line of the metrics. */
export const warning = object({ warning: text });
export interface Warning extends TypeOf<typeof warning> {}

const measured = optional(orNull(named(metric)));
/** How a run ended, as far as a page shows it: the last line. */
export const ending = object({
  stopped: oneOf('finished', 'early', 'aborted', 'diverged', 'failed'),
  test: measured,
  validation: measured,
  /** Why a run diverged or failed. */
  reason: optional(text),
});
export interface Ending extends TypeOf<typeof ending> {}

/** A line of `metrics.jsonl`. */
export const line = choice<Epoch | Warning | Ending>((value) => {
  const found: object = Object(value);
  return 'warning' in found ? warning : 'stopped' in found ? ending : epoch;
});
