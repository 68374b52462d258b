import { layer, plain } from '../dsl/check-arguments.ts';
import { apply, type Tensor } from '../dsl/tensor.ts';
import { here } from '../dsl/trace.ts';
import { ShapeMismatch } from '../errors.ts';
import { libraryOp, type Op } from '../graph/op.ts';
import type { Product } from '../shape/arithmetic.ts';
import { same } from '../shape/same.ts';
import type { Shape, ShapeError, Show } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import { dimensions } from '../values/rules.ts';

export const reshaped: Op<{ to: Shape }> = libraryOp({
  name: 'reshape',
  shape: ([x], { to }) => {
    if (size(x) !== size(to))
      throw new ShapeMismatch(
        `expected as many elements as in ${show(x)}, ${size(x)}, got ${show(to)} with ${size(to)}; choose a shape with the same number of elements`,
      );
    return to;
  },
  run: (tf, [x], { to }, _, { lead }) => tf.reshape(x, lead > 0 ? [-1, ...to] : [...to]),
  lower: (onnx, [x], { to }, _, { lead }) => onnx.Reshape(x, lead > 0 ? [-1, ...to] : to),
});

/** `[0]` if two sizes are known and differ; a size known only at run time is checked there. */
type Unequal<A extends number, B extends number> = number extends A | B ? [] : A extends B ? [] : [0];

/**
 * An error if the sizes of two shapes differ, but not if that depends on a type parameter: TypeScript replaces the
 * parameter by a wildcard to ask whether the length may be 1, and the length of a spread wildcard is `number`. So a
 * user's generic block compiles, and is checked where it is called, or at run time.
 */
export type Elements<S extends Shape, T extends Shape> = [...Unequal<Product<S>, Product<T>>]['length'] extends 1
  ? ShapeError<`reshape: expected as many elements as in [${Show<S>}], ${Product<S>}, got [${Show<T>}] with ${Product<T>}; choose a shape with the same number of elements`>
  : unknown;

/**
 * Arranges the same elements, in row-major order, in another shape.
 *
 * @example
 * ```ts
 * import { constant, reshape } from 'cvae-compile';
 *
 * console.log(constant([3136], 0).pipe(reshape(7, 7, 64)).shape); // [7, 7, 64]
 * ```
 */
export const reshape = layer(
  'reshape',
  { rest: dimensions },
  <const T extends Shape>(...to: T) =>
    <S extends Shape>(x: Tensor<S> & Elements<S, T>): Tensor<[...T]> =>
      apply(reshaped, [x], { to }),
);

/**
 * Arranges all elements along one axis.
 *
 * @example
 * ```ts
 * import { constant, flatten } from 'cvae-compile';
 *
 * console.log(flatten(constant([28, 28, 1], 0)).shape); // [784]
 * ```
 */
export const flatten = plain('flatten', <S extends Shape>(x: Tensor<S>): Tensor<[Product<S>]> =>
  // The size is the product of the shape's dimensions, both in the type and here.
  apply(reshaped, [x], { to: [size(x.shape)] }),
);

/**
 * Asserts dimensions that are known only at run time, with a check: `x.pipe(shaped(784))`.
 *
 * @throws ShapeMismatch if the shape differs.
 */
export const shaped = layer(
  'shaped',
  { rest: dimensions },
  <const T extends Shape>(...to: T) =>
    (x: Tensor): Tensor<[...T]> => {
      if (!same(x.shape, to))
        throw new ShapeMismatch(`${here('shaped')}: expected ${show(to)}, got ${show(x.shape)}; correct one of them`);
      // Just checked.
      return x as Tensor as Tensor<[...T]>;
    },
);
