import type { Manifest } from '../signature.ts';
import type { Asking } from './questions.ts';
import type { Closable } from './calls.ts';
import type { ConditionsOf, Definition } from './definition.ts';
import type { Backend } from './open-options.ts';
import type { SampleOptions } from './options.ts';
import type { Source } from './from.ts';
import type { Prior } from './prior.ts';
import type { Outputs, OutputsOf, SamplesOf } from './result.ts';
import type { SelfTest } from './self-test.ts';

export type { Latents, Prior } from './prior.ts';

/**
 * A conditional VAE whose files are open. Conditions are passed by name, one value of each or a batch; results have a row for
 * each condition, and if there are several samples of each, all those of the first condition come first.
 *
 * Every method throws an `InvalidData` that names the condition or the option that does not fit.
 */
export interface Model<M extends Definition = Definition> extends Core<M>, Asking<M>, Closable {}

/** What the files that every export has can answer. */
export interface Core<M extends Definition = Definition> {
  /** The exported model's description of itself. */
  readonly signature: Manifest;
  /** What runs the files, and the reason if that is not what was requested. */
  readonly backend: Backend;
  /**
   * Draws samples of p(y|x): z from the prior, y (its mean for that z) from the decoder. Sample i depends on the seed and i only,
   * and its noise is the same for every condition, so that samples with the same number can be compared across conditions.
   */
  sample(conditions: ConditionsOf<M>, options?: SampleOptions): Promise<SamplesOf<M>>;
  /** Returns y for z at the prior's mean. */
  mean(conditions: ConditionsOf<M>): Promise<OutputsOf<M>>;
  /** Returns p(z|x); N(0, I) for a model without a prior network. */
  prior(conditions: ConditionsOf<M>): Promise<Prior>;
  /** Returns ŷ(x), the deterministic guess. Throws an `Unavailable` for a model without a baseline. */
  baseline(conditions: ConditionsOf<M>): Promise<OutputsOf<M>>;
  /**
   * Runs, on this machine, the examples that were stored in the files when they were exported. Throws an `Unavailable` for files
   * that carry none.
   */
  selfTest(): Promise<SelfTest>;
}

/** What the files answer, as this package asks it: `mean` is also `decode`, at latents that are given. */
export interface Inside extends Core {
  mean(conditions: Readonly<Record<string, unknown>>, z?: Source): Promise<Outputs>;
}

/** An open model without a latent. */
export type PredictorModel<M extends Definition = Definition> = Pick<
  Model<M>,
  'signature' | 'backend' | 'mean' | 'logLikelihood' | 'selfTest' | keyof Closable
>;

/** The type that `open` returns for a definition: only what its kind can do. */
export type ModelOf<M extends Definition> = M['~kind'] extends 'predictor' ? PredictorModel<M> : Model<M>;
