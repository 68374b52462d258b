import type { Marked, Target } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { exp, softplus } from '../layers/activations.ts';
import { add, mul, sub } from '../layers/arithmetic.ts';
import { linearMap } from '../layers/linear-map.ts';
import { sumLast } from '../layers/reduce.ts';
import type { Sub } from '../shape/arithmetic.ts';
import type { Shape } from '../shape/shape.ts';
import { accept, given } from './arguments.ts';
import { classes, type CategoricalOptions, type Classes } from './classes.ts';

/** What a decoder gives: a score, and one cutpoint less than there are classes. */
interface Scored<A extends Shape, C extends number> {
  readonly score: Tensor<[...A, 1]>;
  readonly cutpoints: Tensor<[...A, C]>;
}

/**
 * Declares one of several classes in an order, such as grades: `ordinal(5)`, or by name from the lowest to the highest.
 * The decoder returns a `score` s and `cutpoints`, of which there is one less than classes: the first is c₁ itself, and
 * each of the others is how far c rises, before softplus. Class k or a lower one has the probability σ(c_k − s)
 * (cumulative logits, the proportional-odds model of McCullagh 1980 if the cutpoints are a `parameter` that all examples
 * share). Networks see y one-hot; the mean is the probabilities of all classes.
 *
 * @example
 * ```ts
 * import { ordinal } from 'cvae-compile';
 *
 * console.log(ordinal(5).parameters); // { score: [1], cutpoints: [4] }
 * console.log(ordinal('low', 'middle', 'high').classes); // ['low', 'middle', 'high']
 * ```
 */
export function ordinal<K extends number>(classes: K): Target<[K], Scored<[], Sub<K, 1>>, number | ArrayLike<number>>;
export function ordinal<K extends number, const A extends Shape = [], const M extends boolean | string = false>(
  classes: K,
  options: CategoricalOptions<A, M>,
): Target<[...A, K], Scored<A, Sub<K, 1>>, Classes<A, number>> & Marked<M>;
export function ordinal<const N extends readonly [string, string, ...string[]]>(
  ...names: N
): Target<[N['length']], Scored<[], Sub<N['length'], 1>>, N[number] | number | ArrayLike<number>>;
export function ordinal<
  const N extends readonly [string, string, ...string[]],
  const A extends Shape = [],
  const M extends boolean | string = false,
>(
  ...args: readonly [...names: N, options: CategoricalOptions<A, M>]
): Target<[...A, N['length']], Scored<A, Sub<N['length'], 1>>, Classes<A, N[number] | number>> & Marked<M>;
export function ordinal(...args: readonly unknown[]): Target<number[], Scored<Shape, number>> {
  const members = classes('ordinal', args);
  const { dataShape: at } = members;
  const count = members.shape.at(-1) ?? 0;
  return {
    ...members,
    distribution: 'ordinal',
    parameters: { score: [...at, 1], cutpoints: [...at, count - 1] },
    mean: (p) => ({ y: exp(mul(surprises(given(p, 'score'), given(p, 'cutpoints'), count), -1)) }),
    nll: (p, y) => sumLast(mul(y, surprises(given(p, 'score'), given(p, 'cutpoints'), count))),
    refuse: accept,
  };
}

/**
 * Returns −log p of each class. Of a class between two cutpoints p is σ(b) − σ(a) = σ(b)·σ(−a)·(1 − e^(a − b)), where b − a
 * is softplus(r) of the cutpoint's rise r, so that the last factor is σ(r): no difference is left that could vanish.
 */
const surprises = (score: Tensor, cutpoints: Tensor, count: number): Tensor => {
  const cuts = count - 1;
  const start = linearMap(
    cutpoints,
    matrix(cuts, cuts, (i) => i === 0),
  );
  const risen = linearMap(
    softplus(cutpoints),
    matrix(cuts, cuts, (i, k) => i > 0 && i <= k),
  );
  const above = sub(
    add(start, risen),
    linearMap(
      score,
      matrix(1, cuts, () => true),
    ),
  );
  const notAbove = linearMap(
    softplus(mul(above, -1)),
    matrix(cuts, count, (i, k) => i === k),
  );
  const notBelow = linearMap(
    softplus(above),
    matrix(cuts, count, (i, k) => i + 1 === k),
  );
  const between = linearMap(
    softplus(mul(cutpoints, -1)),
    matrix(cuts, count, (i, k) => i > 0 && i === k),
  );
  return add(add(notAbove, notBelow), between);
};

/** Returns a matrix of zeros and ones. */
const matrix = (rows: number, columns: number, isOne: (row: number, column: number) => boolean): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, k) => (isOne(i, k) ? 1 : 0)));
