import type { Examples } from '../data/dataset.ts';
import type { LatentUse } from '../formats/epoch.ts';
import type { Graph } from '../graph/graph.ts';
import type { Weights } from '../weights/weights.ts';
import type { Averaging } from './averaging.ts';
import type { TrainingEngine } from './engine.ts';
import type { Ended, Epoch, FoundRate, Snapshot, TrainingProgress } from './epoch.ts';
import type { Schedule } from './schedule.ts';
import type { Course } from './step-input.ts';

/** The settings for fitting one objective. */
export interface Fit extends Course {
  readonly engine: TrainingEngine;
  readonly evaluation: Graph;
  readonly validation?: Examples;
  /** The learning rate, unless `pace` finds it. */
  readonly learningRate: Schedule;
  /** The number of epochs between validations (the last epoch is always validated): 1. */
  readonly validateEvery?: number;
  /** Stop after this many epochs without a better validation loss. */
  readonly patience?: number;
  /** How training ends by itself; without it, after `epochs`. */
  readonly pace?: Pace;
  /** What training may take at most. */
  readonly budget?: Budget;
  /** Validate and keep an average of the weights over steps instead of the latest ones. */
  readonly averaging?: Averaging;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Called after each epoch with the weights as they are then; awaited before the next step. */
  readonly onEpoch?: (epoch: Epoch, weights: Weights) => unknown;
  /** Called before the first step if the learning rate is found. */
  readonly onRate?: (found: FoundRate) => void;
  /** Measures what the latent is used for, at each validation. */
  readonly watch?: (weights: Weights) => Promise<LatentUse | undefined>;
  /** Called after each call of the engine with the number of steps taken so far; returns whether to take a snapshot now. */
  readonly due?: (steps: number) => boolean;
  readonly onSnapshot?: (snapshot: Snapshot) => Promise<void>;
}

/** How training proceeds without a number of epochs. */
export interface Pace {
  /** The epochs without a gain after which it ends; the learning rate falls after each quarter of them. */
  readonly wait: number;
  /** The epochs without a gain after which it ends now; left out if the number of epochs has been given meanwhile. */
  readonly stop?: number;
  /** Whether the learning rate is found, and lowered at plateaus. */
  readonly finds: boolean;
}

/** What a phase may take at most: steps in all, and time, from one moment until another of `performance.now()`. */
export interface Budget {
  readonly steps?: number;
  readonly from: number;
  readonly until?: number;
}

/** The best weights so far, by their validation loss, and the average of weights. */
export interface Kept {
  best: Weights;
  bestEpoch: number;
  lowest: number;
  average?: Weights;
}

/** The result of a fit: the weights of the epoch with the lowest validation loss (the last epoch, without validation). */
export interface Fitted {
  readonly weights: Weights;
  readonly epochs: readonly Epoch[];
  readonly stopped: 'finished' | 'early' | 'aborted';
  readonly ended: Ended;
}
