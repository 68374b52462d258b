import { constant } from '../dsl/leaves.ts';
import type { Tensors } from '../dsl/network.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { InvalidModel, ShapeMismatch } from '../errors.ts';
import type { Counts } from '../shape/require.ts';
import type { Shape, Show } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import { concat, slice } from './concat.ts';
import { matMul } from './mat-mul.ts';
import { reshape } from './reshape.ts';

/** The number of steps of a target, or of several by name. */
export type CountOf<T> = T extends { readonly shape: infer S extends Shape }
  ? S[0] & number
  : T[keyof T] extends { readonly shape: infer S extends Shape }
    ? S[0] & number
    : number;

/** An error unless series have as many steps as the target. */
export type Timed<T, I> =
  I extends Tensor<infer S>
    ? Counts<
        CountOf<T>,
        S[0] & number,
        `steps: expected inputs whose first axis are the ${CountOf<T>} steps, got [${Show<S>}]; give it ${CountOf<T>} steps`
      >
    : { readonly [K in keyof I]: Timed<T, I[K]> };

/** The state that says which step it is: 1 at its place, and 0 elsewhere. Files have it next to those of the definition. */
export const CURRENT = 'state_current_step';

/** What the first step is given of the state that says which one it is. */
export const firstStep = (count: number): Tensor => constant([count], [1, ...Array<number>(count - 1).fill(0)]);

/** Returns the state of the step after this one. */
export const stepAfter = (current: Tensor): Tensor => {
  const { shape } = current;
  const [count = 0] = shape;
  return concat(constant([1], 0), slice(0, count - 1)(current));
};

/**
 * Returns what series have at the current step. It is a product with the state that says which one it is, and not a slice that
 * whoever repeats the step would have to take, so that it is the same in training and in all files.
 */
export const atStep = (series: Tensors, current: Tensor): Tensors =>
  Object.fromEntries(
    Object.entries(series).map(([name, x]) => {
      const [count = 0, ...rest] = x.shape;
      // A matrix stays what it is, so that a condition is taken by its own name.
      const rows = rest.length === 1 ? x : x.pipe(reshape(count, size(rest)));
      const row = matMul(current.pipe(reshape(1, count)), rows as Tensor<[number, number]>);
      return [name, row.pipe(reshape(...rest))];
    }),
  );

/** Checks that series have as many steps, and something at each; and that no state has the name of the one that they need. */
export const checkSeries = (where: string, series: Tensors, count: number, states: Tensors): void => {
  if (Object.keys(series).length > 0 && Object.hasOwn(states, CURRENT))
    throw new InvalidModel(
      `${where}, state: expected names other than current_step, which says which inputs a step is given, got it; rename it`,
    );
  for (const [name, { shape }] of Object.entries(series))
    if (shape[0] !== count || shape.length < 2)
      throw new ShapeMismatch(
        `${where}, ${name}: expected an axis of the ${count} steps, then what each step has, got ${show(shape)}; ${shape[0] === count ? `give it an axis of 1, as by reshape(${count}, 1)` : `give it ${count} steps, as by expand(${count}) where all are given the same`}`,
      );
};
