import { hourOf, monthOf, seasonOf, weekdayOf, yearOf } from '../data/dates.ts';
import type { Derived, Row } from '../data/table/derived.ts';
import { heads } from '../distributions/head.ts';
import { hurdle } from '../distributions/hurdle.ts';
import { normalScores } from '../distributions/normal-scores.ts';
import { cvae } from '../dsl/cvae.ts';
import type { Model } from '../dsl/model.ts';
import type { Target } from '../dsl/target.ts';
import { gaussian } from '../layers/gaussian.ts';
import { mlp } from '../layers/presets.ts';
import type { Choice } from './choice.ts';
import { sequencesModel } from './sequences-model.ts';
import { classesOf, conditionsOf, from, inputsOf, joined, type NetworkInputs } from './network-inputs.ts';
import { PRIOR, sizesOf } from './sizes.ts';
import { variablesOf, type DateFunction, type Written } from './variables.ts';

/**
 * Returns the model of a choice of columns: the one that `definitionOf` writes as text, for a place that has no compiler of TypeScript,
 * such as a page.
 */
export const modelOf = (choice: Choice, rows: number): Model => {
  if (choice.sequences) return sequencesModel(choice, choice.sequences);
  const { targets, conditions } = variablesOf(choice);
  const { latent, width } = sizesOf(rows, targets.length);
  const conditionInputs = inputsOf(conditions);
  const names = targets.map(({ name }) => name);
  const masked = targets.flatMap(({ name, isMasked }) => (isMasked ? [name] : []));
  const target: Readonly<Record<string, Target>> = Object.fromEntries(targets.map((one) => [one.name, targetOf(one)]));
  const condition = conditionsOf(conditions);
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

/** Returns how columns are computed of a row, by the names of their conditions. */
export const derivedOf = (choice: Choice): Readonly<Record<string, (row: Row) => Derived>> => {
  const { targets, conditions } = variablesOf(choice);
  return Object.fromEntries([
    // A sequence continues in each row of the table.
    ...targets.flatMap(({ name, end, classes: [more] = [] }) =>
      end === undefined || more === undefined ? [] : [[name, (): Derived => more] as const],
    ),
    ...conditions.flatMap(({ name, column, derived }) => {
      const { uses, order } = derived ?? {};
      if (uses === undefined) return [];
      return [[name, (row: Row): Derived => FUNCTIONS[uses](row[column] ?? '', order)] as const];
    }),
  ]);
};

const FUNCTIONS = { monthOf, seasonOf, weekdayOf, hourOf, yearOf } as const satisfies Record<DateFunction, unknown>;

const targetOf = (one: Written): Target => {
  if (one.classes) return classesOf(one.classes, one.isMasked);
  const density = one.isMasked ? normalScores(1, { mask: true }) : normalScores(1);
  return one.isSpiked ? hurdle(density) : density;
};
