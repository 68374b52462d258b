import type { Column, Examples } from '../data/dataset.ts';
import { classNames, type Variable, type Variables } from '../data/variable.ts';
import type { Model } from '../dsl/model.ts';
import type { ScoredTable } from '../scores/table.ts';
import { size } from '../shape/size.ts';
import type { Names } from '../signature.ts';
import { elementNames } from '../values/element-names.ts';
import { maskName } from '../values/mask-name.ts';
import { own } from '../values/own.ts';
import { viewOf } from './images.ts';

/** The most columns of a table. */
const COLUMNS = 64;

/** The columns of a table, by variable: conditions, then targets. */
export interface TablePlan {
  readonly variables: Variables;
  readonly names: Names;
  /** The names of the columns of each variable. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
  /** The names of the columns that are conditions. */
  readonly given: readonly string[];
}

/**
 * Returns how a model's data are a table: each example is a row of a few numbers and classes. Undefined if they are none: images, sequences,
 * blends of classes, or very many numbers.
 */
export const tablePlan = (
  model: Model,
  variables: Variables,
  train: Examples,
  names: Names = {},
): TablePlan | undefined => {
  const targets = model.target.targets ? Object.values(model.target.targets) : [model.target];
  // What is known of a target is no column of its own: it would say what is to be drawn.
  const entries = Object.entries(variables).filter(
    ([, { maskOf, knownOf }]) => maskOf === undefined && knownOf === undefined,
  );
  const isRow = ([name, variable]: readonly [string, Variable]): boolean => {
    const column = own(train.columns, name);
    if (!column || variable.kind === 'image' || size(column.shape) > COLUMNS) return false;
    return !isClass(variable) || size(column.shape) === 1;
  };
  if (model.steps !== undefined || targets.some((target) => viewOf(target)) || !entries.every(isRow)) return undefined;
  const taken = new Set<string>();
  const columns = Object.fromEntries(
    entries.map(([name, variable]) => {
      const elements = own(names, name)?.elements;
      const called = elementNames(name, { dataShape: variable.dataShape, ...(elements && { names: elements }) });
      const unique = called.map((one) => (taken.has(one) ? `${name} ${one}` : one));
      for (const one of unique) taken.add(one);
      return [name, unique];
    }),
  );
  if (taken.size > COLUMNS) return undefined;
  return { variables, names, columns, given: Object.keys(model.condition).flatMap((name) => columns[name] ?? []) };
};

const isClass = ({ kind, classes }: Variable): boolean => kind === 'categorical' || classes !== undefined;

/** Returns examples as rows of a table; of a variable that `drawn` has, its values in place of the data's, where these have any. */
export const rowsOf = (
  { variables, names, columns: called }: TablePlan,
  examples: Examples,
  drawn: ReadonlyMap<string, Float32Array> = new Map(),
): ScoredTable => {
  const rows = examples.count;
  const all = Object.entries(called).flatMap(([name, texts]) => {
    const variable = variables[name];
    const column = own(examples.columns, name);
    if (!variable || !column) return [];
    const values = drawn.get(name);
    const mask = maskIn(examples, name, variable);
    const classes = isClass(variable) ? (classNames(variable) ?? own(names, name)?.classes ?? []) : undefined;
    return texts.map((text, j): [string, Float64Array | string[]] => {
      const at = (row: number): number => row * texts.length + j;
      const isThere = (row: number): boolean => mask === undefined || (mask.data[at(row)] ?? 0) !== 0;
      // Seven digits are what float32 holds.
      const valueAt = (row: number): number =>
        Number((values ? (values[at(row)] ?? NaN) : (column.data[at(row)] ?? NaN) * column.scale).toPrecision(7));
      if (classes)
        return [
          text,
          Array.from({ length: rows }, (_, row) => (isThere(row) ? (classes[valueAt(row)] ?? `${valueAt(row)}`) : '')),
        ];
      return [text, Float64Array.from({ length: rows }, (_, row) => (isThere(row) ? valueAt(row) : NaN))];
    });
  });
  return Object.fromEntries(all);
};

const maskIn = ({ columns }: Examples, name: string, { mask }: Variable): Column | undefined =>
  mask === undefined || mask === false ? undefined : own(columns, typeof mask === 'string' ? mask : maskName(name));
