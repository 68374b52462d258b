import { randomUUID } from 'node:crypto';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidFile } from '../errors.ts';
import { checkpointsIn, type Checkpoints } from '../train/checkpoint.ts';
import type { Epoch } from '../train/fit.ts';
import { LIBRARY } from '../version.ts';
import { makeFolder, removeFolders } from '../files/folder.ts';
import { reason } from '../files/whole.ts';
import { saveWeights, WEIGHTS_FILE, writeWhole } from '../weights/file.ts';
import type { Weights } from '../weights/weights.ts';

/** The metrics in a run's folder: a line of JSON an epoch, and the result as the last. */
export const METRICS_FILE = 'metrics.jsonl';

/** What a run was started with. */
export const RUN_FILE = 'run.json';

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

/** A folder in which training leaves what it has reached. */
export interface Run {
  readonly weightsFile: string;
  readonly checkpoints: Checkpoints;
  /** Starts anew: keeps what was given on the command line, and removes the checkpoints of another run. */
  begin(flags: object): Promise<void>;
  /** Keeps an epoch's metrics. */
  add(epoch: Epoch): void;
  /** Writes weights, the strings about them, and the metrics: each file as a whole or not at all. */
  finish(weights: Weights, metadata: Readonly<Record<string, string>>, summary?: object): Promise<void>;
  /** Leaves nothing behind: removes the folders that were made for this run. */
  discard(): Promise<void>;
}

/**
 * Makes the folder of a run, and tries to write as many bytes in it as the weights have: better to hear of a full disk
 * before training than after.
 *
 * @throws InvalidFile where they cannot be written there.
 */
export async function openRun(folder: string, bytes: number): Promise<Run> {
  const made = await makeWritable(folder, bytes);
  const lines: string[] = [];
  const weightsFile = join(folder, WEIGHTS_FILE);
  const checkpoints = checkpointsIn(folder);
  return {
    weightsFile,
    checkpoints,
    begin: async (flags) => {
      await checkpoints.clear();
      await writeWhole(join(folder, RUN_FILE), `${JSON.stringify({ library: LIBRARY.version, flags }, null, 2)}\n`);
    },
    add: (epoch) => void lines.push(JSON.stringify(epoch)),
    finish: async (weights, metadata, summary) => {
      await saveWeights(weightsFile, weights, { library: `${LIBRARY.name} ${LIBRARY.version}`, ...metadata });
      const all = summary === undefined ? lines : [...lines, JSON.stringify(summary)];
      await writeWhole(join(folder, METRICS_FILE), all.map((line) => `${line}\n`).join(''));
    },
    discard: async () => {
      // What a checkpoint was written of can be gone on with.
      if ((await checkpoints.latest().catch(() => true)) === undefined) {
        await rm(join(folder, RUN_FILE), { force: true });
        await checkpoints.clear();
      }
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
