import { unboundedIn } from '../values/finite.ts';
import type { Weights } from '../weights/weights.ts';
import type { OptimiserState } from './engine.ts';
import type { Optimiser } from './optimiser.ts';

/**
 * Finds a value that is no longer finite after an epoch whose losses all are: in a parameter, or in the optimiser's state for
 * one. The square of a gradient above 1.8e19 is infinite in float32; Adam divides by its root, so that such a parameter would
 * silently never change again.
 */
export const unbounded = (weights: Weights, state: OptimiserState): Unbounded | undefined => {
  for (const [of, arrays] of [...Object.entries(state), [undefined, weights] as const]) {
    const found = firstIn(arrays);
    if (found) return { ...found, ...(of !== undefined && { of }) };
  }
  return undefined;
};

/** A non-finite value of a parameter, or of the optimiser's state `of` that parameter. */
interface Unbounded {
  readonly name: string;
  readonly value: number;
  readonly of?: string;
}

const firstIn = (arrays: Weights): Pick<Unbounded, 'name' | 'value'> | undefined => {
  for (const [name, { data }] of arrays) {
    const value = unboundedIn(data);
    if (value !== undefined) return { name, value };
  }
  return undefined;
};

/** Formats the finding as a sentence without its location: `expected what, got what; do this`. */
export const unboundedSentence = (
  { name, value, of }: Unbounded,
  when: string,
  { name: optimiser, clipNorm }: Optimiser,
  rate: number,
): string => {
  const what = of === undefined ? name : `${of} of ${name}, which ${optimiser} remembers`;
  const why =
    of === 'squares'
      ? ', as float32 does not hold the square of a gradient above 1.8e19, and the parameter would stay as it is'
      : '';
  const clip = clipNorm === undefined ? `clip gradients with clipped(${optimiser}(), 1), ` : '';
  return `expected finite ${what}, got ${value} ${when}${why}; ${clip}lower the learning rate, now ${rate}, or look for extreme values in the data`;
};
