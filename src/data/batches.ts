import { isList, typedKind } from '../values/lists.ts';
import { isPlain, rule, whole, wholeFrom0 } from '../values/rules.ts';
import { own } from '../values/own.ts';
import { changesOf, type Column, type Examples } from './dataset.ts';
import { checkCall, EXAMPLES, taking } from './options.ts';
import { zerosOf } from './stored.ts';
import { classCount, needed, readsAs, type Variable, type Variables } from './variable.ts';
import { size } from '../shape/size.ts';

/** A batch's tensors by variable, each row-major over [batch, …shape], as networks see them (one-hot for classes). */
export type Batch = Record<string, Float32Array>;

/** What a batch depends on in addition to its examples: the moment that transforms see, and buffers to write into. */
export interface BatchOptions {
  readonly seed?: number;
  readonly epoch?: number;
  /** An earlier batch that is no longer needed: its arrays are reused if their lengths fit. */
  readonly into?: Batch;
}

/**
 * Returns the examples at these indices as networks see them: scaled, transformed, classes one-hot on a last axis (or by their
 * indices, if the model's networks read those). The columns
 * must be those of a dataset that `toDataset` has checked; a `mask` of y's data shape is included if the target takes one.
 */
export const batch = (
  examples: Examples,
  indices: ArrayLike<number>,
  variables: Variables,
  options: BatchOptions = {},
): Batch => {
  checkCall('batch', BATCH, [examples, indices, variables, options]);
  const into = options.into ?? {};
  const raw: Batch = {};
  const plan = Object.entries(needed(variables)).map(([name, variable]) => {
    const column = own(examples.columns, name);
    if (column === undefined) throw new Error(`batch: no column ${name}; toDataset checks that before training`);
    const oneHot = isIndices(column, variable) && !variable.indices;
    const length = indices.length * size(column.shape);
    raw[name] = gather(column, indices, oneHot ? new Float32Array(length) : buffer(into, name, length));
    return { name, variable, oneHot };
  });
  transform(examples, indices, raw, options);
  const result: Batch = {};
  for (const { name, variable, oneHot } of plan) {
    const values = raw[name];
    if (values === undefined) continue;
    const length = indices.length * size(variable.shape);
    result[name] = oneHot ? expand(values, classCount(variable), buffer(into, name, length)) : values;
  }
  return result;
};

const BATCH = {
  args: [
    EXAMPLES,
    rule('a list of indices', isList, 'give whole numbers from 0'),
    rule('variables by name', isPlain, 'give those of the model'),
  ],
  options: {
    seed: wholeFrom0('give a seed such as 1'),
    epoch: wholeFrom0('give the epoch'),
    into: rule(
      'an earlier batch',
      (value) => isPlain(value) && Object.values(value).every((list) => typedKind(list) === 'Float32Array'),
      'leave it out for new arrays',
    ),
  },
};

/** Splits a list of indices into batches of `size`; the last one may be smaller. */
export const chunks = taking(
  'chunks',
  {
    args: [
      rule('an Int32Array of indices', isList, 'give such as order(count, 1, 0)'),
      whole('of examples', 'give the size of a batch'),
    ],
  },
  (indices: Int32Array, size: number): readonly Int32Array[] =>
    Array.from({ length: Math.ceil(indices.length / size) }, (_, i) => indices.subarray(i * size, (i + 1) * size)),
);

const isIndices = (column: Column, variable: Variable): boolean =>
  variable.kind === 'categorical' && readsAs(column.shape, variable.dataShape);

const buffer = (into: Batch, name: string, length: number): Float32Array => {
  const used = own(into, name);
  return used?.length === length ? used : new Float32Array(length);
};

const gather = (column: Column, indices: ArrayLike<number>, out: Float32Array): Float32Array => {
  const { data, stored, shape, scale } = column;
  const length = size(shape);
  if (stored) {
    const values = zerosOf(column, length);
    for (let row = 0, at = 0; row < indices.length; row++) {
      stored.read(indices[row] ?? 0, values);
      for (let i = 0; i < length; i++, at++) out[at] = (values[i] ?? 0) * scale;
    }
    return out;
  }
  for (let row = 0, at = 0; row < indices.length; row++) {
    const from = (indices[row] ?? 0) * length;
    for (let i = from; i < from + length; i++, at++) out[at] = (data[i] ?? 0) * scale;
  }
  return out;
};

const transform = (examples: Examples, indices: ArrayLike<number>, raw: Batch, options: BatchOptions): void => {
  const changes = changesOf(examples);
  if (changes.length === 0) return;
  const { seed = 0, epoch = 0 } = options;
  for (let row = 0; row < indices.length; row++) {
    const example: Batch = {};
    for (const [name, values] of Object.entries(raw)) {
      const size = values.length / indices.length;
      example[name] = values.subarray(row * size, (row + 1) * size);
    }
    for (const change of changes) change(example, { seed, epoch, index: indices[row] ?? 0 });
  }
};

const expand = (indices: Float32Array, count: number, out: Float32Array): Float32Array => {
  out.fill(0);
  for (let i = 0; i < indices.length; i++) out[i * count + (indices[i] ?? 0)] = 1;
  return out;
};
