import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Value } from '../data/source.ts';
import type { Condition, Manifest } from '../signature.ts';
import type { DataRows } from './data-rows.ts';
import type { Combo } from '../values/drawn-rows.ts';
import type { Cell } from './results.ts';

/** Describes the option `--data`. */
export const dataText = (what: string): string =>
  `${what}: a CSV, JSON, Parquet or Arrow file with columns of the variables' names, or a definition with data (default: examples.json next to the model)`;

/** The option `--part`. */
export const partOption = (): Option =>
  new Option('--part <part>', "which part of a definition's data (default: test, else validation, else train)").choices(
    ['train', 'validation', 'test'],
  );

/** Adds the options that say which rows of which data are meant. */
export const withRowOptions = (command: Command): Command =>
  command
    .option('--data <file>', dataText('where examples come from'))
    .option('--example <rows>', 'which of them, counted from 0: 3, or 0,5, or 0-9 (default: all)', rowRanges)
    .addOption(partOption());

/** Reads `3`, `0,5` or `0-9` as ranges; undefined for `all`. */
export const rowRanges = (text: string): readonly (readonly [number, number])[] | undefined => {
  if (text === 'all') return undefined;
  return text.split(',').map((part) => {
    const [, from = '', to = from] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part) ?? [];
    const range = [Number(from), Number(to)] as const;
    if (from === '' || range[0] > range[1])
      throw new InvalidArgumentError('Expected numbers of rows, such as 3, or 0,5, or 0-9, or all.');
    return range;
  });
};

/**
 * Returns the conditions of a row as settings of `sample`: as the model takes them, and as they are written. What is known of a target is
 * among them if it is `given`, rather than a part of the row's target.
 */
export const comboOf = ({ conditions }: Manifest, rows: DataRows, index: number, given = false): Combo => {
  const row = rows.row(index);
  return Object.fromEntries(
    Object.entries(conditions)
      .filter(([, { maskOf, knownOf }]) => maskOf === undefined && (given || knownOf === undefined))
      .map(([name, { kind }]) => {
        const value = row[name];
        const cell = cellOf(value);
        if (cell !== undefined) return [name, { value: cell, text: `${cell ?? ''}` }];
        const list = listOf(value, kind);
        return [name, list ? { value: list, text: list.join(',') } : { value, text: `example ${index}` }];
      }),
  );
};

/** Returns the columns that say which example a line of a result is about: its number, and conditions of one value. */
export const aboutRow = (manifest: Manifest, rows: DataRows, index: number): Readonly<Record<string, Cell>> => ({
  example: index,
  ...Object.fromEntries(
    Object.entries(rows.row(index)).flatMap(([name, value]) => {
      // No part of the row's targets is known unless it is asked for.
      if (manifest.conditions[name]?.knownOf !== undefined) return [];
      const cell = cellOf(value);
      // A result has columns of its own called so.
      const own = name === 'example' ? 'example_' : name;
      return cell === undefined || !Object.hasOwn(manifest.conditions, name) ? [] : [[own, cell] as const];
    }),
  ),
});

/** Returns a value as a cell; undefined for a list. */
const cellOf = (value: Value): number | string | null | undefined => {
  if (typeof value === 'number') return shortest(value);
  return typeof value === 'string' || value === null ? value : undefined;
};

/**
 * Returns a list of numbers or classes, with numbers as cells; undefined for images, and for what
 * lists of JSON are not read as, such as weights of classes.
 */
const listOf = (value: Value, kind: Condition['kind']): readonly (number | string | null)[] | undefined => {
  if (typeof value !== 'object' || value === null || kind === 'image') return undefined;
  if (kind === 'categorical' && !Array.isArray(value)) return undefined;
  const cells = Array.from<Value, number | string | null | undefined>(value, cellOf);
  return cells.every((cell) => cell !== undefined) ? cells : undefined;
};

/** Returns the number of the fewest digits that is the same float32: 54.8324 rather than 54.832401275634766. */
const shortest = (value: number): number => {
  if (Math.fround(value) !== value) return value;
  const digits = [6, 7, 8].find((some) => Math.fround(Number(value.toPrecision(some))) === value) ?? 9;
  return Number(value.toPrecision(digits));
};
