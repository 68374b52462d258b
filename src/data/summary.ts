import { maskOf } from './missing.ts';
import { size } from '../shape/size.ts';
import { own } from '../values/own.ts';
import { bothOf, untilEnd } from './scaling.ts';
import { blocksOf } from './stored.ts';
import { PARTS, type Column, type Dataset } from './dataset.ts';
import { classNames, type Variable, type Variables } from './variable.ts';

/** What the numbers of an element are, in the data's own units: those that a mask counts. */
export interface NumbersSummary {
  readonly name?: string;
  readonly unit?: string;
  readonly least: number;
  readonly most: number;
  readonly mean: number;
  readonly deviation: number;
  /** How many examples lack it. */
  readonly missing: number;
}

/** How often a class occurs. */
export interface ClassSummary {
  readonly name: string;
  readonly count: number;
}

/** What is known of one variable among the examples to train on. */
export interface VariableSummary {
  readonly name: string;
  readonly shape: readonly number[];
  /** Its elements; one for all of them if there are many, as in an image. */
  readonly numbers?: readonly NumbersSummary[];
  readonly classes?: readonly ClassSummary[];
  /** The column of the classes, if the data call it otherwise. */
  readonly title?: string;
  readonly missing: number;
  /** Whether networks see it with mean 0 and standard deviation 1. */
  readonly standardised: boolean;
  /** Whether networks see the normal scores of its column. */
  readonly scores?: true;
}

/** What was understood of data, as a model takes them. */
export interface DataSummary {
  readonly name: string;
  readonly examples: Readonly<Partial<Record<(typeof PARTS)[number], number>>>;
  readonly variables: readonly VariableSummary[];
  /** Columns of the table that were not read. */
  readonly unused: readonly string[];
  readonly notices: readonly string[];
}

/** Elements are described one by one up to this many. */
const ELEMENTS = 16;

/**
 * Summarises a dataset that fits these variables: ranges, classes and what is missing among the examples to train on. `scaling` is that of
 * the options to train with: false leaves numbers as they are.
 */
export const summaryOf = (
  dataset: Dataset,
  variables: Variables,
  { scaling }: { readonly scaling?: false } = {},
): DataSummary => ({
  name: dataset.name,
  examples: Object.fromEntries(PARTS.flatMap((part) => (dataset[part] ? [[part, dataset[part].count]] : []))),
  variables: Object.entries(variables)
    // What is known of a target is a part of it, drawn anew in each epoch: no column of the data.
    .filter(([, { maskOf, knownOf }]) => maskOf === undefined && knownOf === undefined)
    .map(([name, variable]) => variableSummary(name, variable, dataset, variables, scaling ?? dataset.scaling)),
  unused: dataset.unused ?? [],
  notices: dataset.notices ?? [],
});

const variableSummary = (
  name: string,
  variable: Variable,
  { train, names }: Dataset,
  variables: Variables,
  scaling: Dataset['scaling'] | false,
): VariableSummary => {
  const column = own(train.columns, name);
  if (column === undefined) throw new Error(`no column ${name} in data that fit`);
  const mask = maskOf(train.columns, name, variable);
  // What is behind the end of a sequence is neither a value nor missing.
  const behind = variable.inSteps && variable.end === undefined ? untilEnd(column, variables, train) : undefined;
  const given = own(names ?? {}, name);
  const shared = {
    name,
    shape: variable.dataShape,
    missing: mask ? mask.filter((one, i) => one === 0 && behind?.[i] !== 0).length : 0,
  };
  if (variable.kind === 'categorical') {
    const titles = classNames(variable) ?? given?.classes ?? classNames(column);
    const title = given?.elements?.length === 1 ? given.elements[0] : undefined;
    return {
      ...shared,
      ...(title !== undefined && { title }),
      classes: classesOf(column, variable, bothOf(mask, behind), titles),
      standardised: false,
    };
  }
  const scale = own(scaling || {}, name);
  const standardised = scale !== undefined && [...scale.mean, ...scale.deviation.map((one) => one - 1)].some(Boolean);
  const elements = size(variable.dataShape) > ELEMENTS ? 1 : size(variable.dataShape);
  const numbers = Array.from({ length: elements }, (_, place): NumbersSummary => {
    const [title, unit] =
      elements > 1 || size(variable.dataShape) === 1 ? [given?.elements?.[place], given?.units?.[place]] : [];
    return {
      ...(title !== undefined && { name: title }),
      ...(unit && { unit }),
      ...momentsOf(column, mask, behind, place, elements),
    };
  });
  return { ...shared, numbers, standardised, ...(variable.learns?.cells !== undefined && { scores: true }) };
};

/** Returns the moments of every `step`-th value from `first` on. */
const momentsOf = (
  column: Column,
  mask: ArrayLike<number> | undefined,
  behind: ArrayLike<number> | undefined,
  first: number,
  step: number,
): NumbersSummary => {
  let [count, mean, square, least, most, missing] = [0, 0, 0, Infinity, -Infinity, 0];
  for (const [from, block] of blocksOf(column))
    // Blocks begin with a whole example, of which `step` is a divisor.
    for (let i = first; i < block.length; i += step) {
      if (behind?.[from + i] === 0) continue;
      if (mask !== undefined && mask[from + i] === 0) {
        missing++;
        continue;
      }
      const value = (block[i] ?? 0) * column.scale;
      // Welford's update, which loses nothing to large means.
      count++;
      const before = value - mean;
      mean += before / count;
      square += before * (value - mean);
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  return { least, most, mean, deviation: Math.sqrt(square / Math.max(1, count)), missing };
};

const classesOf = (
  { data, shape, scale }: Column,
  { shape: seen, dataShape }: Variable,
  mask: ArrayLike<number> | undefined,
  titles: readonly string[] | undefined,
): readonly ClassSummary[] => {
  const of = seen.at(-1) ?? 1;
  const counts = Array<number>(of).fill(0);
  const areWeights = size(shape) !== size(dataShape);
  for (let i = 0; i < data.length; i++) {
    const at = areWeights ? Math.floor(i / of) : i;
    if (mask !== undefined && mask[at] === 0) continue;
    const value = (data[i] ?? 0) * scale;
    const index = areWeights ? i % of : value;
    counts[index] = (counts[index] ?? 0) + (areWeights ? value : 1);
  }
  return counts.map((count, i) => ({ name: titles?.[i] ?? `${i}`, count }));
};
