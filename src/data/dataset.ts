import type { Names } from '../signature.ts';

/**
 * One variable of many examples: `data` is row-major, example after example, and a value is `data · scale` (so pixels stay
 * bytes). `shape` is one example's, `[]` for a scalar such as a class index; `classes` are the names, or the number, of the
 * classes that the data are indices of.
 */
export interface Column {
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint8Array | Int32Array;
  readonly scale: number;
  readonly classes?: readonly string[] | number;
  /** What each element is called, and the unit it is in (`''` for none), in order: of the columns of a table, say. */
  readonly names?: readonly string[];
  readonly units?: readonly string[];
}

/** Where a transform is: the run's seed, the epoch, and the example's index among its `Examples`. */
export interface Moment {
  readonly seed: number;
  readonly epoch: number;
  readonly index: number;
}

/**
 * A change to one example as a batch is made, in place and before categories become one-hot: nothing but a function of the
 * example's values and the moment, so that a resumed run sees the same numbers.
 */
export type Transform = (example: Readonly<Record<string, Float32Array>>, at: Moment) => void;

/**
 * Examples by variable: the conditions by their names, the target as `y`, and optionally a `mask` of y's shape (1 counts,
 * 0 is given or missing). `transforms` are applied, in order, whenever a batch is made.
 */
export interface Examples {
  readonly count: number;
  readonly columns: Readonly<Record<string, Column>>;
  readonly transforms?: readonly Transform[];
}

/** Mean and standard deviation of each element of a continuous variable, in the data's own units. */
export interface Scale {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/**
 * What a model is trained and tested on. The columns stay in their own units; `scaling` is what the model standardises by, per
 * variable (mean 0 and deviation 1 for one that it shall see as it is), and `checksum` is a SHA-256 of the columns, by which a
 * resumed run knows its data. `names` are what exported files call classes and elements; `notices` are what was found
 * remarkable when the data were read, a sentence each.
 */
export interface Dataset {
  readonly name: string;
  readonly train: Examples;
  readonly validation?: Examples;
  readonly test?: Examples;
  readonly checksum?: string;
  readonly scaling?: Readonly<Record<string, Scale>>;
  readonly names?: Names;
  readonly notices?: readonly string[];
}

/** The parts that a dataset may have. */
export const PARTS = ['train', 'validation', 'test'] as const;
