import { logNormal } from '../distributions/log-normal.ts';
import { heads } from '../distributions/head.ts';
import { normal } from '../distributions/normal.ts';
import { zeroInflated } from '../distributions/zero-inflated.ts';
import { cvae } from '../dsl/cvae.ts';
import { constant } from '../dsl/leaves.ts';
import type { Model } from '../dsl/model.ts';
import type { Target } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { dense } from '../layers/dense.ts';
import { gaussian } from '../layers/gaussian.ts';
import { gru } from '../layers/gru.ts';
import { mlp } from '../layers/presets.ts';
import { steps } from '../layers/steps.ts';
import type { Choice } from './choice.ts';
import { classesOf, conditionsOf, from, inputsOf, joined, joinedSeries, type NetworkInputs } from './network-inputs.ts';
import type { Sequences } from './sequences.ts';
import { PRIOR, sizesOf } from './sizes.ts';
import { variablesOf, type Written } from './variables.ts';

/** Returns the model of columns of a long table, whose decoder writes a sequence step by step: the one that `definitionOf` writes as text. */
export const sequencesModel = (choice: Choice, { count }: Sequences): Model => {
  const { targets, conditions } = variablesOf(choice);
  const { latent, width } = sizesOf(count, targets.length, true);
  const names = targets.map(({ name }) => name);
  const series = conditions.flatMap(({ name, steps: at }) => (at === undefined ? [] : [name]));
  const fixed = inputsOf(conditions).filter((name) => !series.includes(name));
  const target = byName(targets, wholeTarget);
  const ofStep = byName(targets, stepTarget);
  const start = Object.fromEntries(targets.map(({ name, step }) => [name, constant([step?.width ?? 1], 0)]));
  const prior = (given: NetworkInputs) => {
    const course = series.length === 0 ? [] : [joinedSeries(from(given, series)).pipe(gru(PRIOR, { last: true }))];
    return joined([...course, ...from(given, fixed)]).pipe(mlp([PRIOR]), gaussian(latent));
  };
  const whole = {
    condition: conditionsOf(conditions),
    target,
    latent,
    recognition: (given: NetworkInputs & { readonly y: NetworkInputs }) => {
      const course = joinedSeries([...from(given.y, names), ...from(given, series)]);
      const read = course.pipe(gru(width, { last: true }));
      return joined([read, ...from(given, fixed)]).pipe(mlp([width, width]), gaussian(latent));
    },
    decoder: (given: NetworkInputs) => {
      const known = joined(from(given, ['z', ...fixed]));
      const state = known.pipe(dense(width));
      const step = (before: NetworkInputs, at: Tensor<[number]>, own: readonly unknown[]) => {
        const next = joined([...from(before, names), at, known, ...own]).pipe(mlp([width, width]));
        // Heads return tensors, which the types of targets of any names leave open.
        return { out: next.pipe(heads(ofStep)) as Readonly<Record<string, object>>, state: next };
      };
      if (series.length === 0)
        return steps(target, { start, state }, ({ previous, state: at }) => step(previous, at, []));
      // Each is a tensor, which `steps` itself checks.
      const inputs = Object.fromEntries(series.map((name) => [name, given[name] as Tensor]));
      return steps(target, { start, state, inputs }, ({ previous, state: at, input }) =>
        step(previous, at, from(input, series)),
      );
    },
  };
  return series.length + fixed.length > 0 ? cvae({ ...whole, prior }) : cvae(whole);
};

const byName = (targets: readonly Written[], targetOf: (one: Written) => Target): Readonly<Record<string, Target>> =>
  Object.fromEntries(targets.map((one) => [one.name, targetOf(one)]));

const wholeTarget = ({ classes, steps: at = 1, amounts, end }: Written): Target => {
  if (classes) return classesOf(classes, false, at, end);
  if (amounts === undefined) return normal(at, 1, { sigma: 'learned' });
  return amounts === 'zeros' ? zeroInflated(logNormal(at, 1)) : logNormal(at, 1);
};

const stepTarget = ({ classes, amounts }: Written): Target => {
  if (classes) return classesOf(classes, false);
  if (amounts === undefined) return normal(1, { sigma: 'learned' });
  return amounts === 'zeros' ? zeroInflated(logNormal(1)) : logNormal(1);
};
