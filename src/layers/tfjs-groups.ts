import type * as tfjs from '@tensorflow/tfjs-core';
import type { Tf } from '../graph/op.ts';
import { convolved, dilated, painted, withPads } from './tfjs-windows.ts';
import type { Axis } from './window.ts';

// TensorFlow.js has no convolution in groups of channels but the depthwise one of pictures, with one stride for both
// sides. Other groups are computed one after the other.

/**
 * Convolves each group of an image's channels with its part of a kernel [...sides, channels of a group, filters]; the
 * filters of a group are contiguous.
 */
export const convolvedInGroups = (
  tf: Tf,
  x: tfjs.Tensor,
  kernel: tfjs.Tensor,
  axes: readonly Axis[],
  groups: number,
): tfjs.Tensor => {
  if (groups === 1) return convolved(tf, x, kernel, axes);
  const alike = axes.every(({ stride }) => stride === axes[0]?.stride);
  if (groups === x.shape.at(-1) && axes.length < 3 && alike) return depthwise(tf, x, kernel, axes);
  return oneByOne(tf, x, kernel, groups, (part, own) => convolved(tf, part, own, axes));
};

/** The same for a transposed convolution, with a kernel [...sides, filters of a group, channels]. */
export const paintedInGroups = (
  tf: Tf,
  x: tfjs.Tensor,
  kernel: tfjs.Tensor,
  axes: readonly Axis[],
  groups: number,
): tfjs.Tensor =>
  groups === 1
    ? painted(tf, x, kernel, axes)
    : oneByOne(tf, x, kernel, groups, (part, own) => painted(tf, part, own, axes));

const oneByOne = (
  tf: Tf,
  x: tfjs.Tensor,
  kernel: tfjs.Tensor,
  groups: number,
  compute: (part: tfjs.Tensor, own: tfjs.Tensor) => tfjs.Tensor,
): tfjs.Tensor => {
  const kernels = tf.split(kernel, groups, -1);
  const parts = tf.split(x, groups, -1);
  return tf.concat(
    kernels.map((own, i) => compute(parts[i] ?? x, own)),
    -1,
  );
};

const depthwise = (tf: Tf, x: tfjs.Tensor, kernel: tfjs.Tensor, axes: readonly Axis[]): tfjs.Tensor => {
  const [framed, padding] = withPads(tf, x, axes, 0);
  const whole = dilated(tf, kernel, axes);
  const [channels = 1, filters = 0] = [x.shape.at(-1), kernel.shape.at(-1)];
  const each = tf.reshape(whole, [...whole.shape.slice(0, -2), channels, filters / channels]);
  const stride = axes[0]?.stride ?? 1;
  const flat = (image: tfjs.Tensor, own: tfjs.Tensor): tfjs.Tensor =>
    tf.depthwiseConv2d(image as tfjs.Tensor4D, own as tfjs.Tensor4D, stride, padding);
  // A series is a picture one pixel high.
  return axes.length === 1
    ? tf.squeeze(flat(tf.expandDims(framed, 1), tf.expandDims(each, 0)), [1])
    : flat(framed, each);
};
