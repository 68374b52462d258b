import { size } from '../shape/size.ts';
import { maskName } from '../values/mask-name.ts';
import { own } from '../values/own.ts';
import type { Specimen, Specimens, SpecimenValue } from '../signature.ts';
import { PARTS, type Column, type Dataset, type Examples } from './dataset.ts';
import { valuesAt } from './example-at.ts';
import { rounded } from './sampled-rows.ts';
import { classNames, maskedBy, type Variable, type Variables } from './variable.ts';

/**
 * Returns a few of a dataset's examples, from its test part if it has one, for an exported model to carry: spread over the
 * classes of a condition, or of another column of `whole`, the data before they were reduced to the model's variables; else over
 * the whole part. The same data give the same examples. None if a class is given by weights, which JSON does not distinguish from
 * numbers.
 */
export const specimensOf = (
  dataset: Dataset,
  variables: Variables,
  whole: Dataset | undefined,
  { targets, count = COUNT }: SpecimensOptions = {},
): Specimens | undefined => {
  const part = ORDER.find((name) => dataset[name] !== undefined);
  const examples = part && dataset[part];
  if (!part || !examples) return undefined;
  const all = Object.entries(variables).map(
    ([name, variable]) => [name, variable, own(examples.columns, name)] as const,
  );
  if (all.some(([, variable, column]) => !column || isWeights(variable, column))) return undefined;
  const conditions = all.filter(([name]) => !(targets ?? ['y']).includes(name));
  const about = aboutOf(whole?.[part], examples, variables);
  const classes = [...conditions.map(([, , column]) => column), ...Object.values(about)].find(isClass);
  const specimen = (index: number): Specimen => {
    const values = valuesAt(examples, index);
    const masks = (targets ?? ['y']).flatMap((name): [string, readonly number[]][] => {
      const mask = own(values, maskName(name));
      return mask ? [[name, numbersOf(mask)]] : [];
    });
    const others = Object.entries(about).map(([name, column]) => [name, named(column, valueAt(column, index))]);
    return {
      index,
      conditions: Object.fromEntries(conditions.map(([name, variable]) => [name, given(variable, values[name])])),
      target: targets
        ? Object.fromEntries(targets.map((name) => [name, numbersOf(values[name])]))
        : numbersOf(values['y']),
      ...(masks.length > 0 && { masks: Object.fromEntries(masks) }),
      ...(others.length > 0 && { about: Object.fromEntries(others) }),
    };
  };
  return {
    format: 1,
    source: `${dataset.name}, ${part}`,
    examples: chosen(examples.count, count, classes).map(specimen),
  };
};

/** What examples are taken of. */
export interface SpecimensOptions {
  /** The names of several targets among the variables; by default there is one, y. */
  readonly targets?: readonly string[];
  readonly count?: number;
}

/** One of each digit, and two more. */
const COUNT = 12;

/** Examples that training has not seen come first. */
const ORDER = [...PARTS].reverse();

const isWeights = ({ kind, dataShape }: Variable, { shape }: Column): boolean =>
  kind === 'categorical' && size(shape) !== size(dataShape);

const isClass = (column: Column | undefined): column is Column =>
  column?.classes !== undefined && size(column.shape) === 1;

/** Returns the scalar columns that the model does not take, if the data have them example by example. */
const aboutOf = (
  whole: Examples | undefined,
  { count }: Examples,
  variables: Variables,
): Readonly<Record<string, Column>> =>
  Object.fromEntries(
    Object.entries(whole?.count === count ? whole.columns : {}).filter(
      ([name, column]) =>
        !Object.hasOwn(variables, name) && maskedBy(name, variables) === undefined && size(column.shape) === 1,
    ),
  );

/** Chooses the examples: the first of each class in turn, then the second of each; or evenly spaced ones. */
const chosen = (of: number, count: number, classes: Column | undefined): readonly number[] => {
  const wanted = Math.min(of, count);
  if (!classes) return Array.from({ length: wanted }, (_, i) => Math.floor((i * of) / wanted));
  const seen = new Map<number, number>();
  const ranked = Array.from({ length: of }, (_, index) => {
    const value = valueAt(classes, index);
    const rank = seen.get(value) ?? 0;
    seen.set(value, rank + 1);
    return { index, value, rank };
  });
  const inTurn = ranked.sort((a, b) => a.rank - b.rank || a.value - b.value || a.index - b.index);
  return inTurn.slice(0, wanted).map(({ index }) => index);
};

const valueAt = ({ data, scale }: Column, index: number): number => (data[index] ?? 0) * scale;

/** Returns a value in the form that `sample` takes: a single one unwrapped, and a class by its name if it has one. */
const given = (variable: Variable, values: Float32Array | undefined): SpecimenValue => {
  const numbers = numbersOf(values);
  const [first = 0] = numbers;
  if (variable.kind === 'image' || size(variable.dataShape) !== 1) return numbers;
  return variable.kind === 'categorical' ? named(variable, first) : first;
};

const named = (variable: Pick<Variable, 'classes'>, value: number): number | string =>
  classNames(variable)?.[value] ?? rounded(value);

const numbersOf = (values: Float32Array | undefined): readonly number[] => Array.from(values ?? [], rounded);
