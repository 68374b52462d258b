import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFINITION_FILE, LOOKS, METRICS_FILE, REPORT_FILE, RUN_FILE } from '../report/record.ts';
import { CHECKPOINTS } from '../train/checkpoint.ts';
import { WEIGHTS_FILE } from '../weights/file.ts';
import { EVENTS } from './events.ts';

/** Where in a run's folder the run is that was there before it. */
const PREVIOUS = 'previous';

/** All that a run leaves in its folder. */
const ENTRIES = [
  RUN_FILE,
  DEFINITION_FILE,
  METRICS_FILE,
  REPORT_FILE,
  WEIGHTS_FILE,
  CHECKPOINTS,
  LOOKS,
  EVENTS,
] as const;

/** A run that has made way for another. */
export interface PreviousRun {
  readonly folder: string;
  /** Puts it back, in place of the other. */
  restore(): Promise<void>;
}

/**
 * Moves the run in this folder, if one is there, into `previous/` beside the new one, in place of what lies there: hours of training
 * are not lost to a word left out. What a run left that has no weights is removed.
 */
export const setAside = async (folder: string): Promise<PreviousRun | undefined> => {
  const previous = join(folder, PREVIOUS);
  const left = ENTRIES.filter((name) => existsSync(join(folder, name)));
  if (![WEIGHTS_FILE, CHECKPOINTS].some((name) => existsSync(join(folder, name)))) {
    await removeRun(folder);
    return undefined;
  }
  await rm(previous, { recursive: true, force: true });
  await mkdir(previous);
  for (const name of left) await rename(join(folder, name), join(previous, name));
  return {
    folder: previous,
    restore: async () => {
      await removeRun(folder);
      for (const name of left) await rename(join(previous, name), join(folder, name));
      await rm(previous, { recursive: true, force: true });
    },
  };
};

/** Removes what a run has left. */
export const removeRun = async (folder: string): Promise<void> => {
  for (const name of ENTRIES) await rm(join(folder, name), { recursive: true, force: true });
};
