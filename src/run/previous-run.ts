import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFINITION_FILE, SNAPSHOTS, METRICS_FILE, REPORT_FILE, RUN_FILE } from './read-run.ts';
import { SPECIMENS_FILE } from '../signature.ts';
import { CHECKPOINTS } from './checkpoint.ts';
import { WEIGHTS_FILE } from '../weights/file.ts';

/** The subfolder of a run's folder for the run that was there before it; … */
const PREVIOUS = 'previous';
/** … the one used while that run is being moved, so that `previous` is always a complete run; … */
const MOVING = '.moving';
/** … and the one for the run before that, until the new run has something to resume from. */
const OLDER = '.older';

/** The folder of a run's event files, which TensorBoard shows. */
export const EVENTS = 'events';

/** All entries that a run leaves in its folder. */
const ENTRIES = [
  RUN_FILE,
  DEFINITION_FILE,
  SPECIMENS_FILE,
  METRICS_FILE,
  REPORT_FILE,
  WEIGHTS_FILE,
  CHECKPOINTS,
  SNAPSHOTS,
  EVENTS,
] as const;

/** The earlier run that a new run has found in its folder. */
export interface SetAside {
  /** The present location of the earlier run, if there was one. */
  readonly previous: string | undefined;
  /** Removes what the new run has left, and moves the earlier one back. */
  undo(): Promise<void>;
  /** Called when the new run is here to stay: removes the run before the earlier one. */
  settle(): Promise<void>;
}

/**
 * Makes room for a new run: moves an existing run in this folder to its `previous/`, replacing what lies there, so that
 * forgetting an option does not lose hours of training. A run with neither weights nor a checkpoint is removed. One that has only
 * a checkpoint does not replace a run with weights: that one is kept as its own `previous/`.
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

/** Restores a folder in which a process was killed while it moved a run to or from `previous/`. */
export const putBack = async (folder: string): Promise<void> => {
  const { previous, moving, older } = placesIn(folder);
  await moveAll(
    entriesIn(moving).filter((name) => !existsSync(join(folder, name))),
    moving,
    folder,
  );
  // A run that was kept along is moved back to its place.
  const along = join(moving, PREVIOUS);
  if (existsSync(along)) {
    if (!existsSync(previous) && existsSync(older)) await rename(older, previous);
    await rename(along, existsSync(previous) ? join(previous, PREVIOUS) : previous);
  }
  await rm(moving, { recursive: true, force: true });
  if (existsSync(previous)) await rm(older, { recursive: true, force: true });
  else if (existsSync(older)) await rename(older, previous);
  // Earlier versions moved entries one by one into `previous/` itself: the rest of such a run is moved there too.
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

/** Removes all entries of a run. */
const removeRun = async (folder: string): Promise<void> => {
  for (const name of ENTRIES) await rm(join(folder, name), { recursive: true, force: true });
};
