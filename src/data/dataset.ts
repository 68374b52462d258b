import type { Names } from '../signature.ts';

/** The arrays that columns have. */
export type ColumnData = Float32Array | Uint8Array | Int32Array;

/** The numbers of a column in a file, example after example, which batches read as they need them. */
export interface Stored {
  readonly kind: 'Uint8Array' | 'Int32Array' | 'Float32Array';
  /** The number of examples. */
  readonly count: number;
  /** The number of numbers of an example. */
  readonly width: number;
  /** Reads whole examples from this one on, as many as `into` has room for. */
  readonly read: (example: number, into: ColumnData) => void;
}

/**
 * One variable of many examples: `data` is row-major, example after example, and a value is `data · scale` (so that pixels stay
 * bytes). `shape` is that of one example, `[]` for a scalar such as a class index; `classes` are the names, or the number, of the
 * classes that the data index. Of a column that is larger than memory `data` is empty, and the numbers are `stored` in a file.
 */
export interface Column {
  readonly shape: readonly number[];
  readonly data: ColumnData;
  readonly stored?: Stored;
  readonly scale: number;
  readonly classes?: readonly string[] | number;
  /** The name of each element, in order, and its unit (`''` for none): those of the columns of a table, for example. */
  readonly names?: readonly string[];
  readonly units?: readonly string[];
}

/** The context of a transform: the run's random seed, the epoch, and the example's index among its `Examples`. */
export interface Moment {
  readonly seed: number;
  readonly epoch: number;
  readonly index: number;
}

/**
 * Changes one example in place when a batch is made, before categories become one-hot: a function of the example's values and the
 * moment only, so that a resumed run sees the same numbers.
 */
export type Transform = (example: Readonly<Record<string, Float32Array>>, at: Moment) => void;

/**
 * Examples by variable: the conditions by their names, the target as `y`, and optionally a `mask` of y's shape (1 counts, 0 is
 * given or missing). `transforms` are applied, in order, whenever a batch is made.
 */
export interface Examples {
  readonly count: number;
  readonly columns: Readonly<Record<string, Column>>;
  readonly transforms?: readonly Transform[];
  /** Which parts of its target an example is given, if any may be known: applied after all transforms. */
  readonly parts?: Transform;
}

/** Returns all that changes examples when a batch is made, in order. */
export const changesOf = ({ transforms = [], parts }: Examples): readonly Transform[] =>
  parts ? [...transforms, parts] : transforms;

/** Mean and standard deviation of each element of a continuous variable, in the data's own units. */
export interface Scale {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/**
 * The data that a model is trained and tested on. The columns stay in their own units; `scaling` is the standardisation of each
 * variable (mean 0 and standard deviation 1 for one that the model sees unchanged), and `checksum` is a SHA-256 of the columns,
 * by which a resumed run recognises its data. `names` are the names of classes and elements in exported files; `notices` are
 * remarks from reading the data, a sentence each; `unused` are the columns of a table that were not read.
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
  readonly unused?: readonly string[];
}

/** The parts that a dataset may have. */
export const PARTS = ['train', 'validation', 'test'] as const;
