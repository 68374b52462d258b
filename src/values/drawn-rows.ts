import { size } from '../shape/size.ts';
import type { Manifest, TargetSignature } from '../signature.ts';
import { classFinder } from './classes.ts';
import { chanceNames, classTexts } from './element-names.ts';
import { toDigits } from './rounded.ts';

// Values of y as lines of CSV and of JSON, in the command line and in pages.

/** A condition's value in the form that the runtime takes, and as it was written. */
export interface Setting {
  readonly value: unknown;
  readonly text: string;
}

/** A value of each condition. */
export type Combo = Readonly<Record<string, Setting>>;

/** Values of y, or of each of several targets by its name: the numbers of all rows, and a shape that begins with how many these are. */
export type Several = Readonly<Record<string, { readonly data: ArrayLike<number>; readonly shape: readonly number[] }>>;
type Row = Readonly<Record<string, readonly number[]>>;

/** A row of y: for which conditions, and the how-manieth sample of these. */
export interface DrawnLine {
  readonly combo: Combo;
  readonly sample: number;
  readonly values: Row;
}

/** Returns the rows of results from a row on: all samples of the first conditions come first. */
export const linesOf = (
  combos: readonly Combo[],
  samples: Several,
  count: number,
  rows = combos.length * count,
  from = 0,
): readonly DrawnLine[] =>
  Array.from({ length: rows }, (_, row) => ({
    combo: combos[Math.floor((from + row) / count)] ?? {},
    sample: (from + row) % count,
    values: rowOf(samples, row),
  }));

const rowOf = (samples: Several, row: number): Row =>
  Object.fromEntries(
    Object.entries(samples)
      .filter(([name]) => name !== 'seed' && name !== 'z')
      .map(([name, { data, shape }]) => {
        const length = data.length / (shape[0] ?? 1);
        return [name, Array.from({ length }, (_, i) => short(data[row * length + i] ?? 0))];
      }),
  );

const targetsOf = ({ target }: Pick<Manifest, 'target'>): readonly (readonly [string, TargetSignature])[] =>
  Object.entries(target.targets ?? { y: target });

/** Returns a header, unless it has been written, then a line for each row: conditions, the sample's number, y's elements by name. */
export const csvOfDrawn = (manifest: Manifest, all: readonly DrawnLine[], header = true): string => {
  const names = Object.keys(all[0]?.combo ?? {});
  const targets = targetsOf(manifest);
  const columns = targets.flatMap(([name, target]) =>
    columnsOf(manifest, name, target, all[0]?.values[name]?.length ?? 0),
  );
  const rows = all.map(({ combo, sample, values }) => {
    const written = writtenOf(manifest, values);
    return [
      ...names.map((name) => combo[name]?.text ?? ''),
      sample,
      ...targets.flatMap(([name]) => (written[name] ?? []).map((value) => value ?? '')),
    ];
  });
  const conditions = names.map((name) => conditionColumn(manifest, name, columns));
  return [...(header ? [[...conditions, ownKey(manifest, 'sample'), ...columns]] : []), ...rows]
    .map((cells) => `${cells.map(cellText).join(',')}\n`)
    .join('');
};

/** Returns the column of a condition: that of the data which it was made of, unless others have that name. */
const conditionColumn = ({ conditions }: Manifest, name: string, others: readonly string[]): string => {
  const [column, ...more] = conditions[name]?.names ?? [];
  const isTaken =
    column === 'sample' || column === undefined || Object.hasOwn(conditions, column) || others.includes(column);
  return isTaken || more.length > 0 ? name : column;
};

/**
 * Returns the names of the columns of y, or of a target of this name: those of its elements, `y_` and a class for its probability,
 * else `y` or `y_1`, `y_2`, …
 */
const columnsOf = (
  { conditions, target: whole }: Manifest,
  y: string,
  target: TargetSignature,
  length: number,
): readonly string[] => {
  if (chancesOf(target, length)) return classTexts(target).map((name) => `${y}_${name}`);
  if (isClasses(target) && length > 1 && length === size(target.shape)) return chanceNames(y, target, '_', '_');
  if (target.names?.length !== length) return Array.from({ length }, (_, i) => (length === 1 ? y : `${y}_${i + 1}`));
  // Elements of two targets may have one name.
  const others = Object.entries(whole.targets ?? {}).flatMap(([name, { names = [] }]) =>
    name === y ? [] : [name, ...names],
  );
  const taken = new Set(['sample', ...Object.keys(conditions), ...others]);
  const isTaken = (name: string): boolean => taken.has(name);
  return target.names.map((name) => (isTaken(name) ? `${y}_${name}` : name));
};

const isClasses = ({ classes }: TargetSignature): boolean => classes !== undefined;

/** Whether numbers are the probabilities of one class each, rather than of the classes of many places, or classes themselves. */
const chancesOf = (target: TargetSignature, length: number): boolean =>
  isClasses(target) && target.dataShape.length === 0 && length === target.shape[0];

/** Returns y's numbers, or the names of the classes that were drawn. */
const valuesOf = (target: TargetSignature, y: readonly number[]): readonly (number | string)[] => {
  const { classes, shape } = target;
  const drawn = isClasses(target) && y.length < size(shape);
  return drawn && typeof classes === 'object' ? y.map((index) => classes[index] ?? index) : y;
};

/** Returns what is written of each target: its values, and nothing behind the end of a sequence that was drawn. */
const writtenOf = (
  manifest: Pick<Manifest, 'target' | 'steps'>,
  row: Row,
): Readonly<Record<string, readonly (number | string | null)[]>> => {
  const targets = targetsOf(manifest);
  const { steps = 0 } = manifest;
  const ends = targets.flatMap(([name, { end, dataShape }]) => {
    const drawn = row[name] ?? [];
    const at = end === undefined || drawn.length !== size(dataShape) ? -1 : drawn.indexOf(end);
    return at < 0 ? [] : [at];
  });
  const length = Math.min(steps, ...ends);
  return Object.fromEntries(
    targets.map(([name, target]) => {
      const values = valuesOf(target, row[name] ?? []);
      // The end itself says that there is nothing.
      if (length === steps || target.end !== undefined || target.dataShape[0] !== steps) return [name, values];
      return [name, values.map((value, i) => (i < (length * values.length) / steps ? value : null))];
    }),
  );
};

/** Returns y in a line of JSON: its values, and the same by name if they have names; the values of several targets by theirs. */
const named = (manifest: Manifest, row: Row) => {
  const { target } = manifest;
  if (target.targets) return writtenOf(manifest, row);
  const y = row['y'] ?? [];
  const values = valuesOf(target, y);
  const isNamed = chancesOf(target, y.length) ? typeof target.classes === 'object' : target.names?.length === y.length;
  if (!isNamed) return { y: values };
  const names = target.names ?? classTexts(target);
  return { y: values, [ownKey(manifest, 'values')]: Object.fromEntries(names.map((name, i) => [name, values[i]])) };
};

/** Returns a key that does not hide one of the conditions. */
const ownKey = (manifest: Pick<Manifest, 'conditions'>, name: string): string =>
  Object.hasOwn(manifest.conditions, name) ? ownKey(manifest, `${name}_`) : name;

/** Returns conditions as they were given, classes by their names; numbers as numbers, lists as lists, and null for what is missing. */
const texts = ({ conditions }: Pick<Manifest, 'conditions'>, combo: Combo): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(combo).map(([name, { value, text }]) => {
      if (Array.isArray(value)) return [name, listOf(value, conditions[name]?.classes)];
      return [name, typeof value === 'number' || value === null ? value : text];
    }),
  );

const listOf = (values: readonly unknown[], classes: number | readonly string[] | undefined): readonly unknown[] => {
  if (typeof classes !== 'object') return values;
  const find = classFinder(classes);
  return values.map((value) => classes[find(value)] ?? value);
};

/** Returns an object of JSON for each row: conditions, `sample`, `y`, and y's elements by name in `values`, if they have names. */
export const jsonOfDrawn = (manifest: Manifest, all: readonly DrawnLine[]): string =>
  all
    .map(
      ({ combo, sample, values }) =>
        `${JSON.stringify({ ...texts(manifest, combo), [ownKey(manifest, 'sample')]: sample, ...named(manifest, values) })}\n`,
    )
    .join('');

/** Returns a cell of CSV: quoted if it has to be. */
export const cellText = (value: string | number): string =>
  typeof value === 'string' && /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : `${value}`;

/** Rounds a float32 to its digits; whole numbers stay unchanged. */
export const short = toDigits(7);
