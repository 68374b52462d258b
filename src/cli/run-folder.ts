import { randomUUID } from 'node:crypto';
import { appendFile, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidFile } from '../errors.ts';
import { makeFolder, removeFolders } from '../files/folder.ts';
import { reason } from '../files/whole.ts';
import type { Taken } from '../report/look.ts';
import { DEFINITION_FILE, LOOKS, METRICS_FILE, RUN_FILE, type RunRecord } from '../report/record.ts';
import { SPECIMENS_FILE } from '../signature.ts';
import { checkpointsIn, type Checkpoint } from '../train/checkpoint.ts';
import type { Epoch } from '../train/fit.ts';
import { LIBRARY } from '../version.ts';
import { saveWeights, WEIGHTS_FILE, writeWhole } from '../weights/file.ts';
import type { Weights } from '../weights/weights.ts';
import { setAside, type SetAside } from './previous-run.ts';

/** What was given on the command line when the run in this folder began. @throws InvalidFile where there is no run. */
export const readFlags = async (folder: string): Promise<object> => {
  const file = join(folder, RUN_FILE);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new InvalidFile(
      `${file}: expected a run to go on with, got ${reason(error)}; leave out --resume to begin one`,
    );
  });
  try {
    const { flags }: { flags?: object } = JSON.parse(text);
    return flags ?? {};
  } catch {
    throw new InvalidFile(`${file}: expected what the run was started with, got no JSON; begin a new run`);
  }
};

/** The file in a run's folder that holds the definition. */
export const DEFINITION = DEFINITION_FILE;

/** The text of the definition that a run was started with, where it was kept. */
export const readDefinition = (folder: string): Promise<string | undefined> =>
  readFile(join(folder, DEFINITION_FILE), 'utf8').catch(() => undefined);

/** A folder in which training leaves what it has reached. */
export interface RunFolder {
  readonly weightsFile: string;
  /** The last checkpoint, or nothing. */
  latest(): Promise<Checkpoint | undefined>;
  /** Starts anew, and keeps what this run is of. Gives the folder that a run which was there has been moved to. */
  begin(record: RunRecord, definition: string): Promise<string | undefined>;
  /** Goes on: the epochs so far are those of the checkpoint, whatever was written after it. */
  goOn(record: RunRecord, epochs: readonly Epoch[]): Promise<void>;
  /** Keeps a few examples of the data, which an export may show when the data are gone. */
  show(specimens: string): Promise<void>;
  /** Adds an epoch's metrics to their file. */
  add(epoch: Epoch): Promise<void>;
  /** Keeps a checkpoint, and the best weights so far where they are new. */
  keep(checkpoint: Checkpoint): Promise<void>;
  /** Keeps what the model has drawn. */
  take(taken: Taken): Promise<void>;
  /** Writes weights, the strings about them, and how it ended as the last line of the metrics. */
  finish(weights: Weights, metadata: Readonly<Record<string, string>>, ending: object): Promise<void>;
  /** Leaves all as it was, unless there is something to go on with: removes what was made for this run, puts back what made way. */
  discard(): Promise<void>;
}

/**
 * Makes the folder of a run, and tries to write as many bytes in it as the weights have: better to hear of a full disk
 * before training than after. `keep` checkpoints stay; `about` is written with all weights.
 *
 * @throws InvalidFile where they cannot be written there.
 */
export async function openRun(
  folder: string,
  bytes: number,
  keep?: number,
  about: Readonly<Record<string, string>> = {},
): Promise<RunFolder> {
  const made = await makeWritable(folder, bytes);
  const file = (name: string) => join(folder, name);
  const weightsFile = file(WEIGHTS_FILE);
  const checkpoints = checkpointsIn(folder, keep);
  const save = (weights: Weights, metadata: Readonly<Record<string, string>>) =>
    saveWeights(weightsFile, weights, { library: `${LIBRARY.name} ${LIBRARY.version}`, ...about, ...metadata });
  const metrics = (lines: readonly object[]) =>
    writeWhole(file(METRICS_FILE), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const describe = (record: RunRecord) => writeWhole(file(RUN_FILE), `${JSON.stringify(record, null, 2)}\n`);
  let best = '';
  let begun: SetAside | undefined;
  return {
    weightsFile,
    latest: checkpoints.latest,
    begin: async (record, definition) => {
      begun = await setAside(folder);
      await describe(record);
      await writeWhole(file(DEFINITION_FILE), definition);
      await metrics([]);
      return begun.previous;
    },
    goOn: async (record, epochs) => {
      // It has begun when it was begun.
      const { began }: Partial<RunRecord> = JSON.parse(await readFile(file(RUN_FILE), 'utf8'));
      await describe({ ...record, ...(began !== undefined && { began }) });
      await metrics(epochs);
    },
    show: (specimens) => writeWhole(file(SPECIMENS_FILE), specimens),
    add: (epoch) => appendFile(file(METRICS_FILE), `${JSON.stringify(epoch)}\n`),
    keep: async (checkpoint) => {
      await checkpoints.add(checkpoint);
      const { phase, bestEpoch, facts } = checkpoint;
      if (bestEpoch === 0 || best === `${phase} ${bestEpoch}`) return;
      best = `${phase} ${bestEpoch}`;
      await save(checkpoint.best, { fingerprint: facts.fingerprint, seed: `${facts.seed}` });
    },
    take: async ({ look, files }) => {
      for (const [name, content] of files) await writeWhole(join(folder, LOOKS, name), content);
      // Last, so that what it names is there.
      const name = `${String(look.epoch).padStart(6, '0')}.json`;
      await writeWhole(join(folder, LOOKS, name), JSON.stringify(look));
    },
    finish: async (weights, metadata, ending) => {
      await save(weights, metadata);
      await appendFile(file(METRICS_FILE), `${JSON.stringify(ending)}\n`);
    },
    discard: async () => {
      // What a checkpoint was written of can be gone on with; what has not begun has left nothing.
      if (begun && (await checkpoints.latest().catch(() => true)) === undefined) await begun.undo();
      await removeFolders(folder, made);
    },
  };
}

/** What of the folder had to be made: the uppermost, if any. */
const makeWritable = async (folder: string, bytes: number): Promise<string | undefined> => {
  const trial = join(folder, `.trial-${randomUUID()}`);
  let made: string | undefined;
  try {
    made = await makeFolder(folder);
    const file = await open(trial, 'wx');
    try {
      await file.writeFile(new Uint8Array(bytes + METRICS));
      await file.sync();
    } finally {
      await file.close();
      await rm(trial, { force: true });
    }
    return made;
  } catch (error) {
    await removeFolders(folder, made);
    throw new InvalidFile(
      `${folder}: expected a folder to write to, got ${reason(error)}; choose a place that can be written`,
    );
  }
};

/** Bytes for the metrics, generously. */
const METRICS = 2 ** 16;
