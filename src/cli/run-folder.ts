import { randomUUID } from 'node:crypto';
import { mkdir, open, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidFile } from '../errors.ts';
import type { Epoch } from '../train/fit.ts';
import { LIBRARY } from '../version.ts';
import { saveWeights, WEIGHTS_FILE, writeWhole } from '../weights/file.ts';
import type { Weights } from '../weights/weights.ts';
import { reasonOf } from './failure.ts';

/** The metrics in a run's folder: a line of JSON an epoch, and the result as the last. */
export const METRICS_FILE = 'metrics.jsonl';

/** A folder in which training leaves what it has reached. */
export interface Run {
  readonly weightsFile: string;
  /** Keeps an epoch's metrics. */
  add(epoch: Epoch): void;
  /** Writes weights, the strings about them, and the metrics: each file as a whole or not at all. */
  finish(weights: Weights, metadata: Readonly<Record<string, string>>, summary?: object): Promise<void>;
  /** Leaves nothing behind: removes the folder where it was made for this run. */
  discard(): Promise<void>;
}

/**
 * Makes the folder of a run, and tries to write in it: better to hear of a full disk before training than after.
 *
 * @throws InvalidFile where nothing can be written there.
 */
export async function openRun(folder: string): Promise<Run> {
  const made = await makeWritable(folder);
  const lines: string[] = [];
  const weightsFile = join(folder, WEIGHTS_FILE);
  return {
    weightsFile,
    add: (epoch) => void lines.push(JSON.stringify(epoch)),
    finish: async (weights, metadata, summary) => {
      await saveWeights(weightsFile, weights, { library: `${LIBRARY.name} ${LIBRARY.version}`, ...metadata });
      const all = summary === undefined ? lines : [...lines, JSON.stringify(summary)];
      await writeWhole(join(folder, METRICS_FILE), all.map((line) => `${line}\n`).join(''));
    },
    discard: async () => {
      // Only what is empty is removed.
      if (made) await rmdir(folder).catch(() => undefined);
    },
  };
}

/** Whether the folder had to be made. */
const makeWritable = async (folder: string): Promise<boolean> => {
  const trial = join(folder, `.trial-${randomUUID()}`);
  let made = false;
  try {
    made = (await mkdir(folder, { recursive: true })) !== undefined;
    const file = await open(trial, 'wx');
    try {
      // A full disk takes an empty file, but no bytes.
      await file.writeFile(new Uint8Array(4096));
      await file.sync();
    } finally {
      await file.close();
      await rm(trial, { force: true });
    }
    return made;
  } catch (error) {
    if (made) await rmdir(folder).catch(() => undefined);
    throw new InvalidFile(
      `${folder}: expected a folder to write to, got ${reasonOf(error)}; choose a place that can be written`,
    );
  }
};
