import type { Outputs } from 'cvae-compile/runtime';
import { DEVIATIONS, type DecodedElement } from '../../../src/distributions/data/deviations.ts';
import { distributionOf } from '../../../src/distributions/data/table.ts';
import { size as sizeOf } from '../../../src/shape/size.ts';
import type { TargetSignature } from '../../../src/signature.ts';
import { elementTexts } from '../../../src/values/element-names.ts';
import { classesOf } from '../condition/values.ts';

/** One element of y over all samples: what it is called, its values, and the range that shows them. */
export interface Strip {
  readonly name: string;
  readonly values: readonly number[];
  readonly mean: number;
  /** The standard deviation of y about its mean, if the likelihood has a simple one. */
  readonly deviation: number | undefined;
  readonly baseline: number | undefined;
  readonly truth: number | undefined;
  /** Of a class, the share of the samples that were drawn as it. */
  readonly share: number | undefined;
  readonly from: number;
  readonly to: number;
}

interface Shown {
  readonly mean: Outputs;
  readonly baseline?: Outputs | undefined;
  readonly samples?: Outputs | undefined;
  readonly truth?: readonly number[] | undefined;
}

/** A strip for each element of a target; those of probabilities are named by their class, and reach from 0 to 1. */
export const stripsOf = (
  called: string,
  target: TargetSignature,
  { mean, baseline, samples, truth }: Shown,
): readonly Strip[] => {
  const size = mean.data.length / (mean.shape[0] ?? 1);
  const rows = samples?.shape[0] ?? 0;
  // Draws of classes are indices, not probabilities: what is shown next to the mean is how many there are of each.
  const alike = samples && samples.data.length === rows * size;
  const discrete = distributionOf(target).values === 'classes';
  const classes = discrete ? (target.shape.at(-1) ?? 1) : 1;
  const names = discrete ? stripNames(called, target) : elementTexts(called, target);
  return Array.from({ length: size }, (_, i) => {
    const values = alike ? Array.from({ length: rows }, (_, row) => samples.data[row * size + i] ?? 0) : [];
    const middle = mean.data[i] ?? 0;
    const place = Math.floor(i / classes);
    const drawn = discrete && samples && !alike ? indicesAt(samples, place, size / classes) : undefined;
    const [low, high] = rangeOf(target, middle, i);
    const all = [...values, middle, low, high];
    const from = Math.min(...all);
    return {
      name: names[i] ?? `${i}`,
      values,
      mean: middle,
      deviation: DEVIATIONS[target.distribution]?.(target, at(mean, i), i),
      baseline: baseline?.data[i],
      truth: discrete ? (truth?.[place] === i % classes ? 1 : undefined) : truth?.[i],
      share: drawn && drawn.filter((index) => index === i % classes).length / drawn.length,
      from,
      // Some room where all are one number, whatever the unit.
      to: Math.max(...all, from + 1e-6 * (Math.abs(from) || 1)),
    };
  });
};

/** What files return for element i of y. */
const at = ({ data, ...more }: Outputs, i: number): DecodedElement => ({
  y: data[i] ?? 0,
  ...Object.fromEntries(
    Object.entries(more).flatMap(([name, one]) => (one instanceof Float32Array ? [[name, one[i]]] : [])),
  ),
});

/** The classes of each place of a target, by name. */
const stripNames = (called: string, target: TargetSignature): readonly string[] => {
  const places = sizeOf(target.dataShape);
  const classes = classesOf(target);
  if (target.dataShape.length === 0) return classes;
  return Array.from({ length: places }, (_, place) => classes.map((name) => `${called} ${place + 1}: ${name}`)).flat();
};

const indicesAt = ({ data }: Outputs, place: number, places: number): readonly number[] =>
  Array.from({ length: data.length / places }, (_, row) => data[row * places + place] ?? 0);

/** The range that a strip shows at least: all that y can be, or three deviations of the data about their mean. */
const rangeOf = (target: TargetSignature, middle: number, i: number): readonly [number, number] => {
  const { values, range } = distributionOf(target);
  if (range) return range;
  if (values === 'unit' || values === 'classes') return [0, 1];
  const { mean, deviation } = target.scaling ?? {};
  if (values === 'counts' || values === 'positive') return [0, middle];
  const reach = 3 * (deviation?.[i] ?? 0);
  return [(mean?.[i] ?? middle) - reach, (mean?.[i] ?? middle) + reach];
};
