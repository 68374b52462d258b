import type { Fault, FindFault } from '../../distributions/data/distribution-data.ts';
import type { Learns } from '../../distributions/data/learns.ts';
import { InvalidData } from '../../errors.ts';
import { size } from '../../shape/size.ts';
import { elementNames } from '../../values/element-names.ts';
import { FORM } from './form.ts';
import type { Column } from '../dataset.ts';
import { blocksOf, lengthOf } from '../stored.ts';
import { decimalsOf } from './decimals.ts';
import { distinctOf, filtered, total, type Distinct } from './distinct.ts';
import { quantilesOf } from './quantiles.ts';

/** What was learned of an element of a column. */
export interface Learned {
  /** The least and the largest value other than a mass, the number of decimals if it has few, and the masses with their shares. */
  readonly least: number;
  readonly most: number;
  readonly decimals?: number;
  readonly masses: readonly (readonly [value: number, share: number])[];
  /** Whether it has few values, which are the only ones that are drawn; and how many it has. */
  readonly isGrid: boolean;
  readonly distinct: number;
}

/** Rows of numbers, one for each element, by the name of the table. */
export type Tables = Readonly<Record<string, readonly (readonly number[])[]>>;

/** Refuses a value that is no mass, and that the density does not have. */
const refuseFault = (name: string, fault: Fault | undefined): void => {
  if (fault)
    throw new InvalidData(`data: ${name} has ${fault.problem}, and no mass; name it in at, or ${fault.remedy}`);
};

/** The number of rows that is enough to learn a column. */
const ENOUGH = 2 ** 22;
/** The share of the rows from which a value is a mass. */
const MASS = 0.05;
/** The largest magnitude of a value: the widths of cells must not leave float32's range. */
const LARGEST = 1e35;

/**
 * Learns from the rows to train on, of which those count whose `mask` is not 0.
 *
 * @throws InvalidData for an element of which no row counts, for numbers that are too large, and for values that are no masses and in
 * which `faultOf` finds something wrong.
 */
export const learnColumn = (
  name: string,
  column: Column,
  learns: Learns,
  mask?: ArrayLike<number>,
  faultOf?: FindFault,
): { readonly tables: Tables; readonly learned: readonly Learned[] } => {
  const { shape, scale, names } = column;
  const length = size(shape);
  const called = elementNames(name, { dataShape: shape, ...(names && { names }) });
  const elements = Array.from({ length }, (_, place) => {
    const values: number[] = [];
    // Of more rows than fit into memory, some millions, evenly spread, say as much.
    const step = length * (column.stored ? Math.ceil(lengthOf(column) / length / ENOUGH) : 1);
    for (const [from, block] of blocksOf(column))
      for (let i = place + ((step - (from % step)) % step); i < block.length; i += step)
        if (mask === undefined || mask[from + i] !== 0) values.push((block[i] ?? 0) * scale);
    const where = `${called[place] ?? name}: expected values to learn from`;
    if (values.length === 0)
      throw new InvalidData(`${where}, got none in the rows to train on; give some, or leave it out`);
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (largest > LARGEST)
      throw new InvalidData(`${where} of at most ${LARGEST}, got ${largest}; give them in a larger unit`);
    return learnElement(Float32Array.from(values), learns, (value) =>
      refuseFault(called[place] ?? name, faultOf?.(value)),
    );
  });
  const keys = Object.keys(elements[0]?.tables ?? {});
  return {
    tables: Object.fromEntries(keys.map((key) => [key, elements.map(({ tables }) => tables[key] ?? [])])),
    learned: elements.map(({ learned }) => learned),
  };
};

const learnElement = (
  values: Float32Array,
  { cells, masses }: Learns,
  check: (value: number) => void,
): { readonly learned: Learned; readonly tables: Readonly<Record<string, readonly number[]>> } => {
  const all = distinctOf(values);
  const at = masses ? massesOf(all, masses) : [];
  const rest = filtered(all, (value) => !at.includes(value));
  rest.values.forEach(check);
  // Of masses alone nothing else is ever drawn; what is learned of all values then stands for it.
  const others = rest.values.length > 0 ? rest : all;
  const decimals = decimalsOf(all.values);
  const step = decimals === undefined ? 0 : 10 ** -decimals;
  const quantiles = cells === undefined ? undefined : quantilesOf(others, cells, step);
  const isGrid = quantiles?.jitter === 'cell';
  const [least = 0, most = least] = [others.values[0], others.values.at(-1)];
  const form: Record<(typeof FORM)[number], number> = {
    least,
    most,
    power: isGrid || decimals === undefined ? 0 : 10 ** decimals,
    ...momentsOf(cells === undefined ? others : all),
    jitter: isGrid ? -1 : typeof quantiles?.jitter === 'number' ? quantiles.jitter : 0,
  };
  const [fill = 0] = byFrequency(all);
  const learned: Learned = {
    least,
    most,
    ...(decimals !== undefined && { decimals }),
    masses: at.map((value) => [value, countOf(all, value) / values.length] as const),
    isGrid,
    distinct: others.values.length,
  };
  return {
    learned,
    tables: {
      form: FORM.map((key) => form[key]),
      ...(quantiles && {
        edges: quantiles.edges,
        scores: quantiles.scores,
        values: quantiles.values,
        rises: quantiles.rises,
      }),
      ...(masses && {
        masses: Array.from({ length: masses.most }, (_, i) => at[i] ?? fill),
        // Whether there is anything else, and each of the masses.
        present: [
          rest.values.length > 0 ? 1 : 0,
          ...Array.from({ length: masses.most }, (_, i) => (i < at.length ? 1 : 0)),
        ],
      }),
    },
  };
};

/** Returns values, the most frequent first. */
const byFrequency = ({ values, counts }: Distinct): readonly number[] =>
  values
    .map((value, i) => [value, counts[i] ?? 0] as const)
    .sort(([, a], [, b]) => b - a)
    .map(([value]) => value);

const countOf = ({ values, counts }: Distinct, value: number): number => counts[values.indexOf(value)] ?? 0;

/** Returns the masses: those that the definition names, then the most frequent values of more than 5 % of the rows. */
const massesOf = (all: Distinct, { most, at }: NonNullable<Learns['masses']>): readonly number[] => {
  const named = at.map(Math.fround);
  const rows = total(all);
  const found = filtered(all, (value, count) => count > MASS * rows && !named.includes(value));
  return [...named, ...byFrequency(found).slice(0, most - named.length)];
};

/** Returns the mean and the standard deviation; that of a constant is 1. */
const momentsOf = (column: Distinct): { readonly mean: number; readonly deviation: number } => {
  const rows = total(column);
  const { values, counts } = column;
  const mean = values.reduce((sum, value, i) => sum + (value * (counts[i] ?? 0)) / rows, 0);
  const square = values.reduce((sum, value, i) => sum + ((value - mean) ** 2 * (counts[i] ?? 0)) / rows, 0);
  const deviation = Math.sqrt(square);
  return { mean, deviation: deviation > 1e-7 * Math.abs(mean) ? deviation : 1 };
};
