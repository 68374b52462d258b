import type { DescribedTarget } from '../distribution-data.ts';

/** Returns the value of element j, the e-th of its place, of component `at` of all rows, from uniform noise. */
export type ComponentValue = (at: number, j: number, noise: number) => number;

/**
 * Draws a row of a mixture: at each place the noise of the first element chooses the component, and what is left of that
 * noise is the element's own.
 */
export const drawComponents = (
  { shape, per = 'element', settings }: DescribedTarget,
  weights: Float32Array,
  value: ComponentValue,
): ((row: number, noise: Float32Array, y: Float32Array) => void) => {
  const components = settings?.['components'] ?? 1;
  return (row, noise, y) => {
    const event = per === 'element' ? 1 : per === 'place' ? (shape.at(-1) ?? 1) : y.length;
    const places = y.length / event;
    for (let place = 0; place < places; place++) {
      const from = (row * places + place) * components;
      const [k, left] = choose(weights.subarray(from, from + components), noise[place * event] ?? 0);
      for (let e = 0; e < event; e++) {
        const j = place * event + e;
        y[j] = value((from + k) * event + e, j, e === 0 ? left : (noise[j] ?? 0));
      }
    }
  };
};

/** Returns the class whose share of [0, 1) contains u, and where in that share it lies, from 0 to 1. */
const choose = (shares: Float32Array, u: number): readonly [number, number] => {
  const last = shares.findLastIndex((share) => share > 0);
  let sum = 0;
  for (const [k, share] of shares.entries()) {
    if (u < sum + share || k === last) return [k, Math.min((u - sum) / share, 1 - 2 ** -24)];
    sum += share;
  }
  return [0, u];
};
