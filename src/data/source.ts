import type { Column, Dataset, Examples } from './dataset.ts';
import type { Variables } from './variable.ts';

/**
 * The forms in which one variable of one example may be given: a number, the name of a class, or arrays of them; null, undefined or
 * NaN if it is missing, for a variable with a mask.
 */
export type Value = number | string | null | undefined | NumberList | readonly Value[];

/** Any array of numbers. */
export type NumberList =
  | readonly number[]
  | Float32Array
  | Float64Array
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array;

/** One example: its variables by name. */
export type Example = Readonly<Record<string, Value>>;

/** A column's data with, if needed, a scale such as 1 / 255, a shape, or the names of classes or of elements. */
export type PlainColumn = { readonly data: Exclude<NumberList, readonly number[]> } & Partial<Omit<Column, 'data'>>;

/** Variables by name, each an array over the examples: nested, or flat (row-major, example after example). */
export type Columns = Readonly<Record<string, NumberList | readonly Value[] | PlainColumn>>;

/** Examples as columns, or one by one. */
export type PartSource = Columns | Examples | Iterable<Example> | AsyncIterable<Example>;

/** Examples that are already split into parts. */
export interface Parts {
  readonly train: PartSource;
  readonly validation?: PartSource;
  readonly test?: PartSource;
}

/** A table that is read as a model needs it: its variables are found by their names, and decide which columns are classes or numbers. */
export interface Table {
  readonly name: string;
  readonly read: (variables: Variables) => Promise<Dataset>;
}

/** The data that a model can be trained on. */
export type DataSource = Dataset | Table | Parts | PartSource;

/** What a definition may export as `data`: a source, a promise of one, or a function that returns either. */
export type Data = DataSource | Promise<DataSource> | (() => DataSource | Promise<DataSource>);
