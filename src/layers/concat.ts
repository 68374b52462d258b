import { checkTensors, layer } from '../dsl/check-arguments.ts';
import { apply, type Tensor } from '../dsl/tensor.ts';
import { ShapeMismatch } from '../errors.ts';
import { libraryOp, type Op } from '../graph/op.ts';
import type { Sub } from '../shape/arithmetic.ts';
import type { ReachesLast } from '../shape/axes.ts';
import { same } from '../shape/same.ts';
import type { Concat, Shape, ShapeError, Show } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { wholeFrom0, whole } from '../values/rules.ts';
import { repeatedRows, repeatedRowsOnnx } from '../graph/rows.ts';

export const joined: Op = libraryOp({
  name: 'concat',
  rows: 'join',
  shape: ([first, ...rest]) => {
    if (first.length === 0)
      throw new ShapeMismatch(`expected at least one axis, got ${show(first)}; put reshape(1) before it`);
    return rest.reduce((a, b) => {
      if (!same(a.slice(0, -1), b.slice(0, -1)))
        throw new ShapeMismatch(
          `expected shapes equal before their last axis, got ${show(a)} and ${show(b)}; reshape or resize one of them`,
        );
      return [...a.slice(0, -1), (a.at(-1) ?? 0) + (b.at(-1) ?? 0)];
    }, first);
  },
  run: (tf, xs, _, __, site) => tf.concat([...repeatedRows(tf, xs, site)], -1),
  lower: (onnx, xs, _, __, site) => onnx.Concat(repeatedRowsOnnx(onnx, xs, site), { axis: -1 }),
});

export type Joined<A extends Shape, Rest extends readonly Shape[]> = Rest extends readonly [
  infer B extends Shape,
  ...infer R extends Shape[],
]
  ? [Concat<A, B>] extends [never]
    ? ShapeError<`concat: expected shapes equal before their last axis, got [${Show<A>}] and [${Show<B>}]; reshape or resize one of them`>
    : Joined<Concat<A, B>, R>
  : Rest extends readonly []
    ? Tensor<A>
    : [Concat<A, Rest[number]>] extends [never]
      ? ShapeError<`concat: expected shapes equal before their last axis, got [${Show<A>}] and [${Show<Rest[number]>}]; reshape or resize one of them`>
      : Tensor<Cut<A, number>>; // An array, whose length is known only at run time.

/**
 * Joins tensors along their last axis: vectors end to end, images channel on channel.
 *
 * @example
 * ```ts
 * import { concat, constant } from 'cvae-compile';
 *
 * console.log(concat(constant([20], 0), constant([10], 0)).shape); // [30]
 * console.log(concat(constant([28, 28, 1], 0), constant([28, 28, 3], 0)).shape); // [28, 28, 4]
 * ```
 */
export const concat = <A extends Shape, Rest extends Shape[]>(
  first: Tensor<A>,
  ...rest: { [K in keyof Rest]: Tensor<Rest[K]> }
): Joined<A, Rest> => {
  const others: readonly Tensor[] = rest;
  checkTensors('concat', [first]);
  // `joined.shape` has already thrown if `Joined` is an error, and otherwise computes the shape that it states.
  return apply(joined, [first, ...others], {}) as Tensor as Joined<A, Rest>;
};

export const part: Op<{ begin: number; end: number }> = libraryOp({
  name: 'slice',
  shape: ([x], { begin, end }) => {
    const last = x.at(-1) ?? 0;
    if (end <= begin || end > last)
      throw new ShapeMismatch(
        `expected 0 ≤ begin < end ≤ ${last}, the last axis of ${show(x)}, got ${begin} and ${end}; choose others`,
      );
    return [...x.slice(0, -1), end - begin];
  },
  run: (tf, [x], { begin, end }) => {
    const before = x.shape.slice(0, -1);
    return tf.slice(x, [...before.map(() => 0), begin], [...before, end - begin]);
  },
  lower: (onnx, [x], { begin, end }) => onnx.Slice(x, [begin], [end], [-1]),
});

export type Cut<S extends Shape, N extends number> = S extends readonly [...infer Lead extends number[], number]
  ? [...Lead, N]
  : Shape;

/**
 * Takes the elements from `begin` up to but not including `end` of the last axis.
 *
 * @example
 * ```ts
 * import { constant, slice } from 'cvae-compile';
 *
 * console.log(constant([28, 28, 4], 0).pipe(slice(1, 4)).shape); // [28, 28, 3]
 * ```
 */
export const slice = layer(
  'slice',
  { args: [wholeFrom0('give the first element, counted from 0'), whole('as end', 'give the element after the last')] },
  <B extends number, E extends number>(begin: B, end: E) =>
    <S extends Shape>(x: Tensor<S> & ReachesLast<S, E>): Tensor<Cut<S, Sub<E, B>>> =>
      apply(part, [x], { begin, end }),
);
