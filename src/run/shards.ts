import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { batch } from '../data/batches.ts';
import { changesOf, type Column, type Examples } from '../data/dataset.ts';
import { npyOf } from '../data/encode-npy.ts';
import { exampleAt, zerosOf } from '../data/stored.ts';
import { needed, readsAs, classCount, type Variable, type Variables } from '../data/variable.ts';
import { InvalidData } from '../errors.ts';
import { makeFolder } from '../files/folder.ts';
import { writeWhole } from '../files/whole.ts';
import { size } from '../shape/size.ts';
import { own } from '../values/own.ts';

/** How examples are written. */
export interface ShardOptions {
  /** The number of folders that they are divided among, in order, as evenly as possible. */
  readonly shards: number;
  readonly seed: number;
  /** Recorded for who reads them. */
  readonly name: string;
}

/** A variable in `data.json`: a value is `number · scale`, or one of a number of classes, of which batches hold the one-hot vector. */
interface ShardColumn {
  readonly shape: readonly number[];
  readonly scale: number;
  readonly classes?: number;
}

/** What was written. */
export interface Shards {
  readonly rows: number;
  /** The numbers of examples of each shard. */
  readonly shards: readonly number[];
  readonly columns: Readonly<Record<string, ShardColumn>>;
  /** Whether what changes examples in each epoch, such as binarisation, was done once, as in the first one. */
  readonly once: boolean;
}

const INDEX = 'data.json';

/**
 * Writes examples as arrays of NumPy that processes can map into memory: `shard-00000/<variable>.npy`, one row an example, and
 * `data.json`, last. Bytes and classes stay what they are unless a transform changes examples.
 *
 * @throws InvalidData for more shards than examples; InvalidFile if the folder cannot be written.
 */
export async function writeShards(
  folder: string,
  examples: Examples,
  variables: Variables,
  { shards, seed, name }: ShardOptions,
): Promise<Shards> {
  const { count } = examples;
  if (shards > count)
    throw new InvalidData(`shards: expected at most ${count}, one for each example, got ${shards}; write fewer`);
  const once = changesOf(examples).length > 0;
  const all = needed(variables);
  const plans = Object.entries(all).map(([key, variable]) => planOf(key, variable, own(examples.columns, key), once));
  const starts = Array.from({ length: shards + 1 }, (_, i) => Math.floor((i * count) / shards));
  await makeFolder(folder);
  // Without it, what is left of an interrupted write is no data.
  await rm(join(folder, INDEX), { force: true });
  for (let shard = 0; shard < shards; shard++) {
    const [from = 0, to = 0] = starts.slice(shard);
    const into = join(folder, `shard-${String(shard).padStart(5, '0')}`);
    await makeFolder(into);
    const rows = Int32Array.from({ length: to - from }, (_, i) => from + i);
    const changed = once ? batch(examples, rows, variables, { seed, epoch: 1 }) : {};
    for (const { key, column, shape } of plans)
      await writeWhole(
        join(into, `${key}.npy`),
        npyOf({ data: changed[key] ?? numbersOf(column, rows), shape: [rows.length, ...shape] }),
      );
  }
  const written: Shards = {
    rows: count,
    shards: starts.slice(1).map((end, i) => end - (starts[i] ?? 0)),
    columns: Object.fromEntries(plans.map(({ key, about }) => [key, about])),
    once,
  };
  await writeWhole(join(folder, INDEX), `${JSON.stringify({ format: 1, name, seed, ...written }, null, 2)}\n`);
  return written;
}

/** Decides how a variable is written: as it is held, or, if examples change, as batches have it. */
const planOf = (key: string, variable: Variable, column: Column | undefined, once: boolean) => {
  if (!column) throw new Error(`shards: no column ${key}; toDataset checks that before`);
  if (once) return { key, column, shape: variable.shape, about: { shape: variable.shape, scale: 1 } };
  const isOneHot = variable.kind === 'categorical' && readsAs(column.shape, variable.dataShape) && !variable.indices;
  const about = {
    shape: variable.shape,
    scale: column.scale,
    ...(isOneHot && { classes: classCount(variable) }),
  };
  return { key, column, shape: column.shape, about };
};

/** Returns the numbers of some examples of a column, in the form in which it holds them. */
const numbersOf = (column: Column, rows: Int32Array): Column['data'] => {
  const length = size(column.shape);
  const all = zerosOf(column, rows.length * length);
  for (const [i, row] of rows.entries()) all.set(exampleAt(column, row), i * length);
  return all;
};
