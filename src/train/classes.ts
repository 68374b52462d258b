import type { Target } from '../dsl/target.ts';

/** How well classes are predicted: fractions from 0 to 1. */
export interface ClassAgreement {
  /** The share of elements whose most probable class is the true one. */
  readonly accuracy: number;
  /** Intersection over union: the mean over the classes that occur, and the value for each class. */
  readonly iou: number;
  readonly iouPerClass: readonly (number | null)[];
}

/** Counts, over all examples, how often each class is predicted, is present, and both. */
export class Confusion {
  readonly #classes: number;
  readonly #end: number | undefined;
  readonly #both: Float64Array;
  readonly #either: Float64Array;
  #right = 0;
  #all = 0;

  constructor(target: Target) {
    this.#classes = target.shape.at(-1) ?? 1;
    this.#end = target.end;
    this.#both = new Float64Array(this.#classes);
    this.#either = new Float64Array(this.#classes);
  }

  /**
   * Adds one example and returns the share of its elements that are predicted correctly. Elements that the mask excludes, and
   * those behind the end of a sequence, are skipped.
   */
  add(prediction: Float32Array, y: Float32Array, mask?: Float32Array): number {
    let right = 0;
    let all = 0;
    for (let element = 0, at = 0; at < y.length; element++, at += this.#classes) {
      if (mask?.[element] === 0) continue;
      const predicted = largest(prediction, at, this.#classes);
      const is = largest(y, at, this.#classes);
      all += 1;
      add(this.#either, is);
      if (predicted === is) {
        right += 1;
        add(this.#both, is);
      } else add(this.#either, predicted);
      if (is === this.#end) break;
    }
    this.#right += right;
    this.#all += all;
    return right / all;
  }

  result(): ClassAgreement {
    const iouPerClass = Array.from(this.#either, (either, i) => (either > 0 ? (this.#both[i] ?? 0) / either : null));
    const there = iouPerClass.filter((value) => value !== null);
    const iou = there.reduce((sum, value) => sum + value, 0) / there.length;
    return { accuracy: this.#right / this.#all, iou, iouPerClass };
  }
}

const add = (counts: Float64Array, index: number): void => {
  counts[index] = (counts[index] ?? 0) + 1;
};

/** Returns the index of the largest of `count` values from `at` on; the first one of a tie. */
const largest = (values: Float32Array, at: number, count: number): number => {
  let best = 0;
  for (let i = 1; i < count; i++) if ((values[at + i] ?? -Infinity) > (values[at + best] ?? -Infinity)) best = i;
  return best;
};
