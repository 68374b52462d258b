import { binsOf, type Bins } from './bins.ts';
import type { Manifest } from '../../../src/signature.ts';
import { valuesIn, type TableColumn } from './columns.ts';
import { alike, elementOf } from './rows.ts';
import { rangeOf } from './scale.ts';
import type { Population, Table } from './state.ts';

/** A column of a pair plot: values of draws and of data, on one range. */
export interface PairColumn {
  readonly title: string;
  readonly classes?: readonly string[];
  readonly draws: readonly number[];
  readonly data: readonly number[] | undefined;
  readonly range: readonly [number, number];
  /** Of its distribution; their ends are those of its axes. */
  readonly bins: Bins;
}

/** More points than this hide each other. */
const POINTS = 600;
const BINS = 24;

/** The columns of a table for a pair plot, and those rows of the data that are like the conditions; probabilities of classes are left out. */
export const pairColumns = (
  manifest: Manifest,
  { columns, rows }: Table,
  population: Population,
): readonly PairColumn[] => {
  const behind = rows && alike(manifest, rows, population.values);
  return columns.flatMap((column: TableColumn): readonly PairColumn[] => {
    const all = valuesIn(manifest, column, population.outputs);
    if (all === undefined) return [];
    const draws = thinned(all);
    const data = rows && behind && elementOf(rows, column.target, column.place, behind.rows);
    const { title, classes } = column;
    const ends = classes ? ([-0.5, classes.length - 0.5] as const) : rangeOf(draws, data ?? []);
    const bins = binsOf([draws, data ?? []], ends, BINS);
    return [{ title, draws, data, ...(classes && { classes }), range: ends, bins }];
  });
};

/** A condition of which all classes are asked for: the class of each draw. */
export interface PairGroup {
  readonly title: string;
  readonly classes: readonly string[];
  readonly draws: readonly number[];
}

/** The class of each draw, where all classes of a condition are asked for. */
export const groupOf = ({ groups, count, values }: Population): PairGroup | undefined => {
  if (groups.length < 2) return undefined;
  const title = Object.entries(values).find(([, value]) => value.kind === 'all')?.[0] ?? 'condition';
  return { title, classes: groups, draws: thinned(groups.flatMap((_, at) => Array.from({ length: count }, () => at))) };
};

const thinned = (values: readonly number[]): readonly number[] => {
  const step = Math.max(1, Math.ceil(values.length / POINTS));
  return values.filter((_, i) => i % step === 0);
};

/** Where a value is drawn: a class next to its own place, by its row, so that points of one class do not hide each other. */
export const spread = (value: number, row: number, classes: readonly string[] | undefined): number =>
  classes ? value + 0.62 * (((row * 0.618_033_988_75) % 1) - 0.5) : value;
