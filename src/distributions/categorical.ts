import type { Marked, Target } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { softmax } from '../layers/activations.ts';
import { div, mul, sub } from '../layers/arithmetic.ts';
import { logSumExp, sumLast } from '../layers/reduce.ts';
import type { Shape } from '../shape/shape.ts';
import { given, refuse } from './arguments.ts';
import { classes, type CategoricalOptions, type Classes, type EndOption } from './classes.ts';

/**
 * Declares one of several classes, as a condition or a target: `categorical(10)`, or by name,
 * `categorical('cat', 'dog')`. Networks see it one-hot. A value is a class's name or number; if names are numbers,
 * `categorical('1', '2', '5')`, the number 2 is the class named `2`. A value may also be a blend, a `Float32Array` of
 * the classes' weights; a plain list is a batch of classes, even if it looks one-hot. For a target the decoder returns
 * a logit for each class, the mean is their softmax, and −log p(y) is logSumExp(l) − l_y. With `at` there is a class
 * for each element, such as each pixel of a segmentation, or each step of a sequence: one that decoders of `steps` write may
 * have an `end`, a class after which nothing follows. Names in a list are spread, `categorical(...NAMES)`, of which TypeScript
 * must know the length: `const NAMES = ['cat', 'dog'] as const`. Of names that only run time knows give the count; data may name them.
 *
 * @example
 * ```ts
 * import { categorical } from 'cvae-compile';
 *
 * console.log(categorical(10).shape); // [10]
 * console.log(categorical('cat', 'dog').classes); // ['cat', 'dog']
 * console.log(categorical(4, { at: [28, 28] }).parameters); // { logits: [28, 28, 4] }
 * console.log(categorical('a', 'b', 'stop', { at: [12], end: 'stop' }).shape); // [12, 3]
 * ```
 */
export function categorical<K extends number>(classes: K): Target<[K], Tensor<[K]>, number | ArrayLike<number>>;
export function categorical<K extends number, const A extends Shape = [], const M extends boolean | string = false>(
  classes: K,
  options: CategoricalOptions<A, M> & EndOption<number>,
): Target<[...A, K], Tensor<[...A, K]>, Classes<A, number>> & Marked<M>;
export function categorical<const N extends readonly [string, string, ...string[]]>(
  ...names: N
): Target<[N['length']], Tensor<[N['length']]>, N[number] | number | ArrayLike<number>>;
export function categorical<
  const N extends readonly [string, string, ...string[]],
  const A extends Shape = [],
  const M extends boolean | string = false,
>(
  ...args: readonly [...names: N, options: CategoricalOptions<A, M> & EndOption<NoInfer<N[number]>>]
): Target<[...A, N['length']], Tensor<[...A, N['length']]>, Classes<A, N[number] | number>> & Marked<M>;
export function categorical(...args: readonly unknown[]): Target<number[], Tensor<number[]>> {
  const members = classes('categorical', args);
  return {
    ...members,
    distribution: 'categorical',
    parameters: { logits: members.shape },
    mean: (p) => ({ y: softmax(given(p, 'logits')) }),
    nll: (p, y) => {
      const logits = given(p, 'logits');
      return sub(logSumExp(logits), sumLast(mul(y, logits)));
    },
    // Weights of several classes, normalised to add up to 1.
    blended: (logits, y) => sub(logSumExp(logits), div(sumLast(mul(y, logits)), sumLast(y))),
    refuse: refuse('softmax', 'categorical'),
  };
}
