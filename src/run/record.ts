import { augmentationText } from '../data/augment/augmentation.ts';
import type { Dataset } from '../data/dataset.ts';
import { heldOut } from '../data/split.ts';
import { distributionOf } from '../distributions/data/table.ts';
import type { Model } from '../dsl/model.ts';
import { print } from '../dsl/print.ts';
import { countOf } from '../graph/print.ts';
import type { Flags, RunRecord } from '../formats/run.ts';
import type { TrainingEngine } from '../train/engine.ts';
import type { Objective } from '../train/objective.ts';
import { usual } from '../train/objectives/likelihood.ts';
import { adam } from '../train/optimiser.ts';
import { needsLength, STEPS } from '../train/length.ts';
import { DEFAULTS } from '../train/options.ts';
import { at } from '../train/schedule.ts';
import { type TrainOptions } from '../train/train.ts';
import { parametersOf } from '../train/parameters.ts';
import { LIBRARY } from '../version.ts';
import { fingerprint } from '../weights/fingerprint.ts';

/** The subject of training: a model, its name, and the file that defines it, if there is one. */
export interface Subject {
  readonly model: Model;
  readonly name: string;
  readonly path: string;
}

/** Returns the record of a run before it begins. */
export function recordOf(
  { model, name, path }: Subject,
  dataset: Dataset,
  options: TrainOptions,
  engine: TrainingEngine,
  flags: Flags,
): RunRecord {
  const { seed, validation } = { ...DEFAULTS, ...options };
  const { train } = dataset;
  const held = dataset.validation ? 0 : heldOut(train.count, validation);
  const printed = print(model);
  return {
    library: `${LIBRARY.name} ${LIBRARY.version}`,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    began: new Date().toISOString(),
    name,
    definition: path,
    flags,
    options: {
      ...described(options, model, held > 0, held > 0 || dataset.validation !== undefined),
      ...('limit' in flags && { 'examples of each part': `${String(flags.limit)} at most` }),
    },
    seed,
    engine: { name: engine.name, version: engine.version },
    data: {
      name: dataset.name,
      checksum: dataset.checksum ?? null,
      train: train.count - held,
      validation: dataset.validation?.count ?? held,
      test: dataset.test?.count ?? 0,
    },
    model: {
      kind: model['~kind'],
      latent: model.latent,
      // As `inspect` counts them: what standardises data is no part of a network.
      parameters: countOf(parametersOf(model).filter(({ name }) => !name.startsWith('scaling/'))),
      fingerprint: fingerprint(printed),
      printed,
    },
    unit: distributionOf(model.target).unit,
  };
}

/** Returns the options as text, including the defaults of those that were left out. */
const described = (
  options: TrainOptions,
  model: Model,
  holdsOut: boolean,
  validates: boolean,
): Readonly<Record<string, string>> => {
  const { epochs, batch, learningRate, validation, validateEvery, joint } = { ...DEFAULTS, ...options };
  const isOpen = options.epochs === undefined && validates && !needsLength(options);
  const { minutes, steps } = options;
  const { objective = usual(model), optimiser = adam(), patience, averaging, validateBy, baselineEpochs } = options;
  const { name, ...settings } = optimiser.settings ?? { name: optimiser.name };
  const numbers = Object.entries(settings)
    .filter(([, value]) => value !== 0)
    .map(([key, value]) => `${key} ${value}`);
  const rate = (epoch: number): number =>
    typeof learningRate === 'number' ? learningRate : learningRate(at(epoch * 1000 + 1, 1000, epochs));
  const all: Readonly<Record<string, unknown>> = {
    epochs: isOpen ? 'until validation gets no better' : epochs,
    'epochs of the baseline':
      model.networks.baseline && !joint ? (baselineEpochs ?? (isOpen ? undefined : epochs)) : undefined,
    'minutes at most': minutes,
    'steps at most': steps ?? (isOpen && minutes === undefined ? STEPS : undefined),
    batch,
    'learning rate':
      isOpen && options.learningRate === undefined
        ? 'found by a short test, lowered where validation gets no better'
        : typeof learningRate === 'number'
          ? learningRate
          : `${short(rate(0))} at first, ${short(rate(epochs / 2))} halfway, ${short(rate(epochs - 0.001))} at the end`,
    objective: objectiveText(objective),
    optimiser: [name, ...numbers].join(', '),
    'gradients clipped at': optimiser.clipNorm,
    'held out to validate': holdsOut ? `${100 * validation} % of the training data` : undefined,
    'validated by': validateBy && objectiveText(validateBy),
    'validated every': validateEvery > 1 ? `${validateEvery} epochs` : undefined,
    patience: patience === undefined ? undefined : `${patience} epochs`,
    averaging,
    augmented: options.augment?.map(augmentationText).join(', '),
    scaling: options.scaling === false ? 'off: networks see numbers as the data have them' : undefined,
    joint: joint ? 'baseline and the rest together' : undefined,
    'started from': options.weights ? 'given weights' : undefined,
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([key, value]) => (value === undefined ? [] : [[key, `${value}`]])),
  );
};

/** Returns an objective with its settings: `elbo, freeBits 0.1, beta by a schedule`. */
const objectiveText = ({ name, about, schedules }: Objective): string =>
  [name, ...(about === undefined ? [] : [about]), ...Object.keys(schedules).map((key) => `${key} by a schedule`)].join(
    ', ',
  );

const short = (value: number): string => `${Number(value.toPrecision(3))}`;
