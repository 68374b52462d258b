import { checkTensors } from '../dsl/check-arguments.ts';
import { apply, type Tensor } from '../dsl/tensor.ts';
import { ShapeMismatch } from '../errors.ts';
import { libraryOp, each, type Op } from '../graph/op.ts';
import type { Alike, Axis, HasAxis, Joins, Total, WithAxis } from '../shape/axes.ts';
import { same } from '../shape/same.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { checkAxis, checkAxisArgument } from './axes.ts';
import { repeatedRows, repeatedRowsOnnx } from '../graph/rows.ts';

export const stacked: Op = libraryOp({
  name: 'stack',
  shape: ([first, ...rest]) => {
    for (const x of rest)
      if (!same(first, x))
        throw new ShapeMismatch(
          `expected tensors of one shape, got ${show(first)} and ${show(x)}; reshape or resize one of them`,
        );
    return [1 + rest.length, ...first];
  },
  run: (tf, xs, _, __, site) => tf.stack([...repeatedRows(tf, xs, site)], site.lead > 0 ? 1 : 0),
  lower: (onnx, xs, _, __, site) => {
    const axis = site.lead > 0 ? 1 : 0;
    const each1 = each(repeatedRowsOnnx(onnx, xs, site), (x) => onnx.Unsqueeze(x, [axis]));
    return onnx.Concat(each1, { axis });
  },
});

/**
 * Arranges tensors of one shape along a new first axis: steps become a sequence.
 *
 * @throws InvalidModel if one is not a tensor; ShapeMismatch if their shapes differ.
 *
 * @example
 * ```ts
 * import { constant, stack } from 'cvae-compile';
 *
 * console.log(stack(constant([30], 0), constant([30], 1)).shape); // [2, 30]
 * ```
 */
export const stack = <S extends Shape, R extends Shape[]>(
  first: Tensor<S>,
  ...rest: { [K in keyof R]: Tensor<R[K]> & Alike<S, R[K]> }
): Tensor<[[0, ...R]['length'] & number, ...S]> => {
  const others: readonly Tensor[] = rest;
  checkTensors('stack', [first, ...others]);
  return apply(stacked, [first, ...others], {});
};

const joined: Op<{ axis: number }> = libraryOp({
  name: 'concatAt',
  shape: ([first, ...rest], { axis }) => {
    checkAxis(first, axis);
    return rest.reduce((a, b) => {
      if (!same(a.toSpliced(axis, 1), b.toSpliced(axis, 1)))
        throw new ShapeMismatch(
          `expected shapes equal but for axis ${axis}, got ${show(a)} and ${show(b)}; reshape or resize one of them`,
        );
      return a.with(axis, (a[axis] ?? 0) + (b[axis] ?? 0));
    }, first);
  },
  run: (tf, xs, { axis }, _, site) => tf.concat([...repeatedRows(tf, xs, site)], site.lead > 0 ? axis + 1 : axis),
  lower: (onnx, xs, { axis }, _, site) =>
    onnx.Concat(repeatedRowsOnnx(onnx, xs, site), { axis: site.lead > 0 ? axis + 1 : axis }),
});

/**
 * Joins tensors along an axis, counted from 0 without the batch axis: `concatAt(0)(a, b)` puts sequence b behind
 * sequence a. `concat` joins along the last axis.
 *
 * @throws InvalidModel if one is not a tensor; ShapeMismatch if they differ on another axis.
 *
 * @example
 * ```ts
 * import { concatAt, constant } from 'cvae-compile';
 *
 * console.log(concatAt(0)(constant([1, 256], 0), constant([60, 256], 0)).shape); // [61, 256]
 * ```
 */
export const concatAt =
  <A extends number>(axis: A) =>
  <S extends Shape, R extends Shape[]>(
    first: Tensor<S> & HasAxis<S, A, 'concatAt'>,
    ...rest: { [K in keyof R]: Tensor<R[K]> & Joins<S, A, R[K]> }
  ): Tensor<WithAxis<S, A, Total<R, A, Axis<S, A>>>> => {
    const others: readonly Tensor[] = rest;
    checkAxisArgument('concatAt', axis);
    checkTensors('concatAt', [first, ...others]);
    return apply(joined, [first, ...others], { axis });
  };
