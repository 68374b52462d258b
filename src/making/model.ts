import { hourOf, monthOf, seasonOf, weekdayOf, yearOf } from '../data/dates.ts';
import type { Derived, Row } from '../data/table/derived.ts';
import { categorical } from '../distributions/categorical.ts';
import { heads } from '../distributions/head.ts';
import { hurdle } from '../distributions/hurdle.ts';
import { normalScores } from '../distributions/normal-scores.ts';
import { cvae } from '../dsl/cvae.ts';
import type { Model } from '../dsl/model.ts';
import type { Target } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { continuous, type Variable } from '../dsl/variables.ts';
import { concat } from '../layers/concat.ts';
import { gaussian } from '../layers/gaussian.ts';
import { mlp } from '../layers/presets.ts';
import type { Choice } from './choice.ts';
import { PRIOR, sizesOf } from './sizes.ts';
import { variablesOf, type DateFunction, type Written } from './variables.ts';

/** Tensors of a network, by the names that a definition gives them. */
type NetworkInputs = Readonly<Record<string, unknown>>;

/**
 * Returns the model of a choice of columns: the one that `definitionOf` writes as text, for a place that has no compiler of TypeScript,
 * such as a page.
 */
export const modelOf = (choice: Choice, rows: number): Model => {
  const { targets, conditions } = variablesOf(choice);
  const { latent, width } = sizesOf(rows, targets.length);
  const conditionInputs = conditions.flatMap(({ name, isMasked }) => (isMasked ? [name, `${name}_mask`] : [name]));
  const names = targets.map(({ name }) => name);
  const masked = targets.flatMap(({ name, isMasked }) => (isMasked ? [name] : []));
  const target: Readonly<Record<string, Target>> = Object.fromEntries(targets.map((one) => [one.name, targetOf(one)]));
  const condition: Readonly<Record<string, Variable>> = Object.fromEntries(
    conditions.map((one) => [one.name, conditionOf(one)]),
  );
  const prior = (given: NetworkInputs) => joined(from(given, conditionInputs)).pipe(mlp([PRIOR]), gaussian(latent));
  const whole = {
    condition,
    target,
    latent,
    // What a network is not given cannot be asked for either.
    recognition: (given: NetworkInputs & { readonly y: NetworkInputs; readonly mask?: NetworkInputs }) =>
      joined([
        ...from(given.y, names),
        ...(masked.length > 0 ? from(given.mask ?? {}, masked) : []),
        ...from(given, conditionInputs),
      ]).pipe(mlp([width, width]), gaussian(latent)),
    decoder: (given: NetworkInputs) =>
      joined(from(given, ['z', ...conditionInputs])).pipe(mlp([width, width]), heads(target)),
  };
  return conditionInputs.length > 0 ? cvae({ ...whole, prior }) : cvae(whole);
};

const from = (given: NetworkInputs, names: readonly string[]): readonly unknown[] => names.map((name) => given[name]);

/** Joins vectors, one of which is as it is. */
const joined = (tensors: readonly unknown[]): Tensor<[number]> => {
  // Every variable of a table is a vector to networks, and `concat` itself checks that they are tensors.
  const [first, ...rest] = tensors as readonly [Tensor<[number]>, ...Tensor<[number]>[]];
  return rest.length === 0 ? first : concat(first, ...rest);
};

/** Returns how columns are computed of a row, by the names of their conditions. */
export const derivedOf = (choice: Choice): Readonly<Record<string, (row: Row) => Derived>> =>
  Object.fromEntries(
    variablesOf(choice).conditions.flatMap(({ name, column, derived }) => {
      const { uses, order } = derived ?? {};
      if (uses === undefined) return [];
      return [[name, (row: Row): Derived => FUNCTIONS[uses](row[column] ?? '', order)] as const];
    }),
  );

const FUNCTIONS = { monthOf, seasonOf, weekdayOf, hourOf, yearOf } as const satisfies Record<DateFunction, unknown>;

const targetOf = (one: Written): Target => {
  if (one.classes) return classesOf(one.classes, one.isMasked);
  const density = one.isMasked ? normalScores(1, { mask: true }) : normalScores(1);
  return one.isSpiked ? hurdle(density) : density;
};

const conditionOf = (one: Written): Variable => {
  if (one.classes) return classesOf(one.classes, one.isMasked);
  const { elements = 1 } = one;
  return one.isMasked ? continuous(elements, { mask: true }) : continuous(elements);
};

const classesOf = (names: readonly string[], isMasked: boolean): Target => {
  // A column of one value is none that a model learns from: there are two at least.
  const [first = '', second = '', ...rest] = names;
  return isMasked ? categorical(first, second, ...rest, { mask: true }) : categorical(first, second, ...rest);
};
