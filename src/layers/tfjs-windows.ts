import type * as tfjs from '@tensorflow/tfjs-core';
import type { Tf } from '../graph/op.ts';
import { size } from '../shape/size.ts';
import { grown, grownPads, shrunkPads, type Axis, type Padding, type Pads } from './window.ts';

// TensorFlow.js has a function for each rank, with one padding for all axes, and no gradient of what is dilated. Here is what ops of
// any rank make of them. Images are [N, …sides, channels], of as many sides as there are axes: the ops' `shape` has made sure.

/** A convolution of an image by a kernel [...sides, channels, filters]. */
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

/** A transposed convolution of an image: each of its elements adds a kernel [...sides, filters, channels], times what it is. */
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
    // As tf.conv1d does it: of a picture one pixel high.
    const [flat, row] = [tf.expandDims(x, 1) as tfjs.Tensor4D, tf.expandDims(kernel, 0) as tfjs.Tensor4D];
    return tf.squeeze(tf.conv2dTranspose(flat, row, [n, 1, a, filters], [1, s], padding), [1]);
  }
  // tf.conv3dTranspose has no gradient. The image with zeros between its elements, convolved by the kernel the other way round:
  const far = axes.map(({ reach }) => reach - 1);
  const spread = tf.pad(spaced(tf, x, stridesOf(axes), 1), around({ before: far, after: far }));
  const turned = tf.transpose(tf.reverse(kernel, [0, 1, 2]), [0, 1, 2, 4, 3]);
  return convolve(tf, spread, turned, [], 'valid');
};

/** An image without what pads take away, and with zeros at the end. */
const fitted = (tf: Tf, x: tfjs.Tensor, { before, after, added }: ReturnType<typeof grownPads>): tfjs.Tensor => {
  const [n = 0, channels = 0] = [x.shape[0], x.shape.at(-1)];
  const sides = x.shape.slice(1, -1).map((side, i) => side - (before[i] ?? 0) - (after[i] ?? 0));
  const cut = tf.slice(x, [0, ...before, 0], [n, ...sides, channels]);
  return added.some((count) => count > 0) ? tf.pad(cut, around({ before: added.map(() => 0), after: added })) : cut;
};

/** The largest of each window of an image. */
export const largest = (tf: Tf, x: tfjs.Tensor, axes: readonly Axis[]): tfjs.Tensor => {
  const [framed, padding] = withPads(tf, x, axes, LOWEST);
  return pool(tf, 'max', framed, axes, padding);
};

/** Float32's lowest number, which is the largest of no window that holds another. */
const LOWEST = -3.4028234663852886e38;

/**
 * The mean of each window: with zeros for padding, put right by the number of elements that are none, as TensorFlow.js in plain
 * JavaScript has no right gradient of its own for windows that are not full.
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

/** How many elements of an image each window has along one axis, before which so many are padding. */
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
  // In each plane, then across planes: in plain JavaScript tf.maxPool3d is wrong where sides differ.
  const [n = 0, planes = 0, ...plane] = x.shape;
  const within = flat(tf.reshape(x, [n * planes, ...plane]), [l, m], [t, u]);
  const [, h = 0, w = 0, channels = 0] = within.shape;
  const across = flat(tf.reshape(within, [n, planes, h * w, channels]), [k, 1], [s, 1]);
  return tf.reshape(across, [n, -1, h, w, channels]);
};

const stridesOf = (axes: readonly Axis[]): readonly number[] => axes.map(({ stride }) => stride);

/** The padding of all axes, if it is one. */
const onlyPadding = ([first, ...others]: readonly Axis[]): Padding | undefined =>
  others.every(({ padding }) => padding === first?.padding) ? first?.padding : undefined;

/** An image, and how TensorFlow.js is to pad it: not at all where it was padded here, with this value. */
const withPads = (tf: Tf, x: tfjs.Tensor, axes: readonly Axis[], value: number): readonly [tfjs.Tensor, Padding] => {
  const padding = onlyPadding(axes);
  // Of a volume whose stride is longer than the kernel, TensorFlow.js in plain JavaScript takes `same` for less than no padding.
  if (padding === 'valid' || (padding && axes.length < 3)) return [x, padding];
  return [tf.pad(x, around(shrunkPads(x.shape.slice(1, -1), axes)), value), 'valid'];
};

/** Pads of an image's sides as `tf.pad` takes them. */
const around = ({ before, after }: Pads): [number, number][] => [
  [0, 0],
  ...before.map((count, i): [number, number] => [count, after[i] ?? 0]),
  [0, 0],
];

/** A kernel with zeros where a dilated window has gaps. */
const dilated = (tf: Tf, kernel: tfjs.Tensor, axes: readonly Axis[]): tfjs.Tensor =>
  spaced(
    tf,
    kernel,
    axes.map(({ dilation }) => dilation),
    0,
  );

/** Elements so far apart along each of some axes, counted from `first`, with zeros between. */
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
    // There is none after the last.
    const reach = (length - 1) * step + 1;
    const line = tf.slice(tf.reshape(apart, [before, length * step, after]), [0, 0, 0], [before, reach, after]);
    return tf.reshape(line, [...y.shape.slice(0, axis), reach, ...y.shape.slice(axis + 1)]);
  }, x);
