import type { Place } from '../formats/checkpoint.ts';
import type { Weights } from '../weights/weights.ts';
import type { Scalars, OptimiserState } from './engine.ts';

export type { Ended, Epoch, Notice, NoticeKind } from '../formats/epoch.ts';

/** What training reports while it runs, about ten times a second: means over the epoch so far. */
export interface TrainingProgress {
  readonly phase: 'baseline' | 'model';
  readonly epoch: number;
  /** Infinite if training ends by itself, at a time that is not known. */
  readonly epochs: number;
  readonly step: number;
  readonly steps: number;
  readonly metrics: Scalars;
  readonly examplesPerSecond: number;
  /** Infinite if training ends by itself, at a time that is not known. */
  readonly secondsLeft: number;
  /** The share of the budget of steps or minutes that is spent, if there is one. */
  readonly spent?: number;
}

/** A learning rate that a short range test has found, with the loss after a few steps with each rate that was tried. */
export interface FoundRate {
  readonly phase: 'baseline' | 'model';
  readonly rate: number;
  /** None if the budget had no time for them; a loss is NaN if it did not stay finite. */
  readonly trials: readonly { readonly rate: number; readonly loss: number }[];
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
