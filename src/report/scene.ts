import type { Batch } from '../data/batches.ts';
import type { Examples } from '../data/dataset.ts';
import type { Variables } from '../data/variable.ts';
import type { Model } from '../dsl/model.ts';
import type { inference } from '../layers/inference.ts';
import type { TrainingEngine } from '../train/engine.ts';

/** What looks are taken with, the same for all of a run: so that what differs is the weights. */
export interface Scene {
  readonly model: Model;
  /** The conditions, with what the data call their classes. */
  readonly conditions: Variables;
  readonly graphs: ReturnType<typeof inference>;
  readonly engine: TrainingEngine;
  readonly seed: number;
  readonly examples: Examples;
  readonly given: Batch;
  readonly count: number;
}
