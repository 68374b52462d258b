import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { toDataset } from '../data/convert.ts';
import type { Dataset, Examples } from '../data/dataset.ts';
import { exampleAt } from '../data/example-at.ts';
import { columnsOfSignature, variablesOfSignature } from '../data/signature-variables.ts';
import type { Data, Example, Table, Value } from '../data/source.ts';
import { lazily } from '../data/table/read-table.ts';
import type { Variable, Variables } from '../data/variable.ts';
import { InvalidData } from '../errors.ts';
import { size } from '../shape/size.ts';
import { elementNames } from '../values/element-names.ts';
import { hasMask, maskName } from '../values/mask-name.ts';
import { own } from '../values/own.ts';
import { readText } from '../formats/read.ts';
import { specimens } from '../formats/specimens.ts';
import { DEFINITION_ENDINGS } from './definition-error.ts';
import { withListedCells } from './listed-cells.ts';
import { columnsFor } from './named-columns.ts';
import { isTable, tableAt } from './table-files.ts';
import { SPECIMENS_FILE, truthOf, type Manifest, type Specimen, type TargetSignature } from '../signature.ts';

/** Where examples come from, and which. */
export interface RowOptions {
  /** A table, or a definition with data; by default the examples in the model's folder. */
  readonly data?: string;
  /** The numbers of rows, from 0; all by default. */
  readonly example?: readonly (readonly [first: number, last: number])[];
  /** Which part of a definition's data. */
  readonly part?: Part;
}

export type Part = 'train' | 'validation' | 'test';

/** Some rows of data, in the forms that a model takes. */
export interface DataRows {
  /** Their numbers, from 0. */
  readonly indices: readonly number[];
  /** Returns these rows as one batch, by variable. */
  batch(indices: readonly number[]): Readonly<Record<string, readonly Value[]>>;
  /** Returns a row, by variable. */
  row(index: number): Readonly<Record<string, Value>>;
}

/**
 * Reads rows of data for an exported model: of a table whose columns are called as its variables or their elements are, of the data of
 * a definition, or the examples that were exported with it.
 *
 * Without `targets`, only conditions are needed.
 *
 * @throws InvalidData if there are none, or they do not fit the model; InvalidFile if they cannot be read.
 */
export const readRows = async (
  folder: string,
  manifest: Manifest,
  options: RowOptions,
  targets = true,
): Promise<DataRows> => {
  const all = variablesOfSignature(manifest);
  // A definition's data have all variables, and transforms that read them.
  const some = Object.entries(all).filter(([name]) => Object.hasOwn(manifest.conditions, name));
  const given = Object.fromEntries(options.data === undefined ? some.map(asGiven) : some);
  const variables = targets || isDefinition(options.data) ? all : given;
  const source = await sourceOf(folder, manifest, options.data, variables, targets);
  const examples = partOf(await toDataset(source, variables), options.part);
  const indices = chosen(examples.count, options.example);
  const row = (index: number) => exampleAt(examples, index, variables);
  return {
    indices,
    row,
    batch: (some) => {
      const rows = some.map(row);
      const names = Object.keys(rows[0] ?? {});
      return Object.fromEntries(names.map((name) => [name, rows.map((each) => each[name])]));
    },
  };
};

/** Reads a table whose columns may be called as `init` found them, as the definition has them, or as samples are written. */
const read = async (path: string, variables: Variables, named: Named): Promise<Table> => {
  const all = { ...numberedColumns(variables), ...named };
  const { missingValues = [], ...table } = await tableAt(path);
  const file = withListedCells(table, variables, all);
  return lazily(
    { ...file, remedy: 'correct the header', hint: longTable(variables, all) },
    { missingValues },
    (header) => columnsFor(variables, all, header),
  );
};

/** What else to do about a table that lacks a column: it may be computed of others, or the table have a row for each step of a sequence. */
const longTable =
  (variables: Variables, named: Named) =>
  (header: readonly string[]): string => {
    const isLong = Object.entries(variables).some(
      ([name, { dataShape }]) =>
        size(dataShape) > 1 &&
        [name, own(named, name)?.[0]?.replace(/[ _]1$/, '')].some(
          (column) => column !== undefined && header.includes(column),
        ),
    );
    return isLong
      ? '; if it has a row for each step of a sequence, give the definition, whose data puts them together: --data model.ts'
      : ', or give the definition, which says what its columns are made of: --data model.ts';
  };

/** The columns that variables were made of, of those that are not called as they are. */
type Named = Readonly<Record<string, readonly string[]>>;

/** The columns of variables of several numbers or classes, by the variable and a number from 1. */
const numberedColumns = (variables: Variables): Named =>
  Object.fromEntries(
    Object.entries(variables).flatMap(([name, { dataShape, maskOf, knownOf }]) =>
      size(dataShape) > 1 && maskOf === undefined && knownOf === undefined
        ? [[name, elementNames(name, { dataShape }, '_')]]
        : [],
    ),
  );

const isDefinition = (path: string | undefined): boolean => path !== undefined && !isTable(path);

const sourceOf = async (
  folder: string,
  manifest: Manifest,
  path: string | undefined,
  variables: Variables,
  targets: boolean,
): Promise<Data> => {
  if (path === undefined) return exported(folder, manifest, targets);
  const named = Object.entries(columnsOfSignature(manifest)).filter(([name]) => Object.hasOwn(variables, name));
  if (isTable(path)) return read(path, variables, Object.fromEntries(named));
  const ending = extname(path).toLowerCase();
  if (ending !== '' && !DEFINITION_ENDINGS.includes(ending))
    throw new InvalidData(
      `${path}: expected a table (.csv, .tsv, .json, .jsonl, .parquet or .arrow) or a definition with data, got a ${ending} file; write the rows as one of these, or export const data = … in a definition, which reads others too`,
    );
  const [{ load }, { sourceOf: evaluated }] = await Promise.all([import('./load.ts'), import('./collect.ts')]);
  const { data } = await load(path);
  if (data === undefined)
    throw new InvalidData(
      `${path}: expected a definition with data, got no export of that name; write export const data = …`,
    );
  return evaluated(path, data);
};

/** Returns the examples that were exported with a model. */
const exported = async (folder: string, manifest: Manifest, targets: boolean): Promise<Data> => {
  const { examples, target } = manifest;
  const all = variablesOfSignature(manifest);
  if (examples === undefined)
    throw new InvalidData(
      `${folder}: expected ${SPECIMENS_FILE} in the model's folder, got none; give --data, a table or a definition`,
    );
  const path = join(folder, examples.file);
  const text = await readFile(path, 'utf8');
  const found = readText(specimens, text, { where: path, what: 'examples, as JSON', remedy: 'export the model again' });
  return found.examples.map((example) => {
    const given = Object.entries(example.conditions).map(([name, value]): [string, Value] => [
      name,
      Array.isArray(value) ? withNames(own(manifest.conditions, name) ?? {}, value) : value,
    ]);
    if (!targets) return Object.fromEntries(given);
    // What is known follows from the targets.
    const conditions = given.filter(([name]) => !own(all, name)?.knownOf);
    return { ...Object.fromEntries(conditions), ...targetsOf(target, example) };
  });
};

/** Returns a condition that says what is known of a target as one that is given like any other. */
const asGiven = ([name, { knownOf: _known, ...variable }]: readonly [string, Variable]): readonly [
  string,
  Variable,
] => [name, variable];

/** Returns the targets of an exported example by name, each with its mask if it has one. */
const targetsOf = (target: TargetSignature, example: Specimen): Example =>
  Object.fromEntries(
    Object.entries(target.targets ?? { y: target }).flatMap(([name, one]): [string, Value][] => {
      const value: [string, Value] = [name, withNames(one, truthOf(example, name))];
      // Earlier versions wrote none: everything counts.
      const all = () => Array.from({ length: size(one.dataShape) }, () => 1);
      return hasMask(one) ? [value, [maskName(name), example.masks?.[name] ?? all()]] : [value];
    }),
  );

/** Returns a list of values, which JSON has as numbers, with the names of its classes. */
const withNames = ({ classes }: Pick<TargetSignature, 'classes'>, values: readonly number[]): Value =>
  typeof classes === 'object' ? values.map((index) => classes[index] ?? index) : values;

const partOf = (dataset: Dataset, part: Part | undefined): Examples => {
  const found = part === undefined ? (dataset.test ?? dataset.validation ?? dataset.train) : dataset[part];
  if (found) return found;
  throw new InvalidData(`data: expected a ${part} part, got none; leave --part out, or name another`);
};

const chosen = (count: number, ranges: RowOptions['example']): readonly number[] => {
  if (ranges === undefined) return Array.from({ length: count }, (_, i) => i);
  return ranges.flatMap(([first, last]) => {
    if (last >= count)
      throw new InvalidData(`example: expected a row from 0 to ${count - 1}, got ${last}; give one of these`);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
};
