import type { Examples } from '../data/dataset.ts';
import { withClasses } from '../data/names.ts';
import type { Data } from '../data/source.ts';
import type { LossUnit } from '../distributions/data/distribution-data.ts';
import type { Display } from '../formats/display.ts';
import { distributionOf } from '../distributions/data/table.ts';
import type { Model } from '../dsl/model.ts';
import { resolveRolled } from '../layers/roll.ts';
import type { Names } from '../signature.ts';
import { own } from '../values/own.ts';
import { ownWeights, type Weights } from '../weights/weights.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Ended, Epoch, Snapshot } from './epoch.ts';
import { conditionUse, ignoredConditions, isIgnored } from './condition-use.ts';
import { classLeakage, leakageNotices } from './class-leakage.ts';
import { displayHint } from './display-hint.ts';
import { Diverged, fit } from './fit.ts';
import type { Fit } from './phase.ts';
import { defined } from './defined.ts';
import { measure } from './measure.ts';
import { measurable } from './objectives/likelihood.ts';
import { checkEffect, checkTraining, type TrainOptions } from './options.ts';
import { factsOf, phasesOf, planOf, prepare, type Run } from './plan.ts';
import { checkArrays, checkRun, ownCheckpoint } from './resume.ts';
import { checkDetails, detailsOf } from './run-details.ts';
import { start } from './start.ts';

export type { TrainOptions } from './options.ts';

/**
 * A model's loss and its parts, means over examples: in nats, or for a `squaredError` target in squared units of what networks
 * see, which are y's standard deviations if it is standardised.
 */
export interface Metrics {
  readonly negativeElbo: number;
  readonly reconstruction: number;
  readonly kl: number;
}

/** The result of training. */
export interface Training {
  /** The weights of the epoch with the lowest validation loss: the model's parameters. */
  readonly weights: Weights;
  /** Parameters that only the objective has, such as those of a classifier next to a decoder; usually none. */
  readonly auxiliary: Weights;
  readonly epochs: readonly Epoch[];
  readonly validation?: Metrics;
  /** Metrics on the data's test part, if there is one, with the weights that are kept. */
  readonly test?: Metrics;
  readonly unit: LossUnit;
  readonly stopped: 'finished' | 'early' | 'aborted';
  /** Why the last phase ended, the epoch whose weights are kept, and the last epoch. */
  readonly ended: Ended;
  readonly fingerprint: string;
  readonly seed: number;
  readonly engine: { readonly name: string; readonly version: string };
  readonly data: { readonly name: string; readonly checksum?: string; readonly examples: number };
  /**
   * The share of y's variance that each condition makes, by name; absent after few steps, for a predictor, and if y is written step by
   * step.
   */
  readonly conditions?: Readonly<Record<string, number>>;
  /** The names of classes and elements in the data, for `compile` to record. */
  readonly names: Names;
  /**
   * The temperature at which samples are best shown, for a target that is an image with a condition of classes: that of the page's
   * slider when it opens. `exportModel` takes it.
   */
  readonly display?: Display;
}

/**
 * Trains a model: first its baseline, if it has one, on its own likelihood; then the rest, with the baseline frozen.
 *
 * @throws InvalidData if the data do not fit the model; TrainingFailed (a `Diverged`, which holds the last good weights) if the
 * loss is no longer finite.
 */
export async function train(model: Model, data: Data, options: TrainOptions = {}): Promise<Training> {
  checkTraining(model, options);
  checkEffect(model, options);
  const plan = planOf(model, owned(options));
  const run = await prepare(plan, data);
  const { dataset, engine, notice } = run;
  const facts = factsOf(run);
  const details = detailsOf(plan.main.objective, plan.objective, plan.optimiser, plan.learningRate, engine);
  const { resume } = plan.options;
  if (resume) {
    const [, earlier] = plan.fingerprints;
    checkRun(resume.facts.fingerprint === earlier ? { ...facts, fingerprint: earlier } : facts, resume.facts);
    const other = checkDetails(details, resume.details);
    if (other !== undefined) notice(other);
  }
  const { weights, epochs, stopped, ended } = await fitAll(run, { facts, details });
  const conditions = await conditionsOf(run, weights, epochs, stopped);
  for (const line of ignoredConditions(conditions ?? {})) notice(line);
  if (conditions) for (const line of await leakageOf(run, weights, conditions)) notice(line);
  const display = conditions && (await displayOf(run, weights));
  const evaluation = resolveRolled(measurable(model).body(model, true), { mode: 'infer' });
  const measured = async (examples: Examples | undefined) =>
    examples && metricsOf(await measure(engine, evaluation, weights, examples, plan.variables, plan.seed));
  const apart = (extra: boolean): Weights =>
    new Map([...weights].filter(([name]) => plan.auxiliary.includes(name) === extra));
  return {
    weights: apart(false),
    auxiliary: apart(true),
    epochs,
    ...defined({ validation: await measured(run.validation), test: await measured(dataset.test) }),
    unit: distributionOf(model.target).unit,
    stopped,
    ended,
    fingerprint: facts.fingerprint,
    seed: plan.seed,
    engine: { name: engine.name, version: engine.version },
    data: { name: dataset.name, examples: run.train.count, ...defined({ checksum: dataset.checksum }) },
    names: dataset.names ?? {},
    ...defined({ conditions, display }),
  };
}

/** The number of steps after which a model has had a chance to use its conditions. */
const ENOUGH = 200;

/** Measures the use of conditions, if there are several to tell apart and training has come far enough; a failure costs only that. */
const conditionsOf = async (
  { plan: { model, variables, seed, batch }, engine, train: training, validation }: Run,
  weights: Weights,
  epochs: readonly Epoch[],
  stopped: Training['stopped'],
): Promise<Training['conditions']> => {
  const steps = epochs.length * Math.ceil(training.count / batch);
  if (model.latent === 0 || stopped === 'aborted' || steps < ENOUGH || model.steps !== undefined) return undefined;
  return conditionUse(model, engine, validation ?? training, variables, seed, weights).catch(() => undefined);
};

/** Measures how samples are best shown; a failure costs only that. */
const displayOf = async (
  { plan: { model, variables, seed }, engine, train: training, validation }: Run,
  weights: Weights,
): Promise<Training['display']> =>
  displayHint(model, engine, { train: training, held: validation ?? training }, variables, seed, weights).catch(
    () => undefined,
  );

/** Returns notices about classes of the conditions that draws do not show; a failure costs only that. */
const leakageOf = async (
  { plan: { model, variables, seed }, engine, dataset, train: training, validation }: Run,
  weights: Weights,
  shares: Readonly<Record<string, number>>,
): Promise<readonly string[]> => {
  const named = { ...variables, ...withClasses(model.condition, dataset.names) };
  const parts = { train: training, held: validation ?? training };
  const leaks = await classLeakage(model, engine, parts, named, seed, weights).catch(() => []);
  return leakageNotices(leaks.filter(({ condition }) => !isIgnored(own(shares, condition))));
};

/** Returns the options with arrays of this realm. */
const owned = (options: TrainOptions): TrainOptions => {
  const { weights, resume } = options;
  return {
    ...options,
    ...(weights && { weights: ownWeights('train', weights) }),
    ...(resume && { resume: ownCheckpoint(resume) }),
  };
};

/** Fits the phases of a run one after another. @throws Diverged with the weights and the epochs of all phases. */
const fitAll = async (
  run: Run,
  record: Pick<Checkpoint, 'facts' | 'details'>,
): Promise<Pick<Training, 'weights' | 'epochs' | 'stopped' | 'ended'>> => {
  const { plan, dataset, notice } = run;
  const { model, options, parameters, auxiliary } = plan;
  const { resume } = options;
  const phases = phasesOf(run);
  let weights = start(
    model,
    [...parameters, ...phases.flatMap((p) => [...p.objective.params, ...p.evaluation.params])],
    options.scaling === false ? undefined : dataset.scaling,
    run.tables,
    plan.seed,
    new Map([...run.pretrained, ...(options.weights ?? [])]),
  );
  const epochs: Epoch[] = [...(resume?.earlier ?? [])];
  let stopped: Training['stopped'] = 'finished';
  let ended: Ended = { by: 'epochs', kept: 0, epochs: 0 };
  for (const phase of phases) {
    if (resume?.phase === 'model' && phase.phase === 'baseline') continue;
    const from = resume?.phase === phase.phase ? resume : undefined;
    if (from) {
      checkArrays(from, weights, phase.objective.params, plan.optimiser.state);
      weights = new Map([...weights, ...from.weights]);
    }
    const first = weights;
    const observed: Fit = {
      ...phase,
      ...keeping(options, { ...record, phase: phase.phase, earlier: [...epochs], auxiliary }, first),
      onEpoch: async (epoch, now) => {
        for (const { text } of epoch.noticed ?? []) notice(text);
        await options.onEpoch?.(epoch, new Map([...first, ...now]));
      },
    };
    const fitted = await fit(observed, first, from).catch((error: unknown) => {
      if (!(error instanceof Diverged)) throw error;
      throw new Diverged(error.message, new Map([...first, ...error.weights]), [...epochs, ...error.epochs]);
    });
    weights = new Map([...first, ...fitted.weights]);
    epochs.push(...fitted.epochs);
    ({ stopped, ended } = fitted);
    if (stopped === 'aborted') break;
  }
  return { weights, epochs, stopped, ended };
};

/** Decides when a phase takes snapshots, and turns them into checkpoints of the whole run. */
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

/** Returns a snapshot with the weights of all networks, including those outside its phase. */
const withAll = (snapshot: Snapshot, weights: Weights): Snapshot => ({
  ...snapshot,
  weights: new Map([...weights, ...snapshot.weights]),
  best: new Map([...weights, ...snapshot.best]),
});

const metricsOf = ({ reconstruction = NaN, kl = 0 }: Readonly<Record<string, number>>): Metrics => ({
  negativeElbo: reconstruction + kl,
  reconstruction,
  kl,
});
