import type * as tfjs from '@tensorflow/tfjs-core';
import type { Tf } from '../graph/op.ts';
import { size } from '../shape/size.ts';
import { grown, grownPads, shrunkPads, type Axis, type Padding, type Pads } from './window.ts';

// TensorFlow.js has a separate function for each rank, with one padding for all axes, and no gradient of dilated
// windows. This file builds ops of any rank on them. Images are [N, …sides, channels], with as many sides as there are
// axes: the ops' `shape` has ensured that.

/** Convolves an image with a kernel [...sides, channels, filters]. */
export const convolved = (tf: Tf, x: tfjs.Tensor, kernel: tfjs.Tensor, axes: readonly Axis[]): tfjs.Tensor => {
  const [framed, padding] = withPads(tf, x, axes, 0);
  return convolve(tf, framed, dilated(tf, kernel, axes), stridesOf(axes), padding);
};

const convolve = (
  tf: Tf,
  x: tfjs.Tensor,
  kernel: tfjs.Tensor,
  [a = 1, b = 1, c = 1]: readonly number[],
  padding: Padding,
): tfjs.Tensor => {
  if (x.rank === 3) return tf.conv1d(x as tfjs.Tensor3D, kernel as tfjs.Tensor3D, a, padding);
  if (x.rank === 4) return tf.conv2d(x as tfjs.Tensor4D, kernel as tfjs.Tensor4D, [a, b], padding);
  return tf.conv3d(x as tfjs.Tensor5D, kernel as tfjs.Tensor5D, [a, b, c], padding);
};

/**
 * Computes a transposed convolution of an image: each element adds a kernel [...sides, filters, channels], multiplied
 * by its value.
 */
export const painted = (tf: Tf, x: tfjs.Tensor, kernel: tfjs.Tensor, axes: readonly Axis[]): tfjs.Tensor => {
  const sides = x.shape.slice(1, -1);
  const whole = dilated(tf, kernel, axes);
  const padding = onlyPadding(axes);
  if (padding !== undefined && axes.length < 3) return paint(tf, x, whole, axes, grown(sides, axes), padding);
  const valid = axes.map((axis) => ({ ...axis, padding: 'valid' as const }));
  return fitted(tf, paint(tf, x, whole, axes, grown(sides, valid), 'valid'), grownPads(axes));
};

const paint = (
  tf: Tf,
  x: tfjs.Tensor,
  kernel: tfjs.Tensor,
  axes: readonly Axis[],
  sides: readonly number[],
  padding: Padding,
): tfjs.Tensor => {
  const [n = 0, filters = 0] = [x.shape[0], kernel.shape.at(-2)];
  const [[a = 0, b = 0], [s = 1, t = 1]] = [sides, stridesOf(axes)];
  if (x.rank === 4)
    return tf.conv2dTranspose(x as tfjs.Tensor4D, kernel as tfjs.Tensor4D, [n, a, b, filters], [s, t], padding);
  if (x.rank === 3) {
    // As tf.conv1d does: as a picture one pixel high.
    const [flat, row] = [tf.expandDims(x, 1) as tfjs.Tensor4D, tf.expandDims(kernel, 0) as tfjs.Tensor4D];
    return tf.squeeze(tf.conv2dTranspose(flat, row, [n, 1, a, filters], [1, s], padding), [1]);
  }
  // tf.conv3dTranspose has no gradient. Instead the image, with zeros between its elements, is convolved with the
  // reversed kernel:
  const far = axes.map(({ reach }) => reach - 1);
  const spread = tf.pad(spaced(tf, x, stridesOf(axes), 1), around({ before: far, after: far }));
  const turned = tf.transpose(tf.reverse(kernel, [0, 1, 2]), [0, 1, 2, 4, 3]);
  return convolve(tf, spread, turned, [], 'valid');
};

/** Crops an image by these pads, and appends zeros at the end. */
const fitted = (tf: Tf, x: tfjs.Tensor, { before, after, added }: ReturnType<typeof grownPads>): tfjs.Tensor => {
  const [n = 0, channels = 0] = [x.shape[0], x.shape.at(-1)];
  const sides = x.shape.slice(1, -1).map((side, i) => side - (before[i] ?? 0) - (after[i] ?? 0));
  const cut = tf.slice(x, [0, ...before, 0], [n, ...sides, channels]);
  return added.some((count) => count > 0) ? tf.pad(cut, around({ before: added.map(() => 0), after: added })) : cut;
};

/** Computes the maximum of each window of an image. */
export const largest = (tf: Tf, x: tfjs.Tensor, axes: readonly Axis[]): tfjs.Tensor => {
  const [framed, padding] = withPads(tf, x, axes, LOWEST);
  return pool(tf, 'max', framed, axes, padding);
};

/** Float32's lowest number, which is never the maximum of a window that holds another. */
const LOWEST = -3.4028234663852886e38;

/**
 * Computes the mean of each window with zeros for padding, corrected by the number of elements that are not padding,
 * since the gradient of TensorFlow.js in plain JavaScript is wrong for windows that are not full.
 */
export const meanWithin = (tf: Tf, x: tfjs.Tensor, axes: readonly Axis[]): tfjs.Tensor => {
  const sides = x.shape.slice(1, -1);
  const pads = shrunkPads(sides, axes);
  if ([...pads.before, ...pads.after].every((count) => count === 0)) return pool(tf, 'avg', x, axes, 'valid');
  const means = pool(tf, 'avg', tf.pad(x, around(pads)), axes, 'valid');
  const places = means.shape.slice(1, -1);
  const counts = axes.map((axis, i) => inWindows(axis, sides[i] ?? 0, places[i] ?? 0, pads.before[i] ?? 0));
  const products = counts.reduce<readonly number[]>((all, own) => all.flatMap((a) => own.map((b) => a * b)), [1]);
  const whole = size(axes.map(({ kernel }) => kernel));
  const shares = products.map((count) => whole / count);
  return tf.mul(means, tf.tensor(shares, [1, ...places, 1]));
};

/**
 * Returns the number of image elements in each window along one axis that has `before` elements of padding in front.
 */
const inWindows = ({ kernel, stride }: Axis, side: number, windows: number, before: number): number[] =>
  Array.from({ length: windows }, (_, i) => {
    const from = i * stride - before;
    return Math.min(from + kernel, side) - Math.max(from, 0);
  });

const pool = (tf: Tf, of: 'max' | 'avg', x: tfjs.Tensor, axes: readonly Axis[], padding: Padding): tfjs.Tensor => {
  const [k = 1, l = 1, m = 1] = axes.map(({ kernel }) => kernel);
  const [s = 1, t = 1, u = 1] = stridesOf(axes);
  const flat = (image: tfjs.Tensor, sides: [number, number], strides: [number, number]): tfjs.Tensor =>
    tf[`${of}Pool`](image as tfjs.Tensor4D, sides, strides, padding);
  if (x.rank === 3) return tf.squeeze(flat(tf.expandDims(x, 1), [1, k], [1, s]), [1]);
  if (x.rank === 4) return flat(x, [k, l], [s, t]);
  // In each plane, then across planes: in plain JavaScript tf.maxPool3d is wrong if sides differ.
  const [n = 0, planes = 0, ...plane] = x.shape;
  const within = flat(tf.reshape(x, [n * planes, ...plane]), [l, m], [t, u]);
  const [, h = 0, w = 0, channels = 0] = within.shape;
  const across = flat(tf.reshape(within, [n, planes, h * w, channels]), [k, 1], [s, 1]);
  return tf.reshape(across, [n, -1, h, w, channels]);
};

const stridesOf = (axes: readonly Axis[]): readonly number[] => axes.map(({ stride }) => stride);

/** Returns the padding of all axes if it is the same; otherwise undefined. */
const onlyPadding = ([first, ...others]: readonly Axis[]): Padding | undefined =>
  others.every(({ padding }) => padding === first?.padding) ? first?.padding : undefined;

/** Returns an image and the padding that TensorFlow.js must apply: none if it was padded here, with this value. */
export const withPads = (
  tf: Tf,
  x: tfjs.Tensor,
  axes: readonly Axis[],
  value: number,
): readonly [tfjs.Tensor, Padding] => {
  const padding = onlyPadding(axes);
  // If a volume's stride is longer than its kernel, TensorFlow.js in plain JavaScript pads by a negative number for
  // `same`.
  if (padding === 'valid' || (padding && axes.length < 3)) return [x, padding];
  return [tf.pad(x, around(shrunkPads(x.shape.slice(1, -1), axes)), value), 'valid'];
};

/** Returns pads of an image's sides in the form that `tf.pad` takes. */
const around = ({ before, after }: Pads): [number, number][] => [
  [0, 0],
  ...before.map((count, i): [number, number] => [count, after[i] ?? 0]),
  [0, 0],
];

/** Returns a kernel with zeros in the gaps of a dilated window. */
export const dilated = (tf: Tf, kernel: tfjs.Tensor, axes: readonly Axis[]): tfjs.Tensor =>
  spaced(
    tf,
    kernel,
    axes.map(({ dilation }) => dilation),
    0,
  );

/** Spaces elements by these steps along each of some axes, counted from `first`, with zeros between. */
const spaced = (tf: Tf, x: tfjs.Tensor, steps: readonly number[], first: number): tfjs.Tensor =>
  steps.reduce((y, step, i) => {
    if (step === 1) return y;
    const axis = first + i;
    const [before, length, after] = [size(y.shape.slice(0, axis)), y.shape[axis] ?? 0, size(y.shape.slice(axis + 1))];
    const apart = tf.pad(tf.reshape(y, [before, length, 1, after]), [
      [0, 0],
      [0, 0],
      [0, step - 1],
      [0, 0],
    ]);
    // No zeros follow the last element.
    const reach = (length - 1) * step + 1;
    const line = tf.slice(tf.reshape(apart, [before, length * step, after]), [0, 0, 0], [before, reach, after]);
    return tf.reshape(line, [...y.shape.slice(0, axis), reach, ...y.shape.slice(axis + 1)]);
  }, x);
