import { augmentationText, augmenting } from '../data/augment/augmentation.ts';
import { toDataset } from '../data/convert.ts';
import type { Dataset, Examples } from '../data/dataset.ts';
import type { Data } from '../data/source.ts';
import { split } from '../data/split.ts';
import { withTransform } from '../data/transform.ts';
import type { Model } from '../dsl/model.ts';
import { frozenWith } from '../graph/bodies.ts';
import type { Weights } from '../weights/weights.ts';
import { averagingOf } from './averaging.ts';
import type { RunFacts } from './checkpoint.ts';
import { checkTables } from './check-tables.ts';
import { columnLines, learnColumns, spreadColumns, type LearnedColumns } from './columns.ts';
import { constantColumns } from './constant-columns.ts';
import { unseenClasses } from './unseen-classes.ts';
import type { TrainingEngine } from './engine.ts';
import { fingerprintsOf } from './fingerprints.ts';
import { fixed, FOUND, lengthOf } from './length.ts';
import type { Fit } from './phase.ts';
import { defined } from './defined.ts';
import { enoughOf, latentWatch, spared } from './latent-use.ts';
import { baselineLikelihood, usual } from './objectives/likelihood.ts';
import { adam } from './optimiser.ts';
import { checkValidation, DEFAULTS, type TrainOptions } from './options.ts';
import { auxiliaryIn, graphs, parametersOf, variablesOf } from './parameters.ts';
import { pretrained } from './pretrained.ts';
import { scheduleOf } from './schedule.ts';

/** Decides all that needs neither data nor an engine: errors in the objective are reported before those are loaded. */
export const planOf = (model: Model, options: TrainOptions) => {
  const { seed, joint, batch, ...rest } = { ...DEFAULTS, ...options };
  const { optimiser = adam(), objective = usual(model) } = options;
  const { baseline } = model.networks;
  const frozen = baseline && !joint ? frozenWith(baseline) : new Set<string>();
  const main = graphs(model, objective, frozen, options.validateBy);
  const parameters = parametersOf(model);
  return {
    model,
    options,
    seed,
    joint,
    batch,
    validateEvery: rest.validateEvery,
    fraction: rest.validation,
    optimiser,
    objective,
    learningRate: scheduleOf(rest.learningRate),
    main,
    parameters,
    auxiliary: auxiliaryIn(main, parameters),
    variables: variablesOf(model),
    fingerprints: fingerprintsOf(model),
  };
};
export type Plan = ReturnType<typeof planOf>;

/** A plan with its data and its engine. */
export interface Run {
  readonly plan: Plan;
  readonly dataset: Dataset;
  readonly train: Examples;
  readonly validation: Examples | undefined;
  /** The weights that networks take from files; none if the run is resumed. */
  readonly pretrained: Weights;
  /** What targets have learned of their columns: parameters that are not trained. */
  readonly tables: Weights;
  readonly columns: LearnedColumns['columns'];
  readonly engine: TrainingEngine;
  readonly notice: (text: string) => unknown;
}

/** Reads the data and loads the engine. */
export const prepare = async (plan: Plan, data: Data): Promise<Run> => {
  const { options, variables, fraction, seed } = plan;
  const { onNotice: notice = console.warn } = options;
  const foreign: Weights = options.resume
    ? new Map()
    : await pretrained([...Object.values(plan.model.networks), ...plan.main.bodies], paramsOf(plan), notice);
  const dataset = await toDataset(data, variables);
  const [training, validation] = partsOf(dataset, fraction, seed);
  const { weights: learned, columns } = learnColumns(variables, training);
  // Weights to start from bring what they have learned of their columns.
  const tables: Weights = new Map([...learned, ...[...(options.weights ?? [])].filter(([name]) => learned.has(name))]);
  checkTables('weights', variables, tables);
  const spread = (examples: Examples): Examples => spreadColumns(variables, examples, tables);
  const augment = options.augment && augmenting(variables, options.augment);
  if (!validation) checkValidation(options);
  // Those that are found by name are Node's; an engine as it is may be a page's.
  const engine =
    typeof options.engine === 'object' ? options.engine : await (await import('./engines.ts')).chosenEngine(options);
  if (engine.notice !== undefined) notice(engine.notice);
  if (!options.resume) {
    const found = [...constantColumns(variables, training), ...unseenClasses(plan.model.condition, training)];
    for (const line of [...(dataset.notices ?? []), ...found]) notice(line);
    for (const line of columnLines(variables, columns, dataset.names)) options.onLearned?.(line);
  }
  return {
    plan,
    dataset: { ...dataset, ...(dataset.test && { test: spread(dataset.test) }) },
    train: augment ? withTransform(spread(training), augment) : spread(training),
    validation: validation && spread(validation),
    pretrained: foreign,
    tables,
    columns,
    engine,
    notice,
  };
};

/** Returns the parameters of the model and of its objectives. */
const paramsOf = ({ parameters, main: { objective, evaluation } }: Plan) => [
  ...new Map([...objective.params, ...evaluation.params, ...parameters].map((param) => [param.name, param])).values(),
];

/** Returns the facts that identify a run: one with other facts cannot be resumed. */
export const factsOf = (run: Run): RunFacts => {
  const { plan, dataset, train } = run;
  const { options, seed, batch, objective, optimiser, joint } = plan;
  const { learningRate = DEFAULTS.learningRate, averaging } = options;
  const augment = options.augment?.map(augmentationText).join(', ');
  const [fingerprint] = plan.fingerprints;
  return {
    fingerprint,
    data: dataset.checksum ?? dataset.name,
    examples: train.count,
    seed,
    batch,
    objective: objective.name,
    optimiser: optimiser.name,
    learningRate: lengthOf(run).pace?.finds ? FOUND : typeof learningRate === 'number' ? learningRate : 'a schedule',
    joint,
    ...defined({ averaging, augment }),
  };
};

/** Returns the phases of a run: the baseline, unless it is trained jointly, and the model. */
export const phasesOf = (run: Run): readonly Fit[] => {
  const { plan, engine, train: training, validation, notice } = run;
  const { model, options, main, optimiser, variables, seed, validateEvery } = plan;
  const { patience, signal, onProgress, onRate, averaging, baselineEpochs } = options;
  const { epochs, pace, budget } = lengthOf(run);
  const common = {
    engine,
    optimiser,
    variables,
    train: training,
    batchSize: plan.batch,
    learningRate: plan.learningRate,
    seed,
    validateEvery,
    ...defined({ validation, patience, signal, onProgress, onRate }),
    ...(averaging !== undefined && { averaging: averagingOf(averaging) }),
  };
  const most = enoughOf(training.count);
  const watch = () => latentWatch(model, main.objective, engine, validation ?? training, variables, seed, most);
  const whole: Fit = {
    ...common,
    ...main,
    phase: 'model',
    epochs,
    ...defined({ pace, budget: budget(1) }),
    ...(model.latent > 0 && { watch: spared(watch, notice) }),
  };
  if (!model.networks.baseline || plan.joint) return [whole];
  const first: Fit = {
    ...common,
    ...graphs(model, baselineLikelihood()),
    phase: 'baseline',
    epochs: baselineEpochs ?? epochs,
    ...defined({ pace: baselineEpochs === undefined ? pace : pace && fixed(pace), budget: budget(1 / 2) }),
  };
  return [first, whole];
};

/** Returns the examples to train on, and those that validate: a part of the data, or a fraction of the others. */
export const partsOf = (
  dataset: Dataset,
  fraction: number,
  seed: number,
): readonly [Examples, Examples | undefined] => {
  if (dataset.validation || fraction === 0) return [dataset.train, dataset.validation];
  return split(dataset.train, fraction, seed);
};
