import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { toDataset } from '../data/convert.ts';
import { arrow } from '../data/arrow.ts';
import { csv } from '../data/csv.ts';
import type { Dataset, Examples } from '../data/dataset.ts';
import { exampleAt } from '../data/example-at.ts';
import { json } from '../data/json.ts';
import { parquet } from '../data/parquet.ts';
import { columnsOfSignature, variablesOfSignature } from '../data/signature-variables.ts';
import type { Data, Example, Table, Value } from '../data/source.ts';
import type { TableOptions } from '../data/table/options.ts';
import type { Variable, Variables } from '../data/variable.ts';
import { InvalidData } from '../errors.ts';
import { size } from '../shape/size.ts';
import { elementNames } from '../values/element-names.ts';
import { hasMask, maskName } from '../values/mask-name.ts';
import { own } from '../values/own.ts';
import { readText } from '../formats/read.ts';
import { specimens } from '../formats/specimens.ts';
import { columnsFor } from './named-columns.ts';
import { survey } from './own-data/survey.ts';
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
 * Reads rows of data for an exported model: of a CSV or JSON file whose columns are called as its variables or their elements are, of the
 * data of a definition, or the examples that were exported with it.
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

/** Reads a table for variables, given the columns of those that are not called as they are. */
type Source = (
  path: string,
  variables: Variables,
  named: Readonly<Record<string, readonly string[]>>,
) => Promise<Table>;

/** Of a format whose columns may be called as `init` found them, or as the definition has them. */
const surveyed =
  (read: (path: string, options: TableOptions) => Promise<Table>): Source =>
  async (path, variables, named) => {
    const { options, columns } = await survey(path);
    const header = columns.map(({ name }) => name);
    return read(path, { ...options, columns: columnsFor(variables, named, header) });
  };

const asNamed =
  (read: (path: string, options: TableOptions) => Promise<Table>): Source =>
  (path, _variables, columns) =>
    read(path, { columns });

/** Text in columns, of which a cell holds one value: several are written as samples have them, `visits_1` and `visits_2`, if they have no names. */
const separated: Source = (path, variables, named) =>
  surveyed(csv)(path, variables, { ...numberedColumns(variables), ...named });

/** The columns of variables of several numbers or classes, by the variable and a number from 1. */
const numberedColumns = (variables: Variables): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Object.entries(variables).flatMap(([name, { dataShape, maskOf, knownOf }]) =>
      size(dataShape) > 1 && maskOf === undefined && knownOf === undefined
        ? [[name, elementNames(name, { dataShape }, '_')]]
        : [],
    ),
  );

/** How tables are read, by the endings of their files; any other file is a definition. */
const SOURCES: ReadonlyMap<string, Source> = new Map(
  (
    [
      // As `init` understands the file: its delimiter, its decimal sign, its encoding and its columns.
      [['.csv', '.tsv', '.tab', '.txt'], separated],
      [['.json', '.jsonl', '.ndjson'], surveyed(json)],
      [['.parquet', '.pq'], asNamed(parquet)],
      [['.arrow', '.arrows', '.feather', '.ipc'], asNamed(arrow)],
    ] as const satisfies readonly (readonly [readonly string[], Source])[]
  ).flatMap(([endings, source]) => endings.map((ending): [string, Source] => [ending, source])),
);

const tableOf = (path: string): Source | undefined => SOURCES.get(extname(path).toLowerCase());

const isDefinition = (path: string | undefined): boolean => path !== undefined && !tableOf(path);

const sourceOf = async (
  folder: string,
  manifest: Manifest,
  path: string | undefined,
  variables: Variables,
  targets: boolean,
): Promise<Data> => {
  if (path === undefined) return exported(folder, manifest, targets);
  const table = tableOf(path);
  const named = Object.entries(columnsOfSignature(manifest)).filter(([name]) => Object.hasOwn(variables, name));
  if (table) return table(path, variables, Object.fromEntries(named));
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
    if (!targets) return example.conditions;
    // What is known follows from the targets.
    const conditions = Object.entries(example.conditions).filter(([name]) => !own(all, name)?.knownOf);
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

/** Returns a target's value, which JSON has as numbers, with the names of its classes. */
const withNames = ({ classes }: TargetSignature, values: readonly number[]): Value =>
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
