import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFINITION_FILE, LOOKS, METRICS_FILE, REPORT_FILE, RUN_FILE } from '../report/record.ts';
import { SPECIMENS_FILE } from '../signature.ts';
import { CHECKPOINTS } from '../train/checkpoint.ts';
import { WEIGHTS_FILE } from '../weights/file.ts';
import { EVENTS } from './events.ts';

/** Where in a run's folder the run is that was there before it. */
const PREVIOUS = 'previous';

/** All that a run leaves in its folder. */
const ENTRIES = [
  RUN_FILE,
  DEFINITION_FILE,
  SPECIMENS_FILE,
  METRICS_FILE,
  REPORT_FILE,
  WEIGHTS_FILE,
  CHECKPOINTS,
  LOOKS,
  EVENTS,
] as const;

/** What a new run has found in its folder. */
export interface SetAside {
  /** Where the run that was there is now, if one was there. */
  readonly previous: string | undefined;
  /** Removes what the new run has left, and puts the other back. */
  undo(): Promise<void>;
}

/**
 * Makes way for a new run: moves the one in this folder, if one is there, into `previous/` beside the new one, in place of what lies
 * there, so that hours of training are not lost to a word left out. What a run left that has no weights is removed.
 */
export const setAside = async (folder: string): Promise<SetAside> => {
  const previous = join(folder, PREVIOUS);
  const left = ENTRIES.filter((name) => existsSync(join(folder, name)));
  if (!left.some((name) => name === WEIGHTS_FILE || name === CHECKPOINTS)) {
    await removeRun(folder);
    return { previous: undefined, undo: () => removeRun(folder) };
  }
  await rm(previous, { recursive: true, force: true });
  await mkdir(previous);
  for (const name of left) await rename(join(folder, name), join(previous, name));
  return {
    previous,
    undo: async () => {
      await removeRun(folder);
      for (const name of left) await rename(join(previous, name), join(folder, name));
      await rm(previous, { recursive: true, force: true });
    },
  };
};

/** Removes what a run has left. */
const removeRun = async (folder: string): Promise<void> => {
  for (const name of ENTRIES) await rm(join(folder, name), { recursive: true, force: true });
};
