import { basename } from 'node:path';
import { InvalidData } from '../errors.ts';
import type { Names } from '../signature.ts';
import { list } from '../values/value-text.ts';
import type { Dataset, Examples } from './dataset.ts';
import { rule } from '../values/rules.ts';
import { checkOption, checkOptions, PATH, reading } from './options.ts';
import { unscaled, withScaling } from './scaling.ts';
import { split } from './split.ts';
import { tableColumns, type MissingOptions, type TableColumns } from './table/columns.ts';
import { readLines, type Header } from './table/lines.ts';
import { planOf, type Item, type TableVariable, type TableVariables } from './table/plan.ts';

/** The form of a variable in a CSV file. */
export type CsvVariable = TableVariable;

/** Which columns of a CSV file are which variables, and how the file is read. */
export interface CsvOptions extends TableVariables, MissingOptions {
  /** Fractions of the lines, drawn with the random seed, to test and validate on; none by default. */
  readonly test?: number;
  readonly validation?: number;
  readonly seed?: number;
  /** The separator between cells; a comma by default. */
  readonly delimiter?: string;
  /**
   * The encoding: by default that of the file's byte order mark, else UTF-8; any that `TextDecoder` knows, such as
   * `windows-1252`.
   */
  readonly encoding?: string;
  /**
   * Whether a line that lacks a value is an error, which is the default, or left out, with a notice of how many there are, or
   * kept with a mask of what is missing, `rain_mask` (`mask` for y), for variables with `{ mask: true }`. A
   * value is missing if its cell is empty, NA, NaN, null, None, #N/A, ?, - or another text that pandas treats as missing, unless
   * `classes` has a class of that name.
   */
  readonly missing?: 'error' | 'skip' | 'mask';
  /** Further texts that denote a missing value, such as `['-999']`. */
  readonly missingValues?: readonly string[];
  /** The units of columns of numbers, which exported models record: `{ wind: 'km/h' }`. */
  readonly units?: Readonly<Record<string, string>>;
  /** `false` leaves numbers as they are; by default networks see them standardised. */
  readonly scaling?: false;
}

const OPTIONS: Readonly<Record<keyof CsvOptions, true>> = {
  condition: true,
  target: true,
  test: true,
  validation: true,
  seed: true,
  delimiter: true,
  encoding: true,
  missing: true,
  missingValues: true,
  units: true,
  scaling: true,
};

/** Options, which are checked below. */
const anything = rule('options', () => true);

/**
 * Reads a dataset from a CSV file with a header, line by line: it may be larger than memory. Its columns stay in their own units;
 * the mean and standard deviation of the continuous ones, on the part to train on, are its `scaling`. Columns that are not
 * requested are ignored, and lines without any value are left out. Throws an `InvalidFile` if the file cannot be read and an
 * `InvalidData` that names the line if a value is missing or wrong.
 *
 * @example
 * ```ts
 * import { csv } from 'cvae-compile/data';
 *
 * const weather = await csv('weather.csv', {
 *   condition: { station: 'categorical', day: 'continuous' },
 *   target: ['temperature', 'humidity', 'wind'],
 *   test: 0.1,
 * });
 * console.log(weather.train.columns['y']?.shape); // [3]
 * ```
 */
export const csv = reading(
  'csv',
  { args: [PATH, anything] },
  async (path: string, options: CsvOptions): Promise<Dataset> => {
    check(options);
    const { delimiter = ',', encoding } = options;
    const plan = planOf('csv', options);
    const used = [...new Set(plan.flatMap(({ columns }) => columns))];
    let table: TableColumns | undefined;
    await readLines(path, { delimiter, encoding }, (header) => {
      for (const column of used) if (!header.includes(column)) throw noColumn(path, column, header, delimiter);
      table = tableColumns(path, plan, header, options);
      return table.take;
    });
    if (table === undefined) throw new Error('a file without a header was read');
    const { examples, notices } = table.finish();
    const numbers = plan.filter(({ classes }) => classes === undefined);
    const names = namesOf(numbers, options.units);
    const dataset: Dataset = {
      name: basename(path),
      ...partsOf(examples, options),
      ...(Object.keys(names).length > 0 && { names }),
      ...(notices.length > 0 && { notices }),
    };
    const scale = options.scaling === false ? unscaled : withScaling;
    return scale(
      dataset,
      numbers.map(({ name }) => name),
    );
  },
);

const check = (options: CsvOptions): void => {
  checkOptions('csv', options, Object.keys(OPTIONS));
  const { test = 0, validation = 0, seed = 0, delimiter = ',', encoding = '', missing = 'error' } = options;
  const { missingValues = [], units = {}, scaling } = options;
  const is = (name: string, right: boolean, what: string, value: unknown) =>
    checkOption('csv', name, right, what, value);
  const isShare = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value < 1;
  is('test', isShare(test), 'a fraction between 0 and 1', test);
  is('validation', isShare(validation), 'a fraction between 0 and 1', validation);
  is('test and validation', test + validation < 1, 'fractions that leave something to train on', test + validation);
  is('seed', Number.isSafeInteger(seed) && seed >= 0, 'a whole number from 0', seed);
  is('delimiter', typeof delimiter === 'string' && /^[^"\r\n]+$/.test(delimiter), 'the sign between cells', delimiter);
  is('encoding', typeof encoding === 'string', 'the name of an encoding', encoding);
  is('missing', ['error', 'skip', 'mask'].includes(missing), "'error', 'skip' or 'mask'", missing);
  const isTexts = Array.isArray(missingValues) && missingValues.every((text) => typeof text === 'string');
  is('missingValues', isTexts, 'a list of texts', missingValues);
  is('units', typeof units === 'object' && units !== null, 'units by column', units);
  is('scaling', scaling === undefined || scaling === false, 'false or nothing', scaling);
};

const noColumn = (path: string, column: string, header: Header, delimiter: string): InvalidData => {
  // A single column name that contains another common separator is in fact several.
  const [only = '', ...more] = header;
  const other =
    more.length === 0 ? [';', '\t', '|', ','].find((sign) => sign !== delimiter && only.includes(sign)) : undefined;
  const hint =
    other === undefined ? '' : `, or give the delimiter: { delimiter: ${JSON.stringify(other).replaceAll('"', "'")} }`;
  return new InvalidData(
    `${path}: expected a column ${column}, got ${list(header.filter((name) => name !== ''))}; correct the name in csv(…) or the header${hint}`,
  );
};

/** Returns the names and units of the elements of variables that are made of columns. */
const namesOf = (plan: readonly Item[], given: Readonly<Record<string, string>> = {}): Names => {
  const columns = plan.flatMap((item) => item.columns);
  const units = new Map(Object.entries(given));
  const [unknown] = [...units].find(([column, unit]) => !columns.includes(column) || typeof unit !== 'string') ?? [];
  if (unknown !== undefined)
    throw new InvalidData(
      `csv: expected units, as text, of columns of numbers that are used (${list(columns)}), got ${unknown}; correct the name or leave it out`,
    );
  const named = plan.map(({ name, columns: elements }) => {
    const hasUnit = elements.some((column) => units.has(column));
    // A condition that is one column of the same name adds no information.
    if (name !== 'y' && elements.length === 1 && elements[0] === name && !hasUnit) return [];
    return [
      [name, { elements, ...(hasUnit && { units: elements.map((column) => units.get(column) ?? '') }) }] as const,
    ];
  });
  return Object.fromEntries(named.flat());
};

const partsOf = (all: Examples, { test, validation, seed = 0 }: CsvOptions): Omit<Dataset, 'name'> => {
  const [rest, tested] = test ? split(all, test, seed) : [all];
  // A fraction of all lines, as for the test part.
  const [train, validated] = validation ? split(rest, (validation * all.count) / rest.count, seed) : [rest];
  return { train, ...(validated ? { validation: validated } : {}), ...(tested ? { test: tested } : {}) };
};
