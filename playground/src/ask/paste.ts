import { isClasses, type Condition, type Manifest, type TargetSignature } from '../../../src/signature.ts';
import { size } from '../../../src/shape/size.ts';
import { elementNames } from '../../../src/values/element-names.ts';
import { placeOf, conditionsOf, type Value } from '../condition/values.ts';
import { targetsOf } from '../view/results.ts';
import type { Own } from './own.ts';

/** A column of a row that is pasted: an element of a condition or of a target. */
export interface Column {
  readonly name: string;
  readonly of: string;
  readonly variable: Pick<Condition, 'classes' | 'shape'> & { readonly isClass: boolean; readonly mayMiss: boolean };
  readonly isTarget: boolean;
}

/** What a row says, of conditions and of y. */
export interface Row {
  readonly values: Readonly<Record<string, Value>>;
  readonly own: Own;
  /** Names above the row that the model does not have. */
  readonly left: readonly string[];
}

/** The columns of a row: conditions, then targets; pictures are no columns. */
export const columnsOf = (manifest: Manifest): readonly Column[] => {
  const column = (of: string, one: Condition | TargetSignature, isTarget: boolean): readonly Column[] => {
    const isClass = 'kind' in one ? one.kind === 'categorical' : isClasses(one);
    const variable = { ...one, isClass, mayMiss: one.mask === true };
    return elementNames(of, one).map((name) => ({ name, of, variable, isTarget }));
  };
  return [
    ...conditionsOf(manifest).flatMap(([name, one]) =>
      one.kind === 'image' || one.knownOf !== undefined ? [] : column(name, one, false),
    ),
    ...targetsOf(manifest).flatMap(([name, one]) => column(name, one, true)),
  ];
};

/** Whether a model's examples are rows that one would paste. */
export const isRow = (manifest: Manifest): boolean => targetsOf(manifest).some(([, { image }]) => !image);

/** A row read from text, or what is wrong with it, in a sentence. */
export const readRow = (manifest: Manifest, text: string): Row | string => {
  const read = cellsIn(text, columnsOf(manifest));
  return typeof read === 'string' ? read : rowOf(manifest, read);
};

/** What cells with names say of conditions; a condition of which only a part is there is left. */
export const rowOfConditions = (
  manifest: Manifest,
  named: readonly (readonly [string, string])[],
): Pick<Row, 'values' | 'left'> | string => {
  const columns = columnsOf(manifest).filter(({ isTarget }) => !isTarget);
  const found = named.flatMap(([name, cell]) => {
    const column = columnNamed(columns, name);
    return column ? [[column, cell] as const] : [];
  });
  const whole = found.filter(
    ([{ of }]) =>
      found.filter(([column]) => column.of === of).length === columns.filter((column) => column.of === of).length,
  );
  const left = named.flatMap(([name]) =>
    whole.some(([column]) => column === columnNamed(columns, name)) ? [] : [name],
  );
  return rowOf(manifest, { cells: whole, left });
};

const rowOf = (manifest: Manifest, { cells, left }: Cells): Row | string => {
  const found = new Map<string, { readonly column: Column; readonly numbers: number[] }>();
  for (const [column, cell] of cells) {
    const number = numberOf(column, cell);
    if (typeof number === 'string') return number;
    const there = found.get(column.of) ?? { column, numbers: [] };
    there.numbers.push(number);
    found.set(column.of, there);
  }
  const all = [...found.values()];
  const part = all.find(({ column, numbers }) => numbers.length !== size(lengthsOf(manifest, column)));
  if (part)
    return `${part.column.of} has ${size(lengthsOf(manifest, part.column))} columns, the row ${part.numbers.length} of them; give all`;
  return {
    left,
    values: Object.fromEntries(
      all
        .filter(({ column }) => !column.isTarget)
        .map(({ column, numbers }) => [column.of, valueOf(column, numbers, manifest)]),
    ),
    own: Object.fromEntries(
      all.filter(({ column }) => column.isTarget).map(({ column, numbers }) => [column.of, numbers]),
    ),
  };
};

const lengthsOf = (manifest: Manifest, { of, isTarget }: Column): readonly number[] =>
  (isTarget ? (manifest.target.targets?.[of] ?? manifest.target) : manifest.conditions[of])?.dataShape ?? [];

const valueOf = ({ of, variable }: Column, numbers: readonly number[], { conditions }: Manifest): Value => {
  if (numbers.every(Number.isNaN)) return { kind: 'missing' };
  if (!variable.isClass) return { kind: 'numbers', numbers };
  return conditions[of]?.dataShape.length === 0
    ? { kind: 'class', index: numbers[0] ?? 0 }
    : { kind: 'classes', indices: numbers };
};

/** A cell as a number: the place of a class; NaN for nothing. */
export const numberOf = ({ name, variable }: Column, cell: string): number | string => {
  if (cell === '') return variable.mayMiss ? NaN : `${name} is empty; give a value`;
  const number = Number(cell);
  if (!variable.isClass) return Number.isFinite(number) ? number : `“${cell}” of ${name} is not a number`;
  const place = placeOf(variable, Number.isFinite(number) ? number : cell);
  const named = place < 0 ? placeOf(variable, cell) : place;
  return named < 0 ? `“${cell}” is not a class of ${name}` : named;
};

interface Cells {
  readonly cells: readonly (readonly [Column, string])[];
  readonly left: readonly string[];
}

/** A column's name without its unit. */
export const bare = (name: string): string => name.replace(/ \(.*\)$/, '');

/** The column of a name, with its unit or without. */
const columnNamed = (columns: readonly Column[], name: string): Column | undefined =>
  columns.find((one) => one.name === name) ?? columns.find((one) => one.name === bare(name));

/** The cells of a row with their columns: by the names above them, by those of a JSON object, or in order. */
const cellsIn = (text: string, columns: readonly Column[]): Cells | string => {
  if (text.trim().startsWith('{')) return fromJson(text, columns);
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const parts = lines.map(cut);
  const [first = [], second] = parts;
  if (second) {
    const named = first.flatMap((name, i) => {
      const column = columnNamed(columns, name);
      return column ? [[column, second[i] ?? ''] as const] : [];
    });
    const left = first.filter((name) => columnNamed(columns, name) === undefined);
    if (named.length > 0) return { cells: named, left };
    return `the first line names none of ${columns.map(({ name }) => name).join(', ')}`;
  }
  const targets = columns.filter(({ isTarget }) => isTarget);
  const own = first.length === columns.length ? columns : first.length === targets.length ? targets : undefined;
  return own
    ? { cells: own.map((column, i) => [column, first[i] ?? ''] as const), left: [] }
    : `${first.length} cells; give ${columns.length}, or the ${targets.length} of the target`;
};

/** A line in cells: by tabs, else by semicolons, else by commas; cells may be in quotes. */
export const cut = (line: string): readonly string[] => {
  const bareLine = line.replaceAll(/"[^"]*"/g, '');
  const separator = ['\t', ';'].find((one) => bareLine.includes(one)) ?? ',';
  const cells = [''];
  let quoted = false;
  for (const one of line) {
    if (one === '"') quoted = !quoted;
    else if (one === separator && !quoted) cells.push('');
    else cells.push(`${cells.pop() ?? ''}${one}`);
  }
  return cells.map((cell) => cell.trim());
};

const fromJson = (text: string, columns: readonly Column[]): Cells | string => {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return 'the JSON is not complete';
  }
  const cells = Object.entries(Object(found)).flatMap(([name, value]) => {
    const own = columns.filter((column) => column.of === name);
    const list: readonly unknown[] = Array.isArray(value) ? value.flat(Infinity) : [value];
    const named = columns.find((column) => column.name === name);
    const all = own.length === list.length ? own : named ? [named] : [];
    return all.map((column, i) => [column, list[i] === null ? '' : String(list[i])] as const);
  });
  const left = Object.keys(Object(found)).filter(
    (name) => !cells.some(([column]) => [column.of, column.name].includes(name)),
  );
  return cells.length > 0
    ? { cells, left }
    : `the object names none of ${[...new Set(columns.map(({ of }) => of))].join(', ')}`;
};
