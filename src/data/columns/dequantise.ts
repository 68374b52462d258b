import { stream, uniforms, type Key } from '../../random.ts';
import type { Examples, Transform } from '../dataset.ts';
import { FORM } from './form.ts';

/** The tables of a column that say how its values are spread, row by row, one for each element. */
export interface Spread {
  readonly form: Float32Array;
  readonly edges: Float32Array;
  /** Values that stay as they are, and for each whether it is there; the first number of a row of `present` is not about a value. */
  readonly masses?: Float32Array;
  readonly present?: Float32Array;
}

/**
 * Returns examples whose values of these columns are spread over all numbers that round to them when a batch is made, uniformly and
 * anew in each epoch: a density then learns no spikes (uniform dequantisation: Theis, van den Oord and Bethge, ICLR 2016). Masses stay.
 */
export const dequantised = (examples: Examples, columns: Readonly<Record<string, Spread>>): Examples => {
  const spreads = Object.entries(columns).map(([name, spread]) => [name, spreading(spread)] as const);
  if (spreads.length === 0) return examples;
  // The streams of an epoch, which take longer to make than the noise of an example.
  let [at, keys] = ['', new Map<string, Key>()];
  const keyOf = (seed: number, epoch: number, name: string): Key => {
    if (at !== `${seed} ${epoch}`) [at, keys] = [`${seed} ${epoch}`, new Map()];
    const key = keys.get(name) ?? stream(seed, 'dequantise', name, epoch);
    keys.set(name, key);
    return key;
  };
  const transform: Transform = (example, { seed, epoch, index }) => {
    for (const [name, spread] of spreads) {
      const values = example[name];
      if (values) spread(values, uniforms(keyOf(seed, epoch, name), 1, values.length, index));
    }
  };
  return { ...examples, transforms: [...(examples.transforms ?? []), transform] };
};

const [POWER, JITTER] = [FORM.length, FORM.indexOf('jitter')];

const spreading = ({ form, edges, masses, present }: Spread) => {
  const elements = form.length / POWER;
  const width = edges.length / elements;
  const slots = (masses?.length ?? 0) / elements;
  const isMass = (value: number, j: number): boolean => {
    for (let k = 0; k < slots; k++)
      if (masses?.[j * slots + k] === value && present?.[j * (slots + 1) + k + 1] === 1) return true;
    return false;
  };
  return (values: Float32Array, noise: Float32Array): void => {
    for (const [j, value] of values.entries()) {
      const jitter = form[j * POWER + JITTER] ?? 0;
      if (jitter === 0 || isMass(value, j)) continue;
      const own = edges.subarray(j * width, (j + 1) * width);
      const [from, to] = jitter > 0 ? [value - jitter, value + jitter] : cellOf(own, value);
      const spread = from + (noise[j] ?? 0) * (to - from);
      // Beyond the outer edges, where only other data than those learned from may lie, a value stays.
      if (value >= (own[0] ?? value) && value <= (own.at(-1) ?? value)) values[j] = spread;
    }
  };
};

/** Returns the edges around a value. */
const cellOf = (edges: Float32Array, value: number): readonly [number, number] => {
  let [low, high] = [0, edges.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) <= value) low = middle;
    else high = middle;
  }
  return [edges[low] ?? value, edges[high] ?? value];
};
