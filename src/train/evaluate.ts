import { toDataset } from '../data/convert.ts';
import type { Dataset, Examples } from '../data/dataset.ts';
import type { Data } from '../data/source.ts';
import type { LossUnit } from '../distributions/data/distribution-data.ts';
import { distributionOf } from '../distributions/data/table.ts';
import { checkOptions } from '../dsl/check-arguments.ts';
import { isModel, type Model } from '../dsl/model.ts';
import { describe } from '../dsl/tensor.ts';
import { InvalidModel } from '../errors.ts';
import { callable, flag, oneOf, whole, wholeFrom0, type Rule } from '../values/rules.ts';
import type { Weights } from '../weights/weights.ts';
import { checkWeights, ownWeights } from '../weights/weights.ts';
import { Confusion, type ClassAgreement } from './classes.ts';
import { checkTables } from './check-tables.ts';
import { spreadColumns } from './columns.ts';
import type { TrainingEngine } from './engine.ts';
import { chosenEngine, type EngineName } from './engines.ts';
import { estimates, type Estimate } from './estimate.ts';
import { defined } from './defined.ts';
import { Moments } from './log-mean.ts';
import { TRAIN_RULES } from './options.ts';
import { parametersOf, variablesOf } from './parameters.ts';

/** How a model is evaluated. Every option has a default. */
export interface EvaluateOptions {
  /** Draws of z for each example: 100, as in the paper's experiments. */
  readonly samples?: number;
  /** Which part of the data: by default the test part, else the validation part, else all of the data. */
  readonly part?: 'train' | 'validation' | 'test';
  /** The random seed of the draws: 1. */
  readonly seed?: number;
  /** `false` leaves Monte Carlo's estimate out, which nearly halves the time; for models with a recognition network. */
  readonly monteCarlo?: boolean;
  /** What computes, by name or as it is loaded, as in `train`: `auto` by default. */
  readonly engine?: EngineName | TrainingEngine;
  readonly signal?: AbortSignal;
  /** Called for each example as soon as it is evaluated. */
  readonly onExample?: (estimate: Estimate & { readonly accuracy?: number }) => void;
  readonly onProgress?: (done: number, all: number) => void;
}

/**
 * How well a model predicts data whose y is known: means over examples, in nats (squared error plus nats for a `squaredError`
 * target, for which no likelihood is estimated). Lower is better, except for the last fields. `null` marks what does not apply to
 * the model.
 */
export interface Evaluation {
  /**
   * −log p(y|x) with z from q(z|x,y): −log (1/S)·Σ p(y|x,z)·p(z|x)/q(z|x,y); for a predictor, whose likelihood is exact, see
   * `monteCarlo`.
   */
  readonly importanceSampling: number | null;
  /** −log p(y|x) with z from p(z|x): −log (1/S)·Σ p(y|x,z). */
  readonly monteCarlo: number | null;
  /** The negative ELBO, reconstruction + kl; in expectation never below −log p(y|x). */
  readonly negativeElbo: number;
  readonly reconstruction: number;
  readonly kl: number;
  /** −log p(y|x,z) at z = E[z|x], the prior's mean. */
  readonly deterministic: number;
  /** Latent dimensions whose posterior mean varies over examples by more than 0.01 (Burda and others 2016). */
  readonly activeUnits: number | null;
  readonly klPerDimension: readonly number[] | null;
  /** For the deterministic prediction of a categorical target; of steps, of each one given the true ones before it. */
  readonly classes: ClassAgreement | null;
  /** Standard errors of the means over examples. */
  readonly standardErrors: Readonly<Record<string, number>>;
  readonly samples: number;
  readonly examples: number;
  readonly part: 'train' | 'validation' | 'test';
  readonly unit: LossUnit;
  readonly engine: { readonly name: string; readonly version: string };
}

/**
 * Estimates a model's conditional likelihood and its parts on data.
 *
 * @throws InvalidData if the data do not fit the model, WeightsMismatch if the weights belong to another model, InvalidModel for
 * invalid options.
 *
 * @example
 * ```ts
 * import { evaluate, train } from 'cvae-compile/train';
 * import model, { data } from './model.ts';
 *
 * const { weights } = await train(model, data, { epochs: 1 });
 * const { negativeElbo, unit } = await evaluate(model, weights, data, { samples: 10 });
 * console.log(negativeElbo < 784 * Math.log(2), unit); // true nats
 * ```
 */
export async function evaluate(
  model: Model,
  trained: Weights,
  data: Data,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  if (!isModel(model))
    throw new InvalidModel(
      `evaluate: expected a model, got ${describe(model)}; pass the result of cvae(…) or predictor(…)`,
    );
  checkOptions('evaluate', RULES, options);
  const { samples = 100, seed = 1, monteCarlo = true, signal } = options;
  if (!monteCarlo && !model.networks.recognition)
    throw new InvalidModel(
      'evaluate: expected a model with a recognition network for monteCarlo: false, got none; leave that option out',
    );
  const weights = ownWeights('evaluate', trained);
  checkWeights('evaluate', parametersOf(model), weights);
  const variables = variablesOf(model);
  checkTables('evaluate', variables, weights);
  const [part, given] = partOf(await toDataset(data, variables), options.part);
  const examples = spreadColumns(variables, given, weights);
  const engine = await chosenEngine(options);
  const { unit, values } = distributionOf(model.target);
  const normalised = unit === 'nats';

  const means = new Map(METRICS.map((name) => [name, new Moments()]));
  const dimensions = Array.from({ length: model.latent }, () => ({ kl: new Moments(), posterior: new Moments() }));
  const confusion = values === 'classes' ? new Confusion(model.target) : undefined;
  const settings = { engine, variables, samples, seed, forward: monteCarlo };
  for await (const detailed of estimates(model, weights, examples, settings)) {
    const { klPerDimension, posterior, prediction, y, mask, ...all } = detailed;
    const { importanceSampling: _, monteCarlo: __, ...rest } = all;
    const estimate: Estimate = normalised ? all : rest;
    for (const [name, moments] of means) if (estimate[name] !== undefined) moments.add(estimate[name]);
    for (const [j, { kl, posterior: mean }] of dimensions.entries()) {
      if (klPerDimension) kl.add(klPerDimension[j] ?? NaN);
      if (posterior) mean.add(posterior[j] ?? NaN);
    }
    const accuracy = confusion?.add(prediction, y, mask);
    options.onExample?.({ ...estimate, ...defined({ accuracy }) });
    options.onProgress?.(means.get('kl')?.count ?? 0, examples.count);
    signal?.throwIfAborted();
  }

  const measured = [...means].filter(([, { count }]) => count > 0);
  const mean = (name: (typeof METRICS)[number]) => means.get(name)?.mean ?? NaN;
  const orNull = (name: (typeof METRICS)[number]) => (means.get(name)?.count ? mean(name) : null);
  const recognised = dimensions.some(({ kl }) => kl.count > 0);
  return {
    importanceSampling: orNull('importanceSampling'),
    monteCarlo: model.latent === 0 && normalised ? mean('deterministic') : orNull('monteCarlo'),
    negativeElbo: mean('negativeElbo'),
    reconstruction: mean('reconstruction'),
    kl: mean('kl'),
    deterministic: mean('deterministic'),
    activeUnits: recognised ? dimensions.filter(({ posterior }) => posterior.variance > ACTIVE).length : null,
    klPerDimension: recognised ? dimensions.map(({ kl }) => kl.mean) : null,
    classes: confusion?.result() ?? null,
    standardErrors: Object.fromEntries(measured.map(([name, { error }]) => [name, error])),
    samples,
    examples: examples.count,
    part,
    unit,
    engine: { name: engine.name, version: engine.version },
  };
}

const RULES: Readonly<Record<keyof EvaluateOptions, Rule>> = {
  samples: whole('', 'give how many z are drawn for each example'),
  part: oneOf('train', 'validation', 'test'),
  seed: wholeFrom0('give one such as 1'),
  monteCarlo: flag,
  engine: TRAIN_RULES.engine,
  signal: TRAIN_RULES.signal,
  onExample: callable(),
  onProgress: callable(),
};

const METRICS = [
  'importanceSampling',
  'monteCarlo',
  'negativeElbo',
  'reconstruction',
  'kl',
  'deterministic',
] as const satisfies readonly (keyof Estimate)[];

/** The variance of a posterior mean above which its latent dimension counts as active. */
const ACTIVE = 0.01;

const partOf = (dataset: Dataset, wanted: EvaluateOptions['part']): readonly [Evaluation['part'], Examples] => {
  const part = wanted ?? (dataset.test ? 'test' : dataset.validation ? 'validation' : 'train');
  const examples = dataset[part];
  if (!examples)
    throw new InvalidModel(`evaluate: expected data with a ${part} part, got none; give one, or name another part`);
  return [part, examples];
};
