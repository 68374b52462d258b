import { apply, type Tensor } from '../dsl/tensor.ts';
import { ShapeMismatch } from '../errors.ts';
import { libraryOp, type Op } from '../graph/op.ts';
import { forEachRow, repeatedRows } from '../graph/rows.ts';
import { same } from '../shape/same.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';

const op: Op = libraryOp({
  name: 'like',
  shape: ([x, to = x]) => {
    if (!same(x, to))
      throw new ShapeMismatch(
        `expected two tensors of one shape, got ${show(x)} and ${show(to)}; reshape or resize one of them`,
      );
    return x;
  },
  run: (tf, [x, to = x], _, __, { leads: [lead] }) => (lead > 0 ? tf.clone(x) : tf.add(x, tf.zerosLike(to))),
  lower: (onnx, [x, to = x], _, __, { leads: [lead] }) =>
    lead > 0 ? onnx.Identity(x) : onnx.Expand(x, onnx.Shape(to)),
});

/**
 * Repeats x for each example of `to`, so that a constant, such as a fixed log-variance, has the batch axis of a file's
 * outputs.
 */
export const broadcastLike = <S extends Shape>(x: Tensor<S>, to: Tensor): Tensor<S> => apply(op, [x, to], {});

const rows: Op = libraryOp({
  name: 'likeRows',
  shape: ([x]) => x,
  run: (tf, [x, to = x], _, __, site) => (site.leads[0] > 0 ? tf.clone(x) : repeatedRows(tf, [x, to], site)[0]),
  lower: (onnx, [x, to = x], _, __, { leads: [lead], shape }) =>
    lead > 0 ? onnx.Identity(x) : forEachRow(onnx, x, shape, to),
});

/** Like `like`, for x of any shape. */
export const likeRows = <S extends Shape>(x: Tensor<S>, to: Tensor): Tensor<S> => apply(rows, [x, to], {});
