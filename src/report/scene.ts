import type { Batch } from '../data/batches.ts';
import type { Examples } from '../data/dataset.ts';
import type { Variables } from '../data/variable.ts';
import type { Model } from '../dsl/model.ts';
import type { inference } from '../layers/inference.ts';
import type { TrainingEngine } from '../train/engine.ts';

/** What snapshots are taken with, the same throughout a run, so that only the weights differ. */
export interface Scene {
  readonly model: Model;
  /** The conditions, with the names of their classes in the data. */
  readonly conditions: Variables;
  readonly graphs: ReturnType<typeof inference>;
  readonly engine: TrainingEngine;
  readonly seed: number;
  readonly examples: Examples;
  readonly given: Batch;
  readonly count: number;
}
