import type { Place } from '../formats/checkpoint.ts';
import type { Weights } from '../weights/weights.ts';
import type { Scalars, OptimiserState } from './engine.ts';

export type { Epoch, Notice, NoticeKind } from '../formats/epoch.ts';

/** What training tells while it runs, some ten times a second: means over the epoch so far. */
export interface TrainingProgress {
  readonly phase: 'baseline' | 'model';
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly steps: number;
  readonly metrics: Scalars;
  readonly examplesPerSecond: number;
  readonly secondsLeft: number;
}

/** Where a fit is, between two steps, in full: what comes after it is a function of it, the plan and the data. */
export interface Snapshot extends Place {
  readonly weights: Weights;
  readonly optimiser: OptimiserState;
  /** The weights of the lowest validation loss so far. */
  readonly best: Weights;
  /** The average of the weights over steps, where one is kept and something was taken in. */
  readonly average?: Weights;
}
