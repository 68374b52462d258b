import { TrainingFailed } from '../errors.ts';
import type { Weights } from '../weights/weights.ts';
import type { Epoch } from './epoch.ts';

/** Thrown when the loss is no longer finite; holds the best weights from before that. */
export class Diverged extends TrainingFailed {
  readonly weights: Weights;
  readonly epochs: readonly Epoch[];

  constructor(message: string, weights: Weights, epochs: readonly Epoch[]) {
    super(message);
    this.weights = weights;
    this.epochs = epochs;
  }
}
