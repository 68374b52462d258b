import type * as tfjs from '@tensorflow/tfjs-core';
import { plain } from '../dsl/check-arguments.ts';
import { buffer, constant, parameter } from '../dsl/leaves.ts';
import { apply, modal, named, type Tensor } from '../dsl/tensor.ts';
import { block, upcoming } from '../dsl/trace.ts';
import { ShapeMismatch } from '../errors.ts';
import { ones, zeros } from '../graph/init.ts';
import { libraryOp, type Op } from '../graph/op.ts';
import type { Value } from '../onnx/builder.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { add, mul, sub } from './arithmetic.ts';
import { square } from './activations.ts';
import { channelMean } from './reduce.ts';
import { ofExamples } from './lead.ts';
import { channelsFirst, channelsLast } from './window.ts';

// PyTorch's ε, used for both layers; Keras uses 1e-3.
const EPSILON = 1e-5;

const channels = (x: Shape): number => {
  const last = x.at(-1);
  if (last === undefined) throw new ShapeMismatch(`expected at least one axis, got ${show(x)}; give it a vector`);
  return last;
};

const perExample: Op<object, 'gamma' | 'beta'> = libraryOp({
  name: 'layerNorm',
  shape: ([x]) => {
    channels(x);
    return x;
  },
  params: ([x]) => ({
    gamma: { shape: [channels(x)], init: ones },
    beta: { shape: [channels(x)], init: zeros },
  }),
  run: (tf, [x], _, { gamma, beta }) => {
    // The mean of large numbers is inexact; the mean of the remainder is subtracted too, as below.
    const rest = tf.sub(x, tf.mean(x, -1, true));
    const centred = tf.sub(rest, tf.mean(rest, -1, true));
    const variance = tf.mean(tf.square(centred), -1, true);
    return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, EPSILON))), gamma), beta);
  },
  lower: (onnx, [x], _, { gamma, beta }) => {
    // Some engines lose precision if x has a large mean; subtracting it first avoids that. No gradient is taken of this
    // mean.
    const mean = onnx.stopGradient(onnx.ReduceMean(x, [-1], { keepdims: 1 }));
    return onnx.LayerNormalization(onnx.Sub(x, mean), gamma, beta, { axis: -1, epsilon: EPSILON });
  },
});

/**
 * Layer normalisation (Ba, Kiros and Hinton, 2016) over the last axis: γ·(x − mean)/√(variance + 1e-5) + β.
 *
 * @example
 * ```ts
 * import { constant, dense, layerNorm, relu } from 'cvae-compile';
 *
 * console.log(constant([784], 0).pipe(dense(200), layerNorm, relu).shape); // [200]
 * ```
 */
export const layerNorm = plain('layerNorm', <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(perExample, [x], {}));

const fourOf = ([gamma, beta, mean, variance]: readonly Value[]) => {
  if (!gamma || !beta || !mean || !variance) throw new Error('batchNorm: expected four parameters');
  return { gamma, beta, mean, variance };
};

const normalisation = (lower: Op['lower']): Op =>
  libraryOp({
    name: 'batchNorm',
    lead: ofExamples,
    shape: ([x]) => {
      channels(x);
      return x;
    },
    run: (tf, [x, gamma, beta, mean, variance], _, __, { shape: { length } }) => {
      // TensorFlow.js normalises matrices and images only.
      const flat = length === 1 || length === 3 ? x : tf.reshape(x, [-1, x.shape.at(-1) ?? 0]);
      const y = tf.batchNorm(
        flat,
        mean as tfjs.Tensor1D,
        variance as tfjs.Tensor1D,
        beta as tfjs.Tensor1D,
        gamma as tfjs.Tensor1D,
        EPSILON,
      );
      return tf.reshape(y, x.shape);
    },
    lower,
  });

const running = normalisation((onnx, [x, ...parameters], _, __, { shape }) => {
  const { gamma, beta, mean, variance } = fourOf(parameters);
  const normalize = (value: Value) => onnx.BatchNormalization(value, gamma, beta, mean, variance, { epsilon: EPSILON });
  if (shape.length === 1) return normalize(x);
  // ONNX has the channels on axis 1.
  const sides = shape.length - 1;
  return onnx.Transpose(normalize(onnx.Transpose(x, channelsFirst(sides))), channelsLast(sides));
});

/** The same for training, of x minus the batch's mean: rows of channels as they are, whose gradients need no other order either. */
const ofBatch = normalisation((onnx, [x, ...parameters], _, __, { shape }) => {
  const { gamma, beta, variance } = fourOf(parameters);
  const rows = shape.length > 1 ? onnx.Reshape(x, [-1, shape.at(-1) ?? 1]) : x;
  const scale = onnx.Div(gamma, onnx.Sqrt(onnx.Add(variance, EPSILON)));
  const normal = onnx.Add(onnx.Mul(rows, scale), beta);
  return shape.length > 1 ? onnx.Reshape(normal, [-1, ...shape]) : normal;
});

/** The mean of the updates from several computations of one network. */
const merged: Op = libraryOp({
  name: 'mean of computations',
  shape: ([x]) => x,
  run: (tf, xs) => tf.div(tf.addN([...xs]), xs.length),
  lower: (onnx, [first, ...others]) =>
    onnx.Div(
      others.reduce((all, x) => onnx.Add(all, x), first),
      others.length + 1,
    ),
});

// The share of a running statistic that remains after each batch: PyTorch's 0.1 is 1 minus this; Keras uses 0.99.
const MOMENTUM = 0.9;

/**
 * Batch normalisation (Ioffe and Szegedy, 2015) of each channel: γ·(x − mean)/√(variance + 1e-5) + β. Training uses the
 * batch's statistics; inference uses their running means, which export folds into a neighbouring layer. A training step
 * updates the running means once: if it computes the network several times, towards the mean of all these computations.
 *
 * @example
 * ```ts
 * import { constant, batchNorm, conv2d, relu } from 'cvae-compile';
 *
 * console.log(constant([28, 28, 1], 0).pipe(conv2d(32), batchNorm, relu).shape); // [28, 28, 32]
 * ```
 */
export const batchNorm = plain('batchNorm', <S extends Shape>(x: Tensor<S>): Tensor<S> => {
  const shape = [named(upcoming('batchNorm'), () => channels(x.shape))];
  return block('batchNorm', (layer) => {
    const gamma: Tensor = parameter('gamma', shape, ones, layer);
    const beta: Tensor = parameter('beta', shape, zeros, layer);
    const mean: Tensor = buffer('mean', shape, zeros, layer);
    const variance: Tensor = buffer('variance', shape, ones, layer);

    // Of a type parameter's last axes TypeScript knows nothing.
    const values: Tensor = x;
    const infer = apply<object, S>(running, [x, gamma, beta, mean, variance], {});
    const batch = channelMean(x);
    // Subtracts the mean first: engines that compute x·s + (β − mean·s) would lose precision if x and the mean are
    // large.
    const centred = sub(values, batch);
    const spread = channelMean(square(centred));
    const train = apply<object, S>(ofBatch, [centred, gamma, beta, constant(shape, 0), spread], {});
    const moved = (from: Tensor, to: Tensor) => add(mul(from, MOMENTUM), mul(to, 1 - MOMENTUM));
    return modal(train, infer, [
      { param: mean, value: moved(mean, batch), merge: merged },
      { param: variance, value: moved(variance, spread), merge: merged },
    ]);
  });
});
