import { InvalidData } from '../../errors.ts';
import type { Names } from '../../signature.ts';
import { list } from '../../values/value-text.ts';
import type { Dataset } from '../dataset.ts';
import type { Table } from '../source.ts';
import { unscaled } from '../scaling.ts';
import type { Variables } from '../variable.ts';
import { filledBehindEnd } from './behind-end.ts';
import { tableColumns, type TableColumns } from './columns.ts';
import { derivation, type Derivation } from './derived.ts';
import type { Header, TakeLine } from './lines.ts';
import { numeralReader, type NumberFormat } from './numerals.ts';
import { areOfList } from './list-columns.ts';
import { modelPlan, type Renamed } from './model-plan.ts';
import { partsOf } from './parts.ts';
import { atSteps, pivot } from './pivot.ts';
import type { TableOptions } from './options.ts';
import type { Item } from './plan.ts';

/** A file with a table: its rows, and how messages speak of it. */
export interface TableFile extends NumberFormat {
  /** The function that reads it: `csv`. */
  readonly where: string;
  readonly path: string;
  /** What the data are called: the file's name. */
  readonly name: string;
  readonly unit: 'line' | 'row';
  /** Reads it from its beginning: `begin` receives the header and returns what takes the rows. */
  readonly rows: (begin: (header: Header) => TakeLine) => Promise<void>;
  /** A further remedy, if a column is not in the header. */
  readonly hint?: (header: Header) => string;
  /** What to do about a column that the table lacks, where no program reads it that could be corrected. */
  readonly remedy?: string;
}

/** Returns a table that is read as a model's variables need it; which columns these are may depend on its header. */
export const lazily = (
  file: TableFile,
  options: TableOptions,
  renamed: (header: Header) => Renamed = () => options.columns ?? {},
): Table => ({
  name: file.name,
  read: async (variables) => {
    const { derive = {} } = options;
    const planned = (header: Header): readonly Item[] =>
      modelPlan(file.where, variables, header, {
        renamed: renamed(header),
        computed: Object.keys(derive),
        inSteps: options.by !== undefined,
      });
    const dataset = await readTable(file, planned, options);
    return options.scaling === false ? unscaled(dataset, namesOfNumbers(variables)) : dataset;
  },
});

/** Reads a table's columns for the items of a plan, which depends on its header. */
export const readTable = async (
  file: TableFile,
  planned: (header: Header) => readonly Item[],
  options: TableOptions,
): Promise<Dataset> => {
  const { path, unit, decimal, thousands, signs } = file;
  const format = { decimal, ...(thousands && { thousands }), ...(signs && { signs }) };
  let made: Made | undefined;
  await file.rows((header) => {
    const plan = planned(header);
    const { by, orderBy, longer } = options;
    const keys = by === undefined ? [] : [by, orderBy ?? []].flat();
    const used = [...new Set([...plan.flatMap(({ columns }) => columns), ...keys])];
    const derived = derivation({ path, unit, decimal }, header, used, options.derive ?? {});
    for (const column of used)
      if (!derived.header.includes(column) && !keys.includes(column)) throw noColumn(file, column, header, plan);
    const long =
      by === undefined
        ? undefined
        : pivot(path, derived.header, plan, {
            by,
            ...(orderBy !== undefined && { orderBy }),
            ...(longer && { longer }),
            numeral: numeralReader(format),
          });
    const cells = { ...options, ...format, unit: long?.unit ?? unit };
    const table = tableColumns(path, long?.plan ?? plan, long?.header ?? derived.header, cells);
    const sequences = long?.taking(table.take);
    made = { plan, used, header, derived, table, ...(sequences && { finish: sequences.finish }) };
    return derived.taking(sequences?.take ?? filledBehindEnd(plan, derived.header, table.take));
  });
  if (made === undefined) throw new Error('a table without a header was read');
  const { plan, used, header, derived, table } = made;
  made.finish?.();
  const { examples, notices } = table.finish();
  const names = namesOf(file.where, plan, options.units);
  const unused = header.filter((column) => column !== '' && !used.includes(column) && !derived.read.has(column));
  return {
    name: file.name,
    ...partsOf(examples, options),
    ...(Object.keys(names).length > 0 && { names }),
    ...(notices.length > 0 && { notices }),
    ...(unused.length > 0 && { unused }),
  };
};

const namesOfNumbers = (variables: Variables): readonly string[] =>
  Object.keys(variables).filter((name) => variables[name]?.kind !== 'categorical');

interface Made {
  readonly plan: readonly Item[];
  readonly used: readonly string[];
  readonly header: Header;
  readonly derived: Derivation;
  readonly table: TableColumns;
  /** Takes the sequences of a long table, when all rows are there. */
  readonly finish?: () => void;
}

const noColumn = (
  { where, path, hint, remedy: own }: TableFile,
  column: string,
  header: Header,
  plan: readonly Item[],
): InvalidData => {
  const isY = column === 'y' && plan.some(({ name, columns }) => name === 'y' && columns[0] === 'y');
  const remedy =
    own ??
    (isY
      ? `say which one y is: { columns: { y: '${header.find((name) => name !== '') ?? 'rain'}' } }`
      : `correct the name in ${where}(…) or the header`);
  return new InvalidData(
    `${path}: expected a column ${column}, got ${list(header.filter((name) => name !== ''))}; ${remedy}${hint?.(header) ?? ''}`,
  );
};

/** The elements of longer sequences are called by their numbers, or files would consist of names. */
const MOST_NAMED = 400;

/** Returns the names and units of the elements of variables that are made of columns; those of a sequence are called by their steps. */
const namesOf = (where: string, plan: readonly Item[], given: Readonly<Record<string, string>> = {}): Names => {
  const columns = plan.filter(({ classes }) => classes === undefined).flatMap((item) => item.columns);
  const units = new Map(Object.entries(given));
  const [unknown] = [...units].find(([column, unit]) => !columns.includes(column) || typeof unit !== 'string') ?? [];
  if (unknown !== undefined)
    throw new InvalidData(
      `${where}: expected units, as text, of columns of numbers that are used (${list(columns)}), got ${unknown}; correct the name or leave it out`,
    );
  const named = plan.map(({ name, columns: own, steps }) => {
    const hasUnit = own.some((column) => units.has(column));
    // A condition that is one column of the same name adds no information, and neither do the places in a list.
    const isList = areOfList(name, own);
    if (!hasUnit && (isList || (name !== 'y' && own.length === 1 && own[0] === name && steps === undefined))) return [];
    if (steps !== undefined && steps * own.length > MOST_NAMED) return [];
    const elements = steps === undefined ? own : atSteps(own, steps);
    const everyUnit = own.map((column) => units.get(column) ?? '');
    return [
      [
        name,
        { elements, ...(hasUnit && { units: Array.from({ length: steps ?? 1 }, () => everyUnit).flat() }) },
      ] as const,
    ];
  });
  return Object.fromEntries(named.flat());
};
