import type { OfRun } from '../formats/checkpoint.ts';
import type { Snapshot } from './epoch.ts';

export type { RunFacts } from '../formats/checkpoint.ts';

/** All that a run needs to resume: where it is, its weights and its optimiser's memory. Its random numbers need no state. */
export interface Checkpoint extends Snapshot, OfRun {}
