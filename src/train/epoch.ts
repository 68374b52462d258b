import type { Place } from '../formats/checkpoint.ts';
import type { Weights } from '../weights/weights.ts';
import type { Scalars, OptimiserState } from './engine.ts';

export type { Epoch, Notice, NoticeKind } from '../formats/epoch.ts';

/** What training reports while it runs, about ten times a second: means over the epoch so far. */
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

/** The full state of a fit between two steps: what follows is a function of it, the plan and the data. */
export interface Snapshot extends Place {
  readonly weights: Weights;
  readonly optimiser: OptimiserState;
  /** The weights of the lowest validation loss so far. */
  readonly best: Weights;
  /** The average of the weights over steps, if one is kept and a step has been included. */
  readonly average?: Weights;
}
