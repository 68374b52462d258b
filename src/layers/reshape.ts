import { apply, type Tensor } from '../dsl/tensor.ts';
import { here } from '../dsl/trace.ts';
import { ShapeMismatch } from '../errors.ts';
import type { Op } from '../graph/op.ts';
import type { Product } from '../shape/arithmetic.ts';
import { same, show, size, type Shape, type ShapeError, type Show } from '../shape/shape.ts';

const op: Op<{ to: Shape }> = {
  name: 'reshape',
  shape: ([x], { to }) => {
    if (size(x) !== size(to))
      throw new ShapeMismatch(
        `expected as many elements as in ${show(x)}, ${size(x)}, got ${show(to)} with ${size(to)}; mend the shape`,
      );
    return to;
  },
  run: (tf, [x], { to }, _, { lead }) => tf.reshape(x, lead > 0 ? [-1, ...to] : [...to]),
  lower: (onnx, [x], { to }, _, { lead }) => onnx.Reshape(x, lead > 0 ? [-1, ...to] : to),
};

/** Where either size is known only at run time, it is checked there. */
type Elements<S extends Shape, T extends Shape> = number extends Product<S> | Product<T>
  ? Tensor<S>
  : Product<S> extends Product<T>
    ? Tensor<S>
    : ShapeError<`reshape: expected as many elements as in [${Show<S>}], ${Product<S>}, got [${Show<T>}] with ${Product<T>}; mend the shape`>;

/** The same elements, row by row, in another shape. */
export const reshape =
  <const T extends Shape>(...to: T) =>
  <S extends Shape>(x: Tensor<S> & Elements<S, T>): Tensor<[...T]> =>
    apply(op, [x], { to });

/** All elements along one axis. */
export const flatten = <S extends Shape>(x: Tensor<S>): Tensor<[Product<S>]> =>
  // The size is the product of the shape's dimensions, in the type as here.
  apply(op, [x], { to: [size(x.shape)] });

/**
 * Narrows dimensions that are known only at run time, with a check: `x.pipe(shaped(784))`.
 *
 * @throws ShapeMismatch where the shape is another.
 */
export const shaped =
  <const T extends Shape>(...to: T) =>
  (x: Tensor): Tensor<[...T]> => {
    if (!same(x.shape, to))
      throw new ShapeMismatch(`${here('shaped')}: expected ${show(to)}, got ${show(x.shape)}; mend one of them`);
    // Just checked.
    return x as Tensor as Tensor<[...T]>;
  };
