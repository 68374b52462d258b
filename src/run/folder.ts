import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidFile, isUserError } from '../errors.ts';
import { makeFolder, removeFolders } from '../files/folder.ts';
import { LOCK_FILE, lock, type Lock } from '../files/lock.ts';
import { removeStale, temporaryFor } from '../files/temporary.ts';
import { reason, writeWhole } from '../files/whole.ts';
import type { Taken } from '../formats/snapshot.ts';
import { attempt, readText } from '../formats/read.ts';
import { begun, type Flags, type RunRecord } from '../formats/run.ts';
import { auxiliaryMetadata, saveWeights, WEIGHTS_FILE } from '../weights/file.ts';
import { DEFINITION_FILE, SNAPSHOTS, METRICS_FILE, RUN_FILE } from './read-run.ts';
import { SPECIMENS_FILE } from '../signature.ts';
import { CHECKPOINTS, checkpointsIn, type Checkpoints } from './checkpoint.ts';
import type { Checkpoint } from '../train/checkpoint.ts';
import type { Epoch } from '../train/epoch.ts';
import { LIBRARY } from '../version.ts';
import type { Weights } from '../weights/weights.ts';
import { metricsIn, warningsIn } from './metrics-file.ts';
import { putBack, setAside } from './previous-run.ts';

/** The file in a run's folder that holds the definition. */
export const DEFINITION = DEFINITION_FILE;

/** Reads the text of the definition that a run was started with, if it was kept. */
export const readDefinition = (folder: string): Promise<string | undefined> =>
  readFile(join(folder, DEFINITION_FILE), 'utf8').catch(() => undefined);

/** A folder in which training stores its results, held exclusively by this process until `close`. */
export interface RunFolder {
  readonly weightsFile: string;
  /** Returns the command-line flags with which the run in the folder began. @throws InvalidFile if there is no run. */
  flags(): Promise<Flags>;
  /**
   * Checks that this many bytes can be written: a full disk is better reported before training than after. `keep` checkpoints are
   * retained; `about` is written with all weights.
   */
  prepare(bytes: number, keep?: number, about?: Readonly<Record<string, string>>): Promise<void>;
  /** Returns the last intact checkpoint, or undefined, as in `Checkpoints`. */
  readonly latest: Checkpoints['latest'];
  /** Starts a new run, and records what it is. Returns the folder to which an existing run has been moved. */
  begin(record: RunRecord, definition: string): Promise<string | undefined>;
  /** Resumes the run: the epochs so far are those of the checkpoint, whatever was written after it. */
  goOn(record: RunRecord, epochs: readonly Epoch[]): Promise<void>;
  /** Stores a few examples of the data, which an export may show when the data are no longer available. */
  show(specimens: string): Promise<void>;
  /** Appends an epoch, a warning, or the ending to the metrics. */
  add(line: object): Promise<void>;
  /** Stores a checkpoint, and the best weights so far if they are new. */
  keep(checkpoint: Checkpoint): Promise<void>;
  /** Stores what the model has drawn. */
  take(taken: Taken): Promise<void>;
  /** Writes weights and the strings about them. */
  save(weights: Weights, metadata: Readonly<Record<string, string>>): Promise<void>;
  /** Restores the previous state: removes what was created for this run, and moves the earlier run back. */
  discard(): Promise<void>;
  /** Releases the folder for others. One that was created but not used is removed. */
  close(): Promise<void>;
}

/**
 * Opens the folder of a run, which is created if it is missing, and restores it if a killed process has left it half done.
 *
 * @throws InvalidFile if it cannot be written, or a run is active in it.
 */
export async function openRun(folder: string): Promise<RunFolder> {
  const { held, made } = await lockRun(folder);
  const file = (name: string) => join(folder, name);
  const weightsFile = file(WEIGHTS_FILE);
  let checkpoints = checkpointsIn(folder);
  let about: Readonly<Record<string, string>> = {};
  const save = (weights: Weights, metadata: Readonly<Record<string, string>>) =>
    saveWeights(weightsFile, weights, { library: `${LIBRARY.name} ${LIBRARY.version}`, ...about, ...metadata });
  const describe = (record: RunRecord) => writeWhole(file(RUN_FILE), `${JSON.stringify(record, null, 2)}\n`);
  const metrics = metricsIn(folder);
  let best = '';
  let undo: () => Promise<void> = async () => undefined;
  let settle: () => Promise<void> = async () => undefined;
  return {
    weightsFile,
    flags: () => readFlags(folder),
    prepare: async (bytes, keep, more = {}) => {
      about = more;
      checkpoints = checkpointsIn(folder, keep);
      await reserve(folder, bytes);
    },
    latest: (onDamaged) => checkpoints.latest(onDamaged),
    begin: async (record, definition) => {
      const aside = await setAside(folder);
      ({ undo, settle } = aside);
      await describe(record);
      await writeWhole(file(DEFINITION_FILE), definition);
      await metrics.begin([]);
      return aside.previous;
    },
    goOn: async (record, epochs) => {
      const run = await readFile(file(RUN_FILE), 'utf8');
      const before = await readFile(file(METRICS_FILE), 'utf8').catch(() => '');
      undo = async () => {
        await writeWhole(file(RUN_FILE), run);
        await writeWhole(file(METRICS_FILE), before);
      };
      // The beginning is that of the original start.
      const { began } = attempt(begun, run) ?? {};
      await describe({ ...record, ...(began !== undefined && { began }) });
      await metrics.begin([...epochs, ...warningsIn(before)]);
    },
    show: (specimens) => writeWhole(file(SPECIMENS_FILE), specimens),
    add: metrics.add,
    keep: async (checkpoint) => {
      await checkpoints.add(checkpoint);
      await settle();
      const { phase, bestEpoch, facts, auxiliary = [] } = checkpoint;
      if (bestEpoch === 0 || best === `${phase} ${bestEpoch}`) return;
      await save(checkpoint.best, {
        fingerprint: facts.fingerprint,
        seed: `${facts.seed}`,
        ...auxiliaryMetadata(auxiliary),
      });
      best = `${phase} ${bestEpoch}`;
    },
    take: async ({ snapshot, files }) => {
      for (const [name, content] of files) await writeWhole(join(folder, SNAPSHOTS, name), content);
      // Written last, so that the files it names exist.
      const name = `${String(snapshot.epoch).padStart(6, '0')}.json`;
      await writeWhole(join(folder, SNAPSHOTS, name), JSON.stringify(snapshot));
    },
    save: async (weights, metadata) => {
      await save(weights, metadata);
      await settle();
    },
    discard: () => undo(),
    close: async () => {
      held.release();
      await removeFolders(folder, made);
    },
  };
}

const lockRun = async (folder: string): Promise<{ readonly held: Lock; readonly made: string | undefined }> => {
  let made: string | undefined;
  let held: Lock | undefined;
  try {
    made = await makeFolder(folder);
    held = await lock(join(folder, LOCK_FILE), folder, 'training');
    await putBack(folder);
    for (const name of [SNAPSHOTS, CHECKPOINTS]) await removeStale(join(folder, name));
    return { held, made };
  } catch (error) {
    held?.release();
    await removeFolders(folder, made);
    throw isUserError(error) ? error : notWritable(folder, error);
  }
};

const notWritable = (folder: string, error: unknown): InvalidFile =>
  new InvalidFile(`${folder}: expected a folder to write to, got ${reason(error)}; choose a place that can be written`);

const reserve = async (folder: string, bytes: number): Promise<void> => {
  const trial = temporaryFor(join(folder, 'trial'));
  try {
    const file = await open(trial, 'wx');
    try {
      await file.writeFile(new Uint8Array(bytes + METRICS));
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw notWritable(folder, error);
  } finally {
    await rm(trial, { force: true });
  }
};

/** Bytes for the metrics, generously estimated. */
const METRICS = 2 ** 16;

const readFlags = async (folder: string): Promise<Flags> => {
  const file = join(folder, RUN_FILE);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new InvalidFile(`${file}: expected a run to resume, got ${reason(error)}; leave out --resume to begin one`);
  });
  const what = 'what the run was started with, as JSON';
  const { flags = {} } = readText(begun, text, { where: file, what, remedy: 'leave out --resume to begin a new run' });
  return flags;
};
