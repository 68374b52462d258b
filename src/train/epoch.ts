import type { Weights } from '../weights/weights.ts';
import type { Numbers, OptimiserState } from './engine.ts';
import type { LatentUse } from './latent-use.ts';
import type { MeansState, Spread } from './means.ts';

/** What training tells while it runs, some ten times a second: means over the epoch so far. */
export interface Progress {
  readonly phase: 'baseline' | 'model';
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly steps: number;
  readonly metrics: Numbers;
  readonly examplesPerSecond: number;
  readonly secondsLeft: number;
}

/** One epoch's means: what the steps saw, and what validation says of the weights after it. */
export interface Epoch {
  readonly phase: 'baseline' | 'model';
  readonly epoch: number;
  readonly train: Numbers;
  readonly validation?: Numbers;
  /** How the losses of its steps lie. */
  readonly spread?: Spread;
  /** What the latent is used for, of a model that has one. */
  readonly latent?: LatentUse;
  /** What is going wrong, each trouble once in a phase. */
  readonly noticed?: readonly Notice[];
  readonly seconds: number;
}

/** What can go wrong with training while its numbers stay finite. */
export type Trouble = 'divergence' | 'collapse' | 'ignored latent';

/** Something that is going wrong, in one line with the usual remedies. */
export interface Notice {
  readonly trouble: Trouble;
  readonly text: string;
}

/** Where a fit is, between two steps, in full: what comes after it is a function of it, the plan and the data. */
export interface Snapshot {
  /** The epoch that is under way, from 1, and how many of its steps are taken. */
  readonly epoch: number;
  readonly step: number;
  readonly weights: Weights;
  readonly optimiser: OptimiserState;
  /** The epoch's metrics so far. */
  readonly means: MeansState;
  readonly history: readonly Epoch[];
  /** The weights of the lowest validation loss so far, of which epoch they are, and that loss. */
  readonly best: Weights;
  readonly bestEpoch: number;
  readonly lowest: number;
  /** The average of the weights over steps, where one is kept and something was taken in. */
  readonly average?: Weights;
}
