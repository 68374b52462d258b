import { toDataset } from '../data/convert.ts';
import type { Dataset, Examples } from '../data/dataset.ts';
import type { Data } from '../data/source.ts';
import { split } from '../data/split.ts';
import type { Variables } from '../data/variable.ts';
import { fingerprintsOf } from './fingerprints.ts';
import { distributionOf } from '../distributions/data/table.ts';
import type { Model } from '../dsl/model.ts';
import { frozenWith } from '../graph/bodies.ts';
import type { Graph, GraphParam } from '../graph/graph.ts';
import { resolve } from '../graph/resolve.ts';
import type { Names } from '../signature.ts';
import type { Weights } from '../weights/weights.ts';
import { averagingOf } from './averaging.ts';
import type { Checkpoint, RunFacts } from './checkpoint.ts';
import { checkArrays, checkRun } from './resume.ts';
import { checkDetails, detailsOf } from './run-details.ts';
import { engineOf } from './engines.ts';
import type { Epoch, Snapshot } from './epoch.ts';
import { Diverged, fit, type Fit } from './fit.ts';
import { given } from './given.ts';
import { enoughOf, latentWatch, spared } from './latent-use.ts';
import { measure } from './measure.ts';
import { checkLoss, scalarsOf, type Objective } from './objective.ts';
import { baselineLikelihood, measurable, usual } from './objectives/likelihood.ts';
import { adam } from './optimiser.ts';
import { checkEffect, checkTraining, checkValidation, DEFAULTS, type TrainOptions } from './options.ts';
import { scheduleOf, type At } from './schedule.ts';
import { start } from './start.ts';

export type { TrainOptions } from './options.ts';

/**
 * A model's loss and its parts, means over examples: in nats, or for a `squaredError` target in squares of what networks see, which
 * are y's standard deviations where it is standardised.
 */
export interface Metrics {
  readonly negativeElbo: number;
  readonly reconstruction: number;
  readonly kl: number;
}

/** What training leaves. */
export interface Training {
  /** The weights of the epoch with the lowest validation loss: the model's parameters. */
  readonly weights: Weights;
  /** Parameters that only the objective has, such as a classifier's next to a decoder; mostly none. */
  readonly auxiliary: Weights;
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
  /** What the data call classes and elements, for `compile` to keep. */
  readonly names: Names;
}

/**
 * Trains a model: its baseline first, on its own likelihood, where it has one; then, with the baseline frozen, the rest.
 *
 * @throws InvalidData where the data do not fit the model; TrainingFailed (a `Diverged`, which holds the last good weights)
 * where the loss is no longer a number.
 */
export async function train(model: Model, data: Data, options: TrainOptions = {}): Promise<Training> {
  checkTraining(model, options);
  const { epochs, batch, learningRate, seed, joint, validateEvery } = { ...DEFAULTS, ...options };
  const { optimiser = adam(), averaging, resume } = options;
  checkEffect(model, options);
  const objective = options.objective ?? usual(model);
  const { baseline } = model.networks;
  const frozen = baseline && !joint ? frozenWith(baseline) : new Set<string>();
  // What is wrong with the objective is said before data are read and an engine is loaded.
  const main = graphs(model, objective, frozen, options.validateBy);
  const variables = variablesOf(model);
  const dataset = await toDataset(data, variables);
  const [training, validation] = parts(dataset, options.validation ?? DEFAULTS.validation, seed);
  if (!validation) checkValidation(options);
  const { engine: wanted = 'auto' } = options;
  const engine = typeof wanted === 'string' ? await engineOf(wanted) : wanted;
  const notice = options.onNotice ?? console.warn;
  if (engine.notice !== undefined) notice(engine.notice);
  if (!resume) dataset.notices?.forEach((found) => notice(found));
  const evaluation = resolve(measurable(model).body(model, true), { mode: 'infer' });
  const common = {
    engine,
    optimiser,
    variables,
    train: training,
    ...(validation && { validation }),
    batchSize: batch,
    learningRate: scheduleOf(learningRate),
    seed,
    validateEvery,
    ...given({ patience: options.patience, signal: options.signal }),
    ...(averaging !== undefined && { averaging: averagingOf(averaging) }),
    ...given({ onProgress: options.onProgress }),
  };
  const parameters = parametersOf(model);
  const auxiliary = auxiliaryIn(main, parameters);
  const most = enoughOf(training.count);
  const watch = () => latentWatch(model, main.objective, engine, validation ?? training, variables, seed, most);
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
    {
      ...common,
      ...main,
      phase: 'model',
      epochs,
      ...(model.latent > 0 && { watch: spared(watch, notice) }),
    },
  ];

  const [current, earlier] = fingerprintsOf(model);
  const facts: RunFacts = {
    fingerprint: current,
    data: dataset.checksum ?? dataset.name,
    examples: training.count,
    seed,
    batch,
    objective: objective.name,
    optimiser: optimiser.name,
    learningRate: typeof learningRate === 'number' ? learningRate : 'a schedule',
    joint,
    ...given({ averaging }),
  };
  const details = detailsOf(main.objective, objective, optimiser, common.learningRate, engine);
  if (resume) {
    checkRun(resume.facts.fingerprint === earlier ? { ...facts, fingerprint: earlier } : facts, resume.facts);
    const other = checkDetails(details, resume.details);
    if (other !== undefined) notice(other);
  }
  let weights = start(
    model,
    [...parameters, ...phases.flatMap((p) => [...p.objective.params, ...p.evaluation.params])],
    options.scaling === false ? undefined : dataset.scaling,
    seed,
    options.weights,
  );
  const history: Epoch[] = [...(resume?.earlier ?? [])];
  let stopped: Training['stopped'] = 'finished';
  for (const phase of phases) {
    if (resume?.phase === 'model' && phase.phase === 'baseline') continue;
    try {
      const from = resume?.phase === phase.phase ? resume : undefined;
      if (from) {
        checkArrays(from, weights, phase.objective.params, optimiser.state);
        weights = new Map([...weights, ...from.weights]);
      }
      const first = weights;
      const plan: Fit = {
        ...phase,
        ...keeping(options, { facts, details, phase: phase.phase, earlier: [...history], auxiliary }, weights),
        onEpoch: async (epoch, now) => {
          for (const { text } of epoch.noticed ?? []) notice(text);
          await options.onEpoch?.(epoch, new Map([...first, ...now]));
        },
      };
      const fitted = await fit(plan, weights, from);
      weights = new Map([...weights, ...fitted.weights]);
      history.push(...fitted.epochs);
      stopped = fitted.stopped;
    } catch (error) {
      if (!(error instanceof Diverged)) throw error;
      throw new Diverged(error.message, new Map([...weights, ...error.weights]), [...history, ...error.epochs]);
    }
    if (stopped === 'aborted') break;
  }
  const measured = async (examples: Examples | undefined) =>
    examples && metricsOf(await measure(engine, evaluation, weights, examples, variables, seed));
  const apart = (extra: boolean): Weights =>
    new Map([...weights].filter(([name]) => auxiliary.includes(name) === extra));
  return {
    weights: apart(false),
    auxiliary: apart(true),
    epochs: history,
    ...given({ validation: await measured(validation), test: await measured(dataset.test) }),
    unit: distributionOf(model.target).unit,
    stopped,
    fingerprint: facts.fingerprint,
    seed,
    engine: { name: engine.name, version: engine.version },
    data: { name: dataset.name, examples: training.count, ...given({ checksum: dataset.checksum }) },
    names: dataset.names ?? {},
  };
}

/** When a phase's snapshots are wanted, and what becomes of them: checkpoints of the whole run. */
const keeping = (
  { checkpointEvery: { steps, minutes = 5 } = {}, onCheckpoint }: TrainOptions,
  run: Pick<Checkpoint, 'phase' | 'facts' | 'details' | 'earlier' | 'auxiliary'>,
  weights: Weights,
) => {
  if (!onCheckpoint) return {};
  let [step, time] = [0, performance.now()];
  return {
    due: (now: number): boolean => {
      const due = (steps !== undefined && now - step >= steps) || performance.now() - time >= minutes * 60_000;
      if (due) [step, time] = [now, performance.now()];
      return due;
    },
    onSnapshot: async (snapshot: Snapshot): Promise<void> => onCheckpoint({ ...withAll(snapshot, weights), ...run }),
  };
};

/** A snapshot with the weights of all networks, also those that its phase does not know. */
const withAll = (snapshot: Snapshot, weights: Weights): Snapshot => ({
  ...snapshot,
  weights: new Map([...weights, ...snapshot.weights]),
  best: new Map([...weights, ...snapshot.best]),
});

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

/** The names of parameters that only the objective of a model has: they are trained, and no part of the model. */
export const auxiliaryOf = (model: Model, { objective = usual(model), validateBy }: TrainOptions): readonly string[] =>
  auxiliaryIn(graphs(model, objective, undefined, validateBy), parametersOf(model));

const auxiliaryIn = (
  { objective, evaluation }: Pick<Fit, 'objective' | 'evaluation'>,
  parameters: readonly GraphParam[],
): readonly string[] => {
  const own = new Set(parameters.map(({ name }) => name));
  const names = [...objective.params, ...evaluation.params].map(({ name }) => name);
  return [...new Set(names)].filter((name) => !own.has(name));
};

const graphs = (
  model: Model,
  objective: Objective,
  frozen?: ReadonlySet<string>,
  validateBy: Objective = objective,
) => {
  return {
    objective: checkLoss(resolve(objective.body(model), { mode: 'train', ...(frozen && { frozen }) })) satisfies Graph,
    evaluation: checkLoss(resolve(validateBy.body(model, true), { mode: 'infer' })),
    scalars: (now: At) => ({ ...scalarsOf(validateBy, now), ...scalarsOf(objective, now) }),
  };
};

const parts = (dataset: Dataset, fraction: number, seed: number): readonly [Examples, Examples | undefined] => {
  if (dataset.validation || fraction === 0) return [dataset.train, dataset.validation];
  return split(dataset.train, fraction, seed);
};

const metricsOf = ({ reconstruction = NaN, kl = 0 }: Readonly<Record<string, number>>): Metrics => ({
  negativeElbo: reconstruction + kl,
  reconstruction,
  kl,
});
