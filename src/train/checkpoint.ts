import { InvalidModel } from '../errors.ts';
import type { OfRun, RunFacts } from '../formats/checkpoint.ts';
import type { Snapshot } from './epoch.ts';

export type { RunFacts } from '../formats/checkpoint.ts';

/** All that a run needs to go on: where it is, its weights and its optimiser's memory. Its random numbers need no state. */
export interface Checkpoint extends Snapshot, OfRun {}

/** @throws InvalidModel where a run is to go on with something else than it was started with. */
export const checkRun = (now: RunFacts, before: RunFacts): void => {
  const [given, expected] = [new Map(Object.entries(now)), new Map(Object.entries(before))];
  for (const name of new Set([...expected.keys(), ...given.keys()]))
    if (given.get(name) !== expected.get(name))
      throw new InvalidModel(
        `resume: expected the ${NAMES[name] ?? name} that the run was started with, ${short(expected.get(name))}, got ${short(given.get(name))}; give the same, or start a new run`,
      );
};

const NAMES: Readonly<Record<string, string>> = {
  fingerprint: 'model',
  examples: 'number of examples',
  batch: 'batch size',
  learningRate: 'learning rate',
};

const short = (value: unknown): string => String(value ?? 'none').slice(0, 16);
