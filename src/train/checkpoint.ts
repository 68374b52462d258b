import type { OfRun } from '../formats/checkpoint.ts';
import type { Snapshot } from './epoch.ts';

export type { RunFacts } from '../formats/checkpoint.ts';

/**
 * Everything that a run needs to resume: its position, its weights and the optimiser's state. Its random numbers need no state.
 */
export interface Checkpoint extends Snapshot, OfRun {}
