import { toDataset } from '../data/convert.ts';
import type { Dataset, Examples } from '../data/dataset.ts';
import type { Data } from '../data/source.ts';
import { split } from '../data/split.ts';
import type { Variables } from '../data/variable.ts';
import type { Model } from '../dsl/model.ts';
import { print } from '../dsl/print.ts';
import { scalingNames } from '../dsl/scaling.ts';
import { InvalidModel } from '../errors.ts';
import type { Graph, GraphParam } from '../graph/graph.ts';
import { resolve } from '../graph/resolve.ts';
import { stream } from '../random.ts';
import { fingerprint } from '../weights/fingerprint.ts';
import type { Weights } from '../weights/weights.ts';
import type { Engine } from './engine.ts';
import { usualEngine } from './engines.ts';
import { Diverged, evaluate, fit, type Epoch, type Fit, type Progress } from './fit.ts';
import { given } from './given.ts';
import { scalarsOf, type Objective } from './objective.ts';
import { baselineLikelihood, measurable, usual } from './objectives/likelihood.ts';
import { adam, type Optimiser } from './optimiser.ts';
import { scheduleOf, type At, type Schedule } from './schedule.ts';

/** How a model is trained. Everything has a default. */
export interface TrainOptions {
  /** How often all examples are seen: 10. */
  readonly epochs?: number;
  /** Epochs of the baseline's own training, where it is pretrained: as many as `epochs`. */
  readonly baselineEpochs?: number;
  /** Examples a step: 128. */
  readonly batch?: number;
  /** 1e-3, another number, or a schedule such as `cosine({ from: 1e-3 })`. */
  readonly learningRate?: number | Schedule;
  /** Decides the first weights, the order of examples and all noise; the same seed on the same machine gives the same weights. */
  readonly seed?: number;
  /** The share of the training data that validates, where the data have no validation part: 0.1; 0 for none. */
  readonly validation?: number;
  /** Stop after so many epochs without a better validation loss; without it, all epochs are run. The best weights are kept. */
  readonly patience?: number;
  /** Train the baseline together with the rest, with the gradient through its guess, instead of beforehand and then frozen. */
  readonly joint?: boolean;
  /** The ELBO (a predictor's likelihood) unless another is given. */
  readonly objective?: Objective;
  /** Adam unless another is given. */
  readonly optimiser?: Optimiser;
  /** TensorFlow.js unless another is given. */
  readonly engine?: Engine;
  /** Weights to start from instead of new ones. */
  readonly weights?: Weights;
  readonly signal?: AbortSignal;
  /** Told, in one line, why training is slower than it could be, with the remedy; written to standard error unless given. */
  readonly onNotice?: (notice: string) => void;
  readonly onProgress?: (progress: Progress) => void;
  readonly onEpoch?: (epoch: Epoch) => void;
}

/** A model's loss and its parts, means over examples: in nats, or for a `squaredError` target in squared units of y. */
export interface Metrics {
  readonly negativeElbo: number;
  readonly reconstruction: number;
  readonly kl: number;
}

/** What training leaves. */
export interface Training {
  /** The weights of the epoch with the lowest validation loss. */
  readonly weights: Weights;
  readonly epochs: readonly Epoch[];
  readonly validation?: Metrics;
  /** On the data's test part, where there is one, of the weights that are kept. */
  readonly test?: Metrics;
  readonly unit: 'nats' | 'squared error';
  readonly stopped: 'finished' | 'early' | 'aborted';
  readonly fingerprint: string;
  readonly seed: number;
  readonly engine: { readonly name: string; readonly version: string };
  readonly data: { readonly name: string; readonly checksum?: string; readonly examples: number };
}

/**
 * Trains a model: its baseline first, on its own likelihood, where it has one; then, with the baseline frozen, the rest.
 *
 * @throws InvalidData where the data do not fit the model; TrainingFailed (a `Diverged`, which holds the last good weights)
 * where the loss is no longer a number.
 */
export async function train(model: Model, data: Data, options: TrainOptions = {}): Promise<Training> {
  const { epochs = 10, batch = 128, learningRate = 1e-3, seed = 1, joint = false } = options;
  check({ epochs, batch, ...(typeof learningRate === 'number' && { learningRate }) });
  checkEffect(model, options);
  const variables = variablesOf(model);
  const dataset = await toDataset(data, variables);
  const [training, validation] = parts(dataset, options.validation ?? 0.1, seed);
  const engine = options.engine ?? (await usualEngine());
  if (engine.notice !== undefined) (options.onNotice ?? console.warn)(engine.notice);
  const objective = options.objective ?? usual(model);
  const { baseline } = model.networks;
  const frozen = new Set(baseline && !joint ? [baseline.name] : []);
  const evaluation = resolve(measurable(model).body(model, true), { mode: 'infer' });
  const common = {
    engine,
    optimiser: options.optimiser ?? adam(),
    variables,
    train: training,
    ...(validation && { validation }),
    batchSize: batch,
    learningRate: scheduleOf(learningRate),
    seed,
    ...given({ patience: options.patience, signal: options.signal }),
    ...given({ onProgress: options.onProgress, onEpoch: options.onEpoch }),
  };
  const phases: Fit[] = [
    ...(baseline && !joint
      ? [
          {
            ...common,
            ...graphs(model, baselineLikelihood()),
            phase: 'baseline' as const,
            epochs: options.baselineEpochs ?? epochs,
          },
        ]
      : []),
    { ...common, ...graphs(model, objective, frozen), phase: 'model', epochs },
  ];

  let weights = start(
    model,
    [...parametersOf(model), ...phases.flatMap((p) => p.objective.params)],
    dataset,
    seed,
    options.weights,
  );
  const history: Epoch[] = [];
  let stopped: Training['stopped'] = 'finished';
  for (const phase of phases) {
    try {
      const fitted = await fit(phase, weights);
      weights = new Map([...weights, ...fitted.weights]);
      history.push(...fitted.epochs);
      stopped = fitted.stopped;
    } catch (error) {
      if (!(error instanceof Diverged)) throw error;
      throw new Diverged(error.message, new Map([...weights, ...error.weights]), [...history, ...error.epochs]);
    }
    if (stopped === 'aborted') break;
  }
  const measure = async (examples: Examples | undefined) =>
    examples && metricsOf(await evaluate(engine, evaluation, weights, examples, variables, seed));
  return {
    weights,
    epochs: history,
    ...given({ validation: await measure(validation), test: await measure(dataset.test) }),
    unit: model.target.distribution === 'squaredError' ? 'squared error' : 'nats',
    stopped,
    fingerprint: fingerprint(print(model)),
    seed,
    engine: { name: engine.name, version: engine.version },
    data: { name: dataset.name, examples: training.count, ...given({ checksum: dataset.checksum }) },
  };
}

/** A model's conditions and its target `y`, as data must have them. */
export const variablesOf = (model: Model): Variables => ({ ...model.condition, y: model.target });

/** The parameters of a model: those of its networks and its objective, under their full names. */
export const parametersOf = (model: Model): readonly GraphParam[] => [
  ...new Map(
    [measurable(model), ...(model.networks.baseline ? [baselineLikelihood()] : [])]
      .flatMap((objective) => resolve(objective.body(model), { mode: 'train' }).params)
      .map((param) => [param.name, param]),
  ).values(),
];

const graphs = (model: Model, objective: Objective, frozen?: ReadonlySet<string>) => {
  return {
    objective: resolve(objective.body(model), { mode: 'train', ...(frozen && { frozen }) }) satisfies Graph,
    evaluation: resolve(objective.body(model, true), { mode: 'infer' }),
    scalars: (now: At) => scalarsOf(objective, now),
  };
};

/** First weights: each parameter's own initialiser, from the seed and its name; the data's scaling; what was given. */
function start(
  model: Model,
  params: readonly GraphParam[],
  dataset: Dataset,
  seed: number,
  before: Weights | undefined,
): Weights {
  const weights = new Map(
    params.map(({ name, shape, init }) => [name, { shape, data: init(shape, stream(seed, 'init', name)) }]),
  );
  for (const variable of Object.keys(variablesOf(model))) {
    const scale = dataset.scaling?.[variable];
    const names = scalingNames(variable);
    for (const [name, values] of [
      [names.mean, scale?.mean],
      [names.deviation, scale?.deviation],
    ] as const) {
      const weight = weights.get(name);
      if (weight && values) weights.set(name, { shape: weight.shape, data: Float32Array.from(values) });
    }
  }
  for (const [name, weight] of before ?? []) if (weights.has(name)) weights.set(name, weight);
  return weights;
}

const parts = (dataset: Dataset, fraction: number, seed: number): readonly [Examples, Examples | undefined] => {
  if (dataset.validation || fraction === 0) return [dataset.train, dataset.validation];
  return split(dataset.train, fraction, seed);
};

const metricsOf = ({ reconstruction = NaN, kl = 0 }: Readonly<Record<string, number>>): Metrics => ({
  negativeElbo: reconstruction + kl,
  reconstruction,
  kl,
});

/** @throws InvalidModel for an option that has no effect on this model. */
const checkEffect = (model: Model, { joint, baselineEpochs }: TrainOptions): void => {
  const refuse = (option: string, why: string) => {
    throw new InvalidModel(`train: expected options that have an effect, got ${option} ${why}; leave it out`);
  };
  if (joint === true && !model.networks.baseline) refuse('joint', 'for a model without a baseline');
  if (baselineEpochs !== undefined && !model.networks.baseline)
    refuse('baselineEpochs', 'for a model without a baseline');
  if (baselineEpochs !== undefined && joint)
    refuse('baselineEpochs', 'with joint training, which has no phase of its own for it');
};

const check = (numbers: Readonly<Record<string, number>>): void => {
  for (const [name, value] of Object.entries(numbers)) {
    const whole = name !== 'learningRate';
    if (!(value > 0) || !Number.isFinite(value) || (whole && !Number.isInteger(value)))
      throw new InvalidModel(
        `train: expected a positive ${whole ? 'whole ' : ''}number as ${name}, got ${value}; mend it`,
      );
  }
};
