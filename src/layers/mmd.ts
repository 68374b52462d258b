import type * as tfjs from '@tensorflow/tfjs-core';
import { apply, describe, isTensor, type Tensor } from '../dsl/tensor.ts';
import { upcoming } from '../dsl/trace.ts';
import { InvalidModel, ShapeMismatch } from '../errors.ts';
import { libraryOp, type Op, type Tf } from '../graph/op.ts';
import type { OnnxBuilder, Value } from '../onnx/builder.ts';
import { same } from '../shape/same.ts';
import { show } from '../shape/show.ts';

/** Widths of the kernel, as multiples of the squared distance that two draws of N(0, I) have on average. */
const WIDTHS = [0.1, 0.2, 0.5, 1, 2, 5, 10];

/** The widths for vectors of this length: two draws of N(0, I) are 2·length apart, squared. */
const widthsOf = (length: number): readonly number[] => WIDTHS.map((width) => 2 * length * width);

const op: Op = libraryOp({
  name: 'mmd',
  // All pairs count, those of a vector with itself too: repeating every row changes nothing.
  rows: 'mean',
  shape: ([a, b = []]) => {
    if (a.length !== 1 || !same(a, b))
      throw new ShapeMismatch(
        `expected two vectors of one length, got ${show(a)} and ${show(b)}; flatten or reshape them`,
      );
    return [];
  },
  lead: () => 0,
  run: (tf, [a, b = a], _, __, { shapes: [[length = 1]] }) => {
    const [x, y] = [tf.reshape(a, [-1, length]), tf.reshape(b, [-1, length])];
    const likeness = (one: tfjs.Tensor, other: tfjs.Tensor) => runLikeness(tf, one, other, length);
    return tf.sub(tf.add(likeness(x, x), likeness(y, y)), tf.mul(likeness(x, y), 2));
  },
  lower: (onnx, [a, b = a], _, __, { shapes: [[length = 1]] }) => {
    const [x, y] = [onnx.Reshape(a, [-1, length]), onnx.Reshape(b, [-1, length])];
    const likeness = (one: Value, other: Value) => lowerLikeness(onnx, one, other, length);
    return onnx.Sub(onnx.Add(likeness(x, x), likeness(y, y)), onnx.Mul(likeness(x, y), 2));
  },
});

/** The mean of the kernel over all pairs of rows, by their differences: squares of rows that are alike would cancel. */
const runLikeness = (tf: Tf, a: tfjs.Tensor, b: tfjs.Tensor, length: number): tfjs.Tensor => {
  const distance = tf.sum(tf.square(tf.sub(tf.expandDims(a, 1), tf.expandDims(b, 0))), 2);
  const kernels = widthsOf(length).map((width) => tf.div(width, tf.add(distance, width)));
  return tf.mean(tf.addN(kernels));
};

const lowerLikeness = (onnx: OnnxBuilder, a: Value, b: Value, length: number): Value => {
  const difference = onnx.Sub(onnx.Unsqueeze(a, [1]), onnx.Unsqueeze(b, [0]));
  const distance = onnx.ReduceSum(onnx.Mul(difference, difference), [2], { keepdims: 0 });
  const kernels = widthsOf(length).map((width) => onnx.Div(width, onnx.Add(distance, width)));
  const total = kernels.reduce((sum, kernel) => onnx.Add(sum, kernel));
  return onnx.ReduceMean(total, [0, 1], { keepdims: 0 });
};

/**
 * The squared maximum mean discrepancy between the rows of two batches of vectors, which is 0 if both have the same
 * rows, and small if both are drawn from one distribution: mean k(a, a′) + mean k(b, b′) − 2·mean k(a, b), each over
 * all pairs of rows, with the kernel Σ_c c / (c + ‖a − b‖²) at seven widths c around 2·length, the mean squared
 * distance of two draws of N(0, I) (Gretton and others, 2012; the kernel is that of Tolstikhin and others, 2018). One
 * number for the batch, for objectives that compare rows; it has no unit, and is at most 14. Its cost and its memory grow
 * with the square of the batch.
 *
 * @throws ShapeMismatch for tensors that are not vectors of one length.
 *
 * @example
 * ```ts
 * import { constant, mmd } from 'cvae-compile';
 *
 * console.log(mmd(constant([8], 0), constant([8], 1)).shape); // []
 * ```
 */
export const mmd = <L extends number>(a: Tensor<[L]>, b: Tensor<NoInfer<[L]>>): Tensor<[]> => {
  const given: readonly unknown[] = [a, b];
  const wrong = given.findIndex((x) => !isTensor(x));
  if (wrong !== -1)
    throw new InvalidModel(
      `${upcoming('mmd')}: expected two tensors, got ${describe(given[wrong])}; give what layers give`,
    );
  return apply(op, [a, b], {});
};
