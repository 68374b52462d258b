import { basename, resolve } from 'node:path';
import { toDataset } from '../data/convert.ts';
import type { Data } from '../data/source.ts';
import { checkOptions } from '../dsl/check-arguments.ts';
import type { Model } from '../dsl/model.ts';
import { print } from '../dsl/print.ts';
import { InvalidModel } from '../errors.ts';
import type { Checkpoint } from '../train/checkpoint.ts';
import { train as trainModel, type Training, type TrainOptions } from '../train/train.ts';
import { variablesOf } from '../train/parameters.ts';
import { checkEffect, checkModel, checkTraining, TRAIN_RULES } from '../train/options.ts';
import { flag, isText, rule, type Rule } from '../values/rules.ts';
import { LOGGERS, type TrainingLogger } from './loggers.ts';
import type { Display } from './observers.ts';

/** The options of `train`, including whether to train in the folder of a run. */
export interface TrainRunOptions extends Omit<TrainOptions, 'resume'> {
  /**
   * The folder of a run, as in `cvae-compile train --out`: weights, metrics, checkpoints and a report are written there, for
   * `exportModel`, `evaluate` and the command line to use. An existing run is moved to `previous/` in it.
   */
  readonly run?: string;
  /** The name of the model in the report: the folder's name by default. */
  readonly name?: string;
  /** Resumes from a checkpoint; with `run`, `true` resumes from the last one in the folder. */
  readonly resume?: Checkpoint | boolean;
  /** With `run`: `false` to write no `report.html`; it is written by default. */
  readonly report?: boolean;
  /** With `run`: functions that are called with what the run does; what one throws becomes a warning. */
  readonly loggers?: readonly TrainingLogger[];
  /** With `run`: `false` to write no event files for TensorBoard; they are written by default. */
  readonly tensorboard?: boolean;
}

/**
 * Trains a model: first its baseline, if it has one, on its own likelihood; then the rest, with the baseline frozen. With `run`
 * it does the same as `cvae-compile train`.
 *
 *     const { weights, names } = await train(model, csv('weather.csv'), { run: 'out/weather', epochs: 50 });
 *
 * @throws InvalidData if the data do not fit the model; TrainingFailed (a `Diverged`, which holds the last good weights) if the
 * loss is no longer finite; InvalidFile for a run's folder that cannot be written or is in use.
 *
 * @example
 * ```ts
 * import { elbo, train } from 'cvae-compile/train';
 * import model, { data } from './model.ts';
 *
 * const { weights, epochs } = await train(model, data, { epochs: 2, seed: 1, objective: elbo({ freeBits: 0.1 }) });
 * console.log(epochs.length, weights.get('decoder/dense_2/bias')?.shape); // 2 [784]
 * ```
 */
export async function train(model: Model, data: Data, options: TrainRunOptions = {}): Promise<Training> {
  checkModel(model);
  checkOptions('train', RULES, options);
  const { run, name, resume, report, tensorboard, loggers, ...rest } = options;
  if (run === undefined) {
    const onlyInRuns = { name, report, tensorboard, loggers, ...(typeof resume === 'boolean' && { resume }) };
    for (const [option, value] of Object.entries(onlyInRuns))
      if (value !== undefined)
        throw new InvalidModel(`train: expected options that have an effect, got ${option} without run; leave it out`);
    return trainModel(model, data, { ...rest, ...(resume !== undefined && typeof resume !== 'boolean' && { resume }) });
  }
  if (typeof resume === 'object')
    throw new InvalidModel(
      'train: expected resume: true with run, which holds its checkpoints, got a checkpoint; leave out one of both',
    );
  // Before an existing run in the folder is moved away.
  checkTraining(model, rest);
  checkEffect(model, rest);
  const { trainInFolder } = await import('./in-folder.ts');
  const { training } = await trainInFolder(
    {
      model,
      name: name ?? basename(resolve(run)),
      path: 'train()',
      text: async () => print(model).replace(/^/gm, '// ').replace(/ +$/gm, ''),
      collect: async () => {
        const source = await (typeof data === 'function' ? data() : data);
        const whole = await toDataset(source, variablesOf(model));
        return { source, whole, dataset: whole };
      },
      options: () => rest,
    },
    {
      folder: run,
      resume: resume === true,
      flags: {},
      report: report !== false,
      tensorboard: tensorboard !== false,
      ...(loggers && { loggers }),
    },
    { say: () => undefined, display: async () => quiet(rest), ...(rest.signal && { signal: rest.signal }) },
  );
  return training;
}

const RULES: Readonly<Record<keyof TrainRunOptions, Rule>> = {
  ...TRAIN_RULES,
  run: rule("a run's folder", isText, 'say where it goes'),
  name: rule('text', isText, 'say what the model is called'),
  // In a folder, the option is true or false.
  resume: {
    ...TRAIN_RULES.resume,
    holds: (value) => typeof value === 'boolean' || TRAIN_RULES.resume.holds(value),
  },
  report: flag,
  tensorboard: flag,
  loggers: LOGGERS,
};

/** Returns a display that shows only warnings, and not even those if `onNotice` receives them. */
const quiet = ({ onNotice }: TrainOptions): Display => ({
  progress: () => undefined,
  epoch: () => undefined,
  notice: (text) => {
    if (!onNotice) console.warn(text);
  },
  end: () => undefined,
});
