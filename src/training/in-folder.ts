import { join } from 'node:path';
import type { Collected } from '../data/collected.ts';
import type { Flags, RunRecord } from '../formats/run.ts';
import type { Scores } from '../formats/scores.ts';
import { specimensText } from '../export/specimens.ts';
import { DEFINITION, openRun, readDefinition, type RunFolder } from '../run/folder.ts';
import { nothingLeft } from '../run/ending.ts';
import { salvaging } from '../run/salvage.ts';
import { recordOf, type Subject } from '../run/record.ts';
import type { Checkpoint } from '../train/checkpoint.ts';
import type { TrainingEngine } from '../train/engine.ts';
import { chosenEngine } from '../train/engines.ts';
import { DEFAULTS } from '../train/options.ts';
import { partsOf } from '../train/plan.ts';
import { train, type Training, type TrainOptions } from '../train/train.ts';
import { auxiliaryOf } from '../train/parameters.ts';
import { auxiliaryMetadata } from '../weights/file.ts';
import { displayMetadata, namesMetadata } from '../weights/names.ts';
import type { TrainingLogger } from './loggers.ts';
import { callbacksOf } from './callbacks.ts';
import { observing, type Audience } from './observers.ts';

/** A model to train, with its data and options, which may depend on the flags that the run was started with. */
export interface Task extends Subject {
  /** Returns the text of its definition, which is kept with the run. */
  text(): Promise<string>;
  collect(flags: Flags, seed: number): Promise<Collected>;
  options(flags: Flags): TrainOptions;
}

/** The folder of a run, and what is written there in addition to weights, metrics and checkpoints. */
export interface FolderSettings {
  readonly folder: string;
  /** Resumes the run in the folder from its last checkpoint, with the flags it had, instead of starting one. */
  readonly resume: boolean;
  /** The flags of the present call. */
  readonly flags: Flags;
  readonly report: boolean;
  readonly tensorboard: boolean;
  readonly loggers?: readonly TrainingLogger[];
}

/** The outcome of a run in a folder. */
export interface InFolder {
  readonly training: Training;
  readonly summary: Summary;
  readonly weightsFile: string;
  /** What could not be created during the run, one line each. */
  readonly warnings: readonly string[];
  /** Lines that say where to look. */
  readonly links: readonly string[];
}

/**
 * Trains in a folder, which this process holds exclusively until it ends: weights, metrics, checkpoints, the definition, a
 * report. A failing observer cannot end the run; a run that fails keeps what it has reached.
 *
 * @throws what `train` throws; InvalidFile for a folder that cannot be written, in which another run is active, or, to resume, in
 * which there is no run.
 */
export async function trainInFolder(task: Task, settings: FolderSettings, audience: Audience): Promise<InFolder> {
  const run = await openRun(settings.folder);
  try {
    return await within(run, task, settings, audience);
  } finally {
    await run.close();
  }
}

const within = async (run: RunFolder, task: Task, settings: FolderSettings, audience: Audience): Promise<InFolder> => {
  const { model, name } = task;
  // Earlier flags stay in force unless they are given again.
  const flags: Flags = settings.resume ? { ...(await run.flags()), ...settings.flags } : settings.flags;
  const options = task.options(flags);
  const { seed = 1 } = options;
  const collected = await task.collect(flags, seed);
  const { dataset } = collected;
  const engine = await chosenEngine(options);
  const record = recordOf(task, dataset, options, engine, flags);
  const { parameters, fingerprint } = record.model;
  const metadata = { fingerprint, seed: `${seed}`, ...auxiliaryMetadata(auxiliaryOf(model, options)) };
  await run.prepare(4 * parameters, flags.checkpointKeep, namesMetadata(dataset.names ?? {}));
  const observers = await observing(run, audience, {
    ...settings,
    record,
    loggers: settings.loggers ?? [],
    model,
    dataset,
    parts: () => {
      const [training, validating] = partsOf(dataset, options.validation ?? DEFAULTS.validation, seed);
      return [training, dataset.test ?? validating];
    },
    engine,
    seed,
    onNotice: options.onNotice,
  });
  const reached = salvaging(run);
  try {
    const [size, count] = [parameters, dataset.train.count].map((n) => n.toLocaleString('en'));
    audience.say(`${name}: ${size} parameters, ${count} examples, ${taken(engine)}`);
    const latest = settings.resume ? await run.latest((file, why) => observers.warn(damaged(file, why))) : undefined;
    const last = await started(run, task, settings.folder, record, latest, audience, options.epochs);
    await observers.bestEffort.attempt('examples of the data', async () => {
      const specimens = specimensText(model, collected);
      if (specimens !== undefined) await run.show(specimens);
    });
    await observers.begin([...(last?.earlier ?? []), ...(last?.history ?? [])]);
    const training = await train(model, dataset, {
      ...options,
      engine,
      ...(last && { resume: last }),
      ...(audience.signal && { signal: audience.signal }),
      ...callbacksOf(options, observers, reached, audience),
    });
    const about = { ...metadata, ...displayMetadata(training.display) };
    await run.save(new Map([...training.weights, ...training.auxiliary]), about);
    const scores = training.stopped === 'aborted' ? undefined : await observers.score(training.weights);
    const summary = { ...summaryOf(training, run.weightsFile), ...(scores && { scores }) };
    await observers.end(summary, training.weights);
    const { warnings } = observers.bestEffort;
    return { training, summary, weightsFile: run.weightsFile, warnings, links: observers.links() };
  } catch (error) {
    const kept = await reached.fail(error, metadata);
    if (kept) {
      await observers.end(kept.ending);
      audience.say(kept.line);
    }
    throw error;
  }
};

/** Returns the warning about a checkpoint that is damaged. */
const damaged = (file: string, why: string): string =>
  `warning: ${file} is damaged (${why}); the run continues from the checkpoint before it, and the next one takes its place`;

/** Begins a run, or resumes it from its last checkpoint, which it returns. */
const started = async (
  run: RunFolder,
  { path, text }: Task,
  folder: string,
  record: RunRecord,
  last: Checkpoint | undefined,
  { say }: Audience,
  epochs: number | undefined,
): Promise<Checkpoint | undefined> => {
  const definition = await text();
  if (!last) {
    const previous = await run.begin(record, definition);
    if (previous) say(`the run that was in ${folder} is in ${previous} now`);
    return undefined;
  }
  const of = last.phase === 'model' ? 'epoch' : 'epoch of the baseline';
  const done = last.phase === 'model' ? nothingLeft(last.epoch - 1, epochs) : undefined;
  say(done ?? `resumes at ${of} ${last.epoch}, step ${last.step + 1}`);
  if (definition !== ((await readDefinition(folder)) ?? definition))
    say(`${path} has changed since the run began; ${join(folder, DEFINITION)} is what it was`);
  await run.goOn(record, [...last.earlier, ...last.history]);
  return last;
};

/** Returns the result in the form that scripts read: in nats, or squared error if `unit` says so. */
const summaryOf = (
  { test, validation, unit, stopped, ended, conditions, epochs, seed, engine, data, fingerprint }: Training,
  weights: string,
) => ({
  test: test ?? null,
  validation: validation ?? null,
  unit,
  stopped,
  ended,
  ...(conditions && { conditions }),
  epochs: epochs.filter(({ phase }) => phase === 'model').length,
  seed,
  engine,
  data,
  fingerprint,
  weights,
});

/** A run's result in figures. */
export type Summary = ReturnType<typeof summaryOf> & { readonly scores?: Scores };

/** An engine's name, and why it was taken. */
const taken = ({ name, why }: TrainingEngine): string => (why === undefined ? name : `${name} (${why})`);
