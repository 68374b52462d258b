import { basename, extname } from 'node:path';
import { checkOption, PATH, reading } from './options.ts';
import { isPlain, rule } from '../values/rules.ts';
import type { Dataset } from './dataset.ts';
import { pathOf } from './path.ts';
import { unscaled, withScaling } from './scaling.ts';
import type { Table } from './source.ts';
import { readLines, type Header } from './table/lines.ts';
import { THOUSANDS, type Thousands } from './table/numerals.ts';
import { checkTableOptions, TABLE_OPTIONS, type TableOptions } from './table/options.ts';
import { planOf, type TableVariable, type TableVariables } from './table/plan.ts';
import { lazily, readTable, type TableFile } from './table/read-table.ts';
import { shownRows } from './table/shown-rows.ts';

/** The form of a variable in a CSV file. */
export type CsvVariable = TableVariable;

/** How a CSV file is read whose columns are those of the definition. */
export interface CsvTableOptions extends TableOptions {
  /** The separator between cells; a comma by default, and a tab in `.tsv` and `.tab` files. */
  readonly delimiter?: string;
  /** The decimal sign of numbers; a point by default. */
  readonly decimal?: '.' | ',';
  /** The sign between groups of three digits, as in `1,234.5`; none by default. */
  readonly thousands?: Thousands;
  /** Signs before or behind numbers that are left out, as in `$5` and `12 %`; none by default. */
  readonly signs?: readonly string[];
  /**
   * The encoding: by default that of the file's byte order mark, else UTF-8; any that `TextDecoder` knows, such as
   * `windows-1252`.
   */
  readonly encoding?: string;
}

/** Which columns of a CSV file are which variables, and how the file is read. */
export interface CsvOptions extends TableVariables, Omit<CsvTableOptions, 'columns'> {}

/** Options, which are checked below. */
const anything = rule('options', () => true);

/** Reads a CSV file, for a definition or with a plan of its own. */
export interface Csv {
  (
    path: string | URL,
    options?: CsvTableOptions & { readonly condition?: never; readonly target?: never },
  ): Promise<Table>;
  (path: string | URL, options: CsvOptions): Promise<Dataset>;
}

/**
 * Reads a table from a CSV or TSV file with a header, line by line: it may be larger than memory. A definition's names are the columns,
 * and its variables decide which are classes and which are numbers; the options `condition` and `target` say so instead, which gives a
 * dataset for any model. Columns stay in their own units; the mean and standard deviation of the continuous ones, on the part to train
 * on, are the dataset's `scaling`. Columns that are not requested are ignored, and lines without any value are left out. Throws an
 * `InvalidFile` if the file cannot be read and an `InvalidData` that names the line if a value is missing or wrong, when the data are
 * used.
 *
 * @example
 * ```ts
 * import { csv, monthOf } from 'cvae-compile/data';
 *
 * // For a definition with a condition month and a target wind.
 * export const data = csv('weather.csv', { derive: { month: ({ date }) => monthOf(date) }, test: 0.1 });
 *
 * // For any: the columns of y, and kinds of conditions.
 * const weather = await csv('weather.csv', {
 *   condition: { station: 'categorical', day: 'continuous' },
 *   target: ['temperature', 'humidity', 'wind'],
 * });
 * console.log(weather.train.columns['y']?.shape); // [3]
 * ```
 */
export const csv: Csv = reading(
  'csv',
  { args: [PATH, anything] },
  async (path: string | URL, options: CsvTableOptions | CsvOptions = {}): Promise<never> => {
    const planned = isPlain(options) && ('target' in options || 'condition' in options);
    const file = csvFile(pathOf(path), options, planned);
    // Both results are those of `Csv`'s signatures, of which the options choose one; no type is both.
    if (!planned) return lazily(file, options as CsvTableOptions) as never;
    const own = options as object as CsvOptions; // a target, whose form is checked here
    const plan = planOf('csv', own).map((item) => (own.missing === 'mask' ? { ...item, masked: true } : item));
    const dataset = await readTable(file, () => plan, own);
    const scale = own.scaling === false ? unscaled : withScaling;
    return scale(
      dataset,
      plan.filter(({ classes }) => classes === undefined).map(({ name }) => name),
    ) as never;
  },
);

const PLAN = ['condition', 'target'];
const TEXT = ['delimiter', 'encoding', 'decimal', 'thousands', 'signs'];

/** Checks options, and returns how a CSV file is read. */
export const csvFile = (path: string, options: CsvTableOptions | CsvOptions, planned = false): TableFile => {
  const common = TABLE_OPTIONS.filter((name) => !planned || name !== 'columns');
  checkTableOptions('csv', options, [...(planned ? PLAN : []), ...TEXT, ...common]);
  const tabs = ['.tsv', '.tab'].includes(extname(path).toLowerCase());
  const { delimiter = tabs ? '\t' : ',', encoding, decimal = '.', thousands, signs } = options;
  const is = (name: string, right: boolean, what: string, value: unknown) =>
    checkOption('csv', name, right, what, value);
  is('delimiter', typeof delimiter === 'string' && /^[^"\r\n]+$/.test(delimiter), 'the sign between cells', delimiter);
  is('encoding', typeof (encoding ?? '') === 'string', 'the name of an encoding', encoding);
  is('decimal', decimal === '.' || decimal === ',', "'.' or ','", decimal);
  const isGrouping = thousands === undefined || (THOUSANDS.includes(thousands) && thousands !== decimal);
  is('thousands', isGrouping, `',', '.', ' ' or "'", other than decimal`, thousands);
  const areSigns = Array.isArray(signs) && signs.every((sign) => typeof sign === 'string' && sign !== '');
  is('signs', signs === undefined || areSigns, 'a list of signs', signs);
  return {
    where: 'csv',
    path,
    name: basename(path),
    unit: 'line',
    decimal,
    ...(thousands !== undefined && { thousands }),
    ...(signs !== undefined && { signs }),
    rows: shownRows(path, (begin) => readLines(path, { delimiter, encoding }, begin)),
    hint: (header) => hintOf(header, delimiter),
  };
};

/** Whether a single column name that contains another common separator is in fact several. */
const hintOf = ([only = '', ...more]: Header, delimiter: string): string => {
  const other =
    more.length === 0
      ? [';', '\t', '|', ',', ' '].find((sign) => sign !== delimiter && only.includes(sign))
      : undefined;
  return other === undefined
    ? ''
    : `, or give the delimiter: { delimiter: ${JSON.stringify(other).replaceAll('"', "'")} }`;
};
