import { isAugmentation, type Augmentation } from '../data/augment/augmentation.ts';
import { checkOptions } from '../dsl/check-arguments.ts';
import { isModel, type Model } from '../dsl/model.ts';
import { describe } from '../dsl/tensor.ts';
import { InvalidModel } from '../errors.ts';
import {
  above0,
  between,
  callable,
  flag,
  isPlain,
  optionsRefusal,
  rule,
  whole,
  wholeFrom0,
  type Rule,
  oneOf,
} from '../values/rules.ts';
import { valueText } from '../values/value-text.ts';
import type { Weights } from '../weights/weights.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { TrainingEngine } from './engine.ts';
import type { Device, EngineName } from './engines.ts';
import type { Epoch, FoundRate, TrainingProgress } from './epoch.ts';
import { OBJECTIVE, type Objective } from './objective.ts';
import { OPTIMISER, type Optimiser } from './optimiser.ts';
import { checkSchedule, scheduleRule, type Schedule } from './schedule.ts';

/** How a model is trained. Every option has a default. */
export interface TrainOptions {
  /**
   * The number of epochs. By default training ends at a plateau of the validation loss, or after 20,000 steps. It takes 10 epochs by
   * default if nothing validates, or if a schedule, such as `cosine`, depends on the length of training.
   */
  readonly epochs?: number;
  /** The most steps to take, in each phase; an epoch may be cut short. */
  readonly steps?: number;
  /** The most minutes to take; they begin anew when a run is resumed. A baseline that is trained first takes half of them at most. */
  readonly minutes?: number;
  /** Epochs for pretraining the baseline: the same as `epochs` by default. */
  readonly baselineEpochs?: number;
  /** The batch size: 128. */
  readonly batch?: number;
  /**
   * A number, or a schedule such as `cosine({ from: 1e-3 })`. By default it is 1e-3 for a given number of epochs; otherwise it is
   * found by a short range test, and lowered when the validation loss gets no better.
   */
  readonly learningRate?: number | Schedule;
  /**
   * The random seed for the initial weights, the order of examples and all noise; the same seed on the same machine gives the
   * same weights.
   */
  readonly seed?: number;
  /** The share of the training data held out for validation if the data have no validation part: 0.1; 0 for none. */
  readonly validation?: number;
  /**
   * Stop after this many epochs without a better validation loss; by default all epochs are run if their number is given, and
   * otherwise it is as many as take 900 steps, but at least 6. The best weights are kept.
   */
  readonly patience?: number;
  /**
   * Validate and keep a moving average of the weights over steps instead of the latest ones: 0.999 averages over about a thousand
   * steps. It smooths the end of training at a constant learning rate.
   */
  readonly averaging?: number;
  /**
   * Changes of images that only training sees, anew in each epoch, one after the other: `[flip(), shift({ pixels: 2 })]` of
   * `cvae-compile/data`. Examples that validate or test stay as they are.
   */
  readonly augment?: readonly Augmentation[];
  /** Train the baseline jointly with the rest, with the gradient through its guess, instead of pretraining and freezing it. */
  readonly joint?: boolean;
  /** The objective; the ELBO by default (a predictor's likelihood for a predictor). */
  readonly objective?: Objective;
  /** The optimiser; Adam by default. */
  readonly optimiser?: Optimiser;
  /** `tfjs`, `onnx`, an engine that is already loaded, or `auto`, the default: tfjs-node if it works, else onnxruntime. */
  readonly engine?: EngineName | TrainingEngine;
  /** Where onnxruntime computes: on the processor by default, or on a GPU, which takes an engine by name. */
  readonly device?: Device;
  /**
   * `false` leaves all numbers as they are in the data. By default, networks see continuous conditions, and `normal` and
   * `squaredError` targets that are not images, standardised by the mean and standard deviation of the training data.
   */
  readonly scaling?: false;
  /** Weights to start from instead of new ones: for all parameters, or for some, such as those of a network trained before. */
  readonly weights?: Weights;
  /**
   * The objective that validation measures and that selects the weights to keep, such as `iwae(10)`; the training objective by
   * default.
   */
  readonly validateBy?: Objective;
  /** The number of epochs between validations: 1. */
  readonly validateEvery?: number;
  /**
   * Resumes a run from a checkpoint, bit for bit as if it had not stopped; all other options except `epochs` must be the same as
   * before.
   */
  readonly resume?: Checkpoint;
  /** How often `onCheckpoint` is called, in addition to the end: after a number of steps or minutes; every 5 minutes by default. */
  readonly checkpointEvery?: { readonly steps?: number; readonly minutes?: number };
  /**
   * Receives everything needed to resume training from this point: regularly, at the end, and when something stops training, such
   * as an error thrown by another callback.
   */
  readonly onCheckpoint?: (checkpoint: Checkpoint) => Promise<void> | void;
  readonly signal?: AbortSignal;
  /**
   * Receives each warning once, as one line with the remedy: an engine other than tfjs-node, and why; lines of the data that were
   * left out, numbers that float32 makes equal; a loss that diverges, a posterior that collapses, a decoder that ignores z. By
   * default, warnings are written to standard error.
   */
  readonly onNotice?: (notice: string) => void;
  /**
   * Called before training with a line about each column that a target learns from, such as `normalScores`: its range, its decimals,
   * values that hold many of the rows.
   */
  readonly onLearned?: (line: string) => void;
  /** Receives the learning rate that was found, before the first step. */
  readonly onRate?: (found: FoundRate) => void;
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Called after each epoch with all weights as they are then; a promise is awaited before the next step. */
  readonly onEpoch?: (epoch: Epoch, weights: Weights) => unknown;
}

/** The defaults; that of `epochs` is used if training cannot end at a plateau. */
export const DEFAULTS = {
  epochs: 10,
  batch: 128,
  learningRate: 1e-3,
  seed: 1,
  validation: 0.1,
  validateEvery: 1,
  joint: false,
} as const satisfies TrainOptions;

const has = (value: unknown, ...functions: readonly string[]): boolean =>
  typeof value === 'object' &&
  value !== null &&
  functions.every((name) => typeof Reflect.get(value, name) === 'function');

const EVERY = { steps: whole(), minutes: above0() };
const CALLBACK = callable('a function', 'give a function, or leave it out');

/** The rule that each option must satisfy. */
export const TRAIN_RULES: Readonly<Record<keyof TrainOptions, Rule>> = {
  epochs: whole('', 'give the number of epochs'),
  baselineEpochs: whole('', 'give how often the baseline sees all examples'),
  batch: whole('', 'give the examples of a step'),
  learningRate: scheduleRule(
    'a positive number',
    (value) => value > 0 && Number.isFinite(value),
    'give one such as 1e-3',
  ),
  seed: wholeFrom0('give one such as 1'),
  validation: between('a share from 0 up to 1', [0, 1], 'give one such as 0.1, or 0 for none', 'first'),
  patience: whole('', 'give the epochs to wait for a better validation loss'),
  averaging: between('a number above 0 and below 1', [0, 1], 'give one such as 0.999', 'neither'),
  joint: flag,
  augment: rule(
    'a list of augmentations',
    (value) => Array.isArray(value) && value.length > 0 && value.every(isAugmentation),
    'give such as [flip(), shift()]',
  ),
  objective: OBJECTIVE,
  optimiser: OPTIMISER,
  engine: rule(
    'tfjs, onnx, auto or an engine that is loaded',
    (value) => value === 'tfjs' || value === 'onnx' || value === 'auto' || has(value, 'load', 'evaluate', 'compute'),
    'give one of them',
  ),
  device: oneOf('cpu', 'webgpu', 'cuda'),
  scaling: rule('false', (value) => value === false, 'leave it out for what is usual'),
  weights: rule(
    'weights by name',
    (value) => has(value, 'get', 'entries', 'keys'),
    'pass the weights that train or loadWeights returned',
  ),
  validateBy: OBJECTIVE,
  validateEvery: whole('', 'give a number of epochs'),
  steps: whole('', 'give the most steps to take'),
  minutes: above0('give the most minutes to take'),
  resume: rule(
    'a checkpoint',
    (value) => isPlain(value) && isPlain(value['facts']) && has(value['weights'], 'get'),
    'give one of checkpointsIn(folder)',
  ),
  checkpointEvery: rule(
    '{ steps } or { minutes }, positive numbers,',
    (value) => optionsRefusal(EVERY, value, valueText) === undefined,
    'give one such as { minutes: 5 }',
  ),
  onCheckpoint: CALLBACK,
  signal: rule(
    'an AbortSignal',
    (value) => has(value, 'addEventListener', 'throwIfAborted'),
    'give the signal of an AbortController',
  ),
  onNotice: CALLBACK,
  onLearned: CALLBACK,
  onRate: CALLBACK,
  onProgress: CALLBACK,
  onEpoch: CALLBACK,
};

/** Checks that a value is a model. @throws InvalidModel if it is not. */
export const checkModel = (model: unknown): void => {
  if (!isModel(model))
    throw new InvalidModel(
      `train: expected a model, got ${describe(model)}; pass the result of cvae(…) or predictor(…)`,
    );
};

/**
 * Checks a model and its training options. @throws InvalidModel for a value that is not a model, unknown options, and invalid
 * values.
 */
export const checkTraining = (model: unknown, options: unknown): void => {
  checkModel(model);
  checkOptions('train', TRAIN_RULES, options);
  // Checked above.
  const { epochs = DEFAULTS.epochs, learningRate, objective, validateBy } = options as TrainOptions;
  if (typeof learningRate === 'function') checkSchedule('learningRate', learningRate, epochs);
  for (const [name, schedule] of Object.entries({ ...validateBy?.schedules, ...objective?.schedules }))
    checkSchedule(name, schedule, epochs);
};

/** Checks that every option has an effect on this model. @throws InvalidModel for one that has none. */
export const checkEffect = (model: Model, { joint, baselineEpochs }: TrainOptions): void => {
  const refuse = (option: string, why: string) => {
    throw new InvalidModel(`train: expected options that have an effect, got ${option} ${why}; leave it out`);
  };
  if (joint === true && !model.networks.baseline) refuse('joint', 'for a model without a baseline');
  if (baselineEpochs !== undefined && !model.networks.baseline)
    refuse('baselineEpochs', 'for a model without a baseline');
  if (baselineEpochs !== undefined && joint)
    refuse('baselineEpochs', 'with joint training, which has no phase of its own for it');
};

/** Checks that no option about validation is given. @throws InvalidModel for one, as nothing validates. */
export const checkValidation = ({ patience, validateBy, validateEvery }: TrainOptions): void => {
  for (const [option, value] of Object.entries({ patience, validateBy, validateEvery }))
    if (value !== undefined)
      throw new InvalidModel(
        `train: expected examples that validate, got ${option} and none; leave it out, or give validation a share of the data`,
      );
};
