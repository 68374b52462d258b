import { taking } from '../../dsl/check-arguments.ts';
import type { Tensor } from '../../dsl/tensor.ts';
import { InvalidModel } from '../../errors.ts';
import { add, mul } from '../../layers/arithmetic.ts';
import { isFloat32, isPlain, meant, rule } from '../../values/rules.ts';
import { list } from '../../values/value-text.ts';
import { objective, OBJECTIVE, type Objective, type ObjectiveContext, type Terms, withAbout } from '../objective.ts';

const CALL = {
  args: [
    OBJECTIVE,
    rule(
      'numbers from 0 up by the names of targets',
      (value) => isPlain(value) && Object.values(value).every((weight) => isFloat32(weight) && weight >= 0),
      'give how much each −log p counts, such as { rain: 2 }',
    ),
  ],
};

/**
 * Returns an objective in which −log p of each of several targets counts as often as its weight says, and once without one: for
 * targets of which one would otherwise drown the others, such as a number next to an image. With weights other than 1 the loss is no
 * bound of a likelihood. Each target's own −log p, and their sum `reconstruction`, are still reported in nats without weights.
 *
 * @example
 * ```ts
 * import { elbo, withWeights } from 'cvae-compile/train';
 *
 * export const training = { objective: withWeights(elbo(), { rain: 2 }) }; // next to a definition
 * ```
 */
export const withWeights = taking(
  'withWeights',
  CALL,
  (of: Objective, weights: Readonly<Record<string, number>>): Objective => {
    const { name, compute, schedules } = of;
    const own = objective(
      name,
      (given, validating) => {
        const names = Object.keys(given.model.target.targets ?? {});
        for (const key of Object.keys(weights))
          if (!names.includes(key))
            throw new InvalidModel(
              `withWeights: expected names of several targets (${list(names)}), got ${key}; ${meant(key, names)}`,
            );
        return unweighted(compute({ ...given, nll: weighted(given, weights) }, validating), names);
      },
      schedules,
    );
    return withAbout({ ...of, ...own }, { weight: weights });
  },
);

/** Returns −log p as the sum of that of each target, times its weight. */
const weighted =
  ({ apart }: ObjectiveContext, weights: Readonly<Record<string, number>>): ObjectiveContext['nll'] =>
  (parameters, y, mask) => {
    const each = Object.entries(apart(parameters, y, mask) ?? {}).map(([name, nll]): Tensor<[]> => {
      const weight = Object.hasOwn(weights, name) ? (weights[name] ?? 1) : 1;
      return weight === 1 ? nll : mul(nll, weight);
    });
    return each.reduce((sum, one) => add(sum, one));
  };

/** Returns terms with the reconstruction as the sum of each target's own, if they have these. */
const unweighted = (terms: Terms, names: readonly string[]): Terms => {
  const parts = names.flatMap((name) => terms[`reconstruction_${name}`] ?? []);
  if (parts.length < names.length || terms['reconstruction'] === undefined) return terms;
  return { ...terms, reconstruction: parts.reduce((sum, one) => add(sum, one)) };
};
