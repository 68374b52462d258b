import { batch } from '../data/batches.ts';
import type { Examples } from '../data/dataset.ts';
import type { Variables } from '../data/variable.ts';
import { scalingNames } from '../dsl/scaling.ts';
import { farthest } from '../values/farthest.ts';
import type { Weights } from '../weights/weights.ts';

/** What a first loss was computed from. */
interface Plan {
  readonly train: Examples;
  readonly variables: Variables;
  readonly seed: number;
}

/**
 * Describes what to check when the first loss is not finite, before the learning rate has had any effect: the variable of its
 * batch with the most extreme value, its mean and standard deviation, and the remedy.
 */
export const firstLoss = (
  { train, variables, seed }: Plan,
  weights: Weights,
  indices: ArrayLike<number> = [],
): string => {
  const values = batch(train, indices, variables, { seed, epoch: 1 });
  const numbers = Object.entries(variables).flatMap(([name, { kind }]) => {
    const data = values[name];
    return data && kind !== 'categorical' ? [{ name, data, scaling: scalingIn(weights, name) }] : [];
  });
  const { text, standardised } = farthest(numbers);
  const far = numbers.some(({ data, scaling }) =>
    Array.prototype.some.call(data, (value: number, i: number) => {
      const place = i % (scaling?.mean.length || 1);
      return !(Math.abs((value - (scaling?.mean[place] ?? 0)) / (scaling?.deviation[place] ?? 1)) <= FAR);
    }),
  );
  const ofData = standardised
    ? 'leave out extreme values, or look for what overflows in the definition'
    : 'standardise it: leave out scaling: false, or give withScaling(data)';
  const remedy = far ? ofData : 'look for what overflows in the definition, such as exp, and put clip before it';
  return `no learning rate helps at the first step, whose batch has ${text}; ${remedy}`;
};

/** Networks take numbers up to this size without overflow, unless they raise e to them. */
const FAR = 100;

const scalingIn = (weights: Weights, variable: string) => {
  const names = scalingNames(variable);
  const [mean, deviation] = [weights.get(names.mean)?.data, weights.get(names.deviation)?.data];
  const standardised = mean?.some((m) => m !== 0) || deviation?.some((d) => d !== 1);
  return mean && deviation && standardised ? { mean: [...mean], deviation: [...deviation] } : undefined;
};
