import type { ConditionsOf, Definition, ExampleOf, ImputableOf } from './definition.ts';
import type { SampleOptions } from './options.ts';
import type { ShapedArray } from './ort.ts';
import type { Latents, Prior } from './prior.ts';
import type { OutputsOf, SamplesOf } from './result.ts';

/** q(z|x,y): where the recognition network sees an example in the latent. [rows, latent] each. */
export interface Posterior extends Prior {
  /** The standard deviation, e^(logVar / 2). */
  readonly deviation: ShapedArray;
}

/** What is asked of many examples. */
export interface AskOptions {
  /** Ends it, between batches of 128 rows; the call then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How an example is drawn again. */
export interface ReconstructOptions<M extends Definition = Definition> extends Omit<
  SampleOptions,
  'from' | 'independent'
> {
  /** Conditions that are changed while z stays: the others are the example's. */
  readonly as?: Partial<ConditionsOf<M>>;
  /** The factor of the posterior's standard deviation: 0, its mean, by default; 1 draws z from q(z|x,y). */
  readonly temperature?: number;
}

/** How a likelihood is estimated. */
export interface LikelihoodOptions extends AskOptions {
  /** Draws of z for each example, from 2; 100 by default. */
  readonly samples?: number;
  /** The random seed of the draws, which are the same for every example; 1 by default. */
  readonly seed?: number;
}

/** log p(y|x) of examples, in nats; a number for each. */
export interface LogLikelihood {
  readonly values: Float64Array;
  /** The standard error of each, by the spread of its draws' weights; 0 for a predictor, whose likelihood is exact. */
  readonly standardErrors: Float64Array;
  /** How many independent draws each estimate is worth: (Σw)² / Σw². If that is close to 1, its standard error is too small. */
  readonly effectiveSamples: Float64Array;
  /**
   * How it was computed: from draws of q(z|x,y), weighted; from draws of the prior, for a model without a recognition network; or
   * exactly.
   */
  readonly estimator: 'importance' | 'prior' | 'exact';
}

/** How many neighbours are looked for. */
export interface NeighbourOptions extends AskOptions {
  /** 5 by default; all, if there are fewer. */
  readonly count?: number;
}

/** The rows that are nearest to each example, nearest first: [examples, count] each. */
export interface Neighbours {
  /** The numbers of rows, from 0. */
  readonly indices: Int32Array;
  /** The Euclidean distances between means of q(z|x,y). */
  readonly distances: Float32Array;
  readonly shape: readonly [examples: number, count: number];
}

/** How samples come in chunks. */
export interface StreamOptions extends SampleOptions {
  /** The number of rows of a chunk, at most: 4096 by default. */
  readonly rows?: number;
}

/** What is asked of a model less often than samples. A page loads it on first use, with the files that it needs. */
export interface Asking<M extends Definition = Definition> {
  /** Returns y's mean for these latents: one for all conditions, one for each, or many for one condition. */
  decode(z: Latents, conditions: ConditionsOf<M>): Promise<OutputsOf<M>>;
  /** Returns y's mean along the straight line from one latent to another, ends included, in `steps` rows for each condition. */
  interpolate(from: Latents, to: Latents, steps: number, conditions: ConditionsOf<M>): Promise<OutputsOf<M>>;
  /**
   * Returns q(z|x,y): mean and standard deviation of z. Throws an `Unavailable` for a model that was exported without its recognition
   * network.
   */
  encode(example: ExampleOf<M>, options?: AskOptions): Promise<Posterior>;
  /**
   * Returns y again as the decoder draws it from an example's own z, which is in `z` of the result: y's mean at the mean of q(z|x,y). With
   * `as`, conditions are changed while z stays. Throws as `encode`.
   */
  reconstruct(example: ExampleOf<M>, options?: ReconstructOptions<M>): Promise<SamplesOf<M>>;
  /**
   * Estimates log p(y|x) of examples, in nats. Throws an `Unavailable` for a model that was exported without its evaluation, or whose target
   * is not a distribution.
   */
  logLikelihood(example: ExampleOf<M>, options?: LikelihoodOptions): Promise<LogLikelihood>;
  /**
   * Draws what is missing of a target, given any part of it, by a model that was defined with `known: anyPart()`: conditions and what is
   * known by their names, `impute({ month: 'May', rain: 0, wind: null })`, or `impute({ y: [1, null] })`. Results have what is known in
   * its place. As `sample` with `draw: true`. Throws an `Unavailable` for another model.
   */
  impute(given: ImputableOf<M>, options?: SampleOptions): Promise<SamplesOf<M>>;
  /** Returns which of other examples, or of what `encode` returned for them, are nearest to an example by z. Throws as `encode`. */
  neighbours(
    example: ExampleOf<M> | Pick<Posterior, 'mean'>,
    among: ExampleOf<M> | Pick<Posterior, 'mean'>,
    options?: NeighbourOptions,
  ): Promise<Neighbours>;
  /** Returns the rows of `sample` in chunks, as they come: for counts that no array holds, and for results that are wanted at once. */
  stream(conditions: ConditionsOf<M>, options?: StreamOptions): AsyncGenerator<SamplesOf<M>, void, undefined>;
}
