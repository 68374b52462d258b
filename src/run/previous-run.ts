import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFINITION_FILE, LOOKS, METRICS_FILE, REPORT_FILE, RUN_FILE } from './read-run.ts';
import { SPECIMENS_FILE } from '../signature.ts';
import { CHECKPOINTS } from './checkpoint.ts';
import { WEIGHTS_FILE } from '../weights/file.ts';

/** Where in a run's folder the run is that was there before it; … */
const PREVIOUS = 'previous';
/** … where it is while it is moved there, so that what has that name is always a whole run; … */
const MOVING = '.moving';
/** … and the one before it, until the new run has something to go on with. */
const OLDER = '.older';

/** The folder of a run's event files, which TensorBoard shows. */
export const EVENTS = 'events';

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
  /** The new run has come so far that it stays: the run before the one that made way is removed. */
  settle(): Promise<void>;
}

/**
 * Makes way for a new run: moves the one in this folder, if there is one, to `previous/` in it, in place of what lies there, so that
 * hours of training are not lost to a word left out. A run with neither weights nor a checkpoint is removed. One that has a
 * checkpoint only does not replace a run with weights: that one goes along, as its own `previous/`.
 */
export const setAside = async (folder: string): Promise<SetAside> => {
  const { previous, moving, older } = placesIn(folder);
  const left = entriesIn(folder);
  if (!isWorthKeeping(folder)) {
    await removeRun(folder);
    return { previous: undefined, undo: () => removeRun(folder), settle: async () => undefined };
  }
  await moveAll(left, folder, moving);
  const trained = hasWeights(moving) ? undefined : [previous, join(previous, PREVIOUS)].find(hasWeights);
  if (trained !== undefined) await rename(trained, join(moving, PREVIOUS));
  if (existsSync(previous)) await rename(previous, older);
  await rename(moving, previous);
  return {
    previous,
    undo: async () => {
      await removeRun(folder);
      await rename(previous, moving);
      await putBack(folder);
    },
    settle: () => rm(older, { recursive: true, force: true }),
  };
};

/**
 * Puts a folder in order where a process was killed while it made way for a new run, or put the old one back: that is where it was.
 */
export const putBack = async (folder: string): Promise<void> => {
  const { previous, moving, older } = placesIn(folder);
  await moveAll(
    entriesIn(moving).filter((name) => !existsSync(join(folder, name))),
    moving,
    folder,
  );
  // What went along goes back to where it was.
  const along = join(moving, PREVIOUS);
  if (existsSync(along)) {
    if (!existsSync(previous) && existsSync(older)) await rename(older, previous);
    await rename(along, existsSync(previous) ? join(previous, PREVIOUS) : previous);
  }
  await rm(moving, { recursive: true, force: true });
  if (existsSync(previous)) await rm(older, { recursive: true, force: true });
  else if (existsSync(older)) await rename(older, previous);
  // Earlier versions moved one by one into `previous/` itself: the rest of such a run follows it.
  const left = entriesIn(folder);
  const begun = entriesIn(previous);
  if (begun.includes(RUN_FILE) && !left.includes(RUN_FILE) && !left.some((name) => begun.includes(name)))
    await moveAll(left, folder, previous);
};

const placesIn = (folder: string) => ({
  previous: join(folder, PREVIOUS),
  moving: join(folder, MOVING),
  older: join(folder, OLDER),
});

type Entry = (typeof ENTRIES)[number];

const entriesIn = (folder: string): readonly Entry[] => ENTRIES.filter((name) => existsSync(join(folder, name)));

const hasWeights = (folder: string): boolean => existsSync(join(folder, WEIGHTS_FILE));

/** Whether a run has left weights, or a checkpoint to resume from. */
const isWorthKeeping = (folder: string): boolean =>
  hasWeights(folder) ||
  (existsSync(join(folder, CHECKPOINTS)) &&
    readdirSync(join(folder, CHECKPOINTS)).some((name) => !name.startsWith('.')));

const moveAll = async (names: readonly Entry[], from: string, to: string): Promise<void> => {
  await mkdir(to, { recursive: true });
  for (const name of names) await rename(join(from, name), join(to, name));
};

/** Removes what a run has left. */
const removeRun = async (folder: string): Promise<void> => {
  for (const name of ENTRIES) await rm(join(folder, name), { recursive: true, force: true });
};
