import type { Outputs } from 'cvae-compile/runtime';
import { distributionOf } from '../../../src/distributions/data/table.ts';
import type { Manifest } from '../../../src/signature.ts';
import { elementTexts } from '../../../src/values/element-names.ts';
import { classesOf } from '../condition/values.ts';

/** One element of y over all samples: what it is called, its values, and the range that shows them. */
export interface Strip {
  readonly name: string;
  readonly values: readonly number[];
  readonly mean: number;
  /** The mean's own standard deviation, where the model gives one. */
  readonly deviation: number | undefined;
  readonly baseline: number | undefined;
  readonly truth: number | undefined;
  readonly from: number;
  readonly to: number;
}

interface Shown {
  readonly mean: Outputs;
  readonly baseline?: Outputs | undefined;
  readonly samples?: Outputs | undefined;
  readonly truth?: readonly number[] | undefined;
}

/** A strip for each element of y; those of probabilities are named by their class, and reach from 0 to 1. */
export const stripsOf = ({ target }: Manifest, { mean, baseline, samples, truth }: Shown): readonly Strip[] => {
  const size = mean.data.length / (mean.shape[0] ?? 1);
  const rows = samples?.shape[0] ?? 0;
  // Draws of classes are indices, not probabilities: there is nothing to lay beside the mean.
  const alike = samples && samples.data.length === rows * size;
  const { values: sort } = distributionOf(target);
  const discrete = sort === 'classes';
  const names = discrete ? classesOf(target) : elementTexts('y', target);
  return Array.from({ length: size }, (_, i) => {
    const values = alike ? Array.from({ length: rows }, (_, row) => samples.data[row * size + i] ?? 0) : [];
    const middle = mean.data[i] ?? 0;
    const logVar = mean.logVar?.[i];
    const deviation = logVar === undefined ? fixedSigma(target.sigma, i) : Math.exp(logVar / 2);
    const scale = target.scaling;
    const reach = 3 * (scale?.deviation[i] ?? 0);
    const [low, high] =
      sort === 'unit' || discrete ? [0, 1] : [(scale?.mean[i] ?? middle) - reach, (scale?.mean[i] ?? middle) + reach];
    const all = [...values, middle, low, high];
    const from = Math.min(...all);
    return {
      name: names[i % names.length] ?? `${i}`,
      values,
      mean: middle,
      deviation,
      baseline: baseline?.data[i],
      truth: discrete ? undefined : truth?.[i],
      from,
      // Some room where all are one number, whatever the unit.
      to: Math.max(...all, from + 1e-6 * (Math.abs(from) || 1)),
    };
  });
};

const fixedSigma = (sigma: number | readonly number[] | undefined, i: number): number | undefined =>
  typeof sigma === 'object' ? sigma[i] : sigma;
