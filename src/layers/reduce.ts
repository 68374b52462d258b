import { plain } from '../dsl/check-arguments.ts';
import { apply, type Tensor } from '../dsl/tensor.ts';
import { ShapeMismatch } from '../errors.ts';
import { libraryOp, type Op, type OpContext } from '../graph/op.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { ofExamples } from './lead.ts';

/** Returns the last `count` axes, counted from the end, so that axes before them do not matter. */
const last = (count: number): number[] => Array.from({ length: count }, (_, i) => i - count);

const total: Op<{ axes: number }> = libraryOp({
  name: 'sum',
  shape: ([x], { axes }) => {
    if (x.length < axes) throw new ShapeMismatch(`expected at least one axis, got ${show(x)}; give it a vector`);
    return x.slice(0, x.length - axes);
  },
  run: (tf, [x], { axes }) => tf.sum(x, last(axes)),
  lower: (onnx, [x], { axes }) => onnx.ReduceSum(x, last(axes), { keepdims: 0 }),
});

/**
 * Sums all elements of an example: one number for each.
 *
 * @example
 * ```ts
 * import { constant, sum } from 'cvae-compile';
 *
 * console.log(sum(constant([28, 28, 1], 0)).shape); // []
 * ```
 */
export const sum = plain('sum', <S extends Shape>(x: Tensor<S>): Tensor<[]> =>
  // A scalar is its own sum, and there is no axis to sum over.
  x.shape.length === 0 ? (x as Tensor as Tensor<[]>) : apply(total, [x], { axes: x.shape.length }),
);

/** All axes but the last. */
type Lead<S extends Shape> = S extends readonly [...infer L extends number[], number] ? L : Shape;

/** Sums over the last axis. */
export const sumLast = plain('sumLast', <S extends Shape>(x: Tensor<S>): Tensor<Lead<S>> =>
  apply(total, [x], { axes: 1 }),
);

const softMaximum: Op = libraryOp({
  name: 'logSumExp',
  shape: ([x]) => {
    if (x.length === 0) throw new ShapeMismatch(`expected at least one axis, got ${show(x)}; give it a vector`);
    return x.slice(0, -1);
  },
  run: (tf, [x]) => tf.logSumExp(x, -1),
  lower: (onnx, [x]) => onnx.ReduceLogSumExp(x, [-1], { keepdims: 0 }),
});

/** ln Σᵢ e^xᵢ over the last axis, without overflow. */
export const logSumExp = plain('logSumExp', <S extends Shape>(x: Tensor<S>): Tensor<Lead<S>> =>
  apply(softMaximum, [x], {}),
);

const mean: Op = libraryOp({
  name: 'batchMean',
  rows: 'mean',
  shape: ([x]) => x,
  lead: () => 0,
  run: (tf, [x], _, __, { leads: [lead] }) => (lead > 0 ? tf.mean(x, 0) : tf.clone(x)),
  lower: (onnx, [x], _, __, { leads: [lead] }) =>
    lead > 0 ? onnx.ReduceMean(x, [0], { keepdims: 0 }) : onnx.Identity(x),
});

/** The mean over the batch, as for a loss. Its result has no batch axis. */
export const batchMean = plain('batchMean', <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(mean, [x], {}));

/** Returns all axes but the last, including the batch axis in front. */
const allButLast = ({ shapes: [shape] }: OpContext): number[] => shape.map((_, axis) => axis);

const channels: Op = libraryOp({
  name: 'channelMean',
  rows: 'mean',
  shape: ([x]) => x.slice(-1),
  lead: (leads) => {
    ofExamples(leads);
    return 0;
  },
  run: (tf, [x], _, __, site) => tf.mean(x, allButLast(site)),
  // As rows of channels: the sum over all pixels at once is slower in onnxruntime, and wrong in OpenCV 5.0.
  lower: (onnx, [x], _, __, { shapes: [shape] }) =>
    onnx.ReduceMean(shape.length > 1 ? onnx.Reshape(x, [-1, shape.at(-1) ?? 1]) : x, [0], { keepdims: 0 }),
});

/** The mean of each channel over the batch and all other axes, without a batch axis: a batch's statistics. */
export const channelMean = (x: Tensor): Tensor => apply(channels, [x], {});
