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
import { scores, type Scores } from './scores.ts';

/** What can go wrong with training while its numbers stay finite. */
const trouble = oneOf('divergence', 'collapse', 'ignored latent', 'overfitting', 'still improving');
export type NoticeKind = TypeOf<typeof trouble>;

/** A problem, in one line with the usual remedies. */
const notice = object({ trouble, text });
export interface Notice extends TypeOf<typeof notice> {}

/** The distribution of the losses of an epoch's steps: the first of them, and their standard deviation. */
const spread = object({ first: metric, deviation: metric });
export interface Spread extends TypeOf<typeof spread> {}

/** How the latent is used, estimated on a few examples. */
const latentUse = object({
  /** KL(q ‖ p) of each dimension, in nats: the mean over examples. Absent without a recognition network. */
  kl: optional(metrics),
  /** Dimensions whose posterior mean varies over examples by more than 0.01 (Burda and others 2016). */
  activeUnits: optional(whole),
  /** The share of y's variance that is due to draws of z from the prior, for a fixed x; absent if y does not vary. */
  share: optional(metric),
});
export interface LatentUse extends TypeOf<typeof latentUse> {}

export const phase = oneOf('baseline', 'model');

/** One epoch's means: from the training steps, and from the validation of the weights after it. A line of `metrics.jsonl`. */
export const epoch = object({
  phase,
  epoch: whole,
  train: named(metric),
  validation: optional(named(metric)),
  /** The distribution of the losses of its steps. */
  spread: optional<Spread>(spread),
  /** How the latent is used, for a model that has one. */
  latent: optional<LatentUse>(latentUse),
  /** The problems found, each once per phase. */
  noticed: optional(listed<Notice>(notice)),
  /** The learning rate of its last step, if it was found. */
  rate: optional(metric),
  seconds: metric,
});
export interface Epoch extends TypeOf<typeof epoch> {}

/** A warning about what could not be created, as a line of the metrics. */
export const warning = object({ warning: text });
export interface Warning extends TypeOf<typeof warning> {}

/** Why the last phase of training ended, the epoch whose weights were kept, and the last epoch. */
const ended = object({ by: oneOf('epochs', 'plateau', 'steps', 'minutes', 'signal'), kept: whole, epochs: whole });
export interface Ended extends TypeOf<typeof ended> {}

const measured = optional(orNull(named(metric)));
/** How a run ended, as far as a page shows it: the last line. */
export const ending = object({
  stopped: oneOf('finished', 'early', 'aborted', 'diverged', 'failed'),
  test: measured,
  validation: measured,
  ended: optional<Ended>(ended),
  /** The share of y's variance that each condition makes. */
  conditions: optional(named(metric)),
  /** How good the rows are that the model draws, if its data are a table. */
  scores: optional<Scores>(scores),
  /** Why a run diverged or failed. */
  reason: optional(text),
});
export interface Ending extends TypeOf<typeof ending> {}

/** A line of `metrics.jsonl`. */
export const line = choice<Epoch | Warning | Ending>((value) => {
  const found: object = Object(value);
  return 'warning' in found ? warning : 'stopped' in found ? ending : epoch;
});
