import type * as tfjs from '@tensorflow/tfjs-core';
import { layer, plain } from '../dsl/check-arguments.ts';
import { apply, type Tensor } from '../dsl/tensor.ts';
import { ShapeMismatch } from '../errors.ts';
import { ones, zeros } from '../graph/init.ts';
import { libraryOp, type Op, type OpContext, type Tf } from '../graph/op.ts';
import type { OnnxBuilder, Value } from '../onnx/builder.ts';
import type { Channels } from '../shape/axes.ts';
import type { Divides } from '../shape/require.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import { flag, scale, whole } from '../values/rules.ts';

// PyTorch's ε; Keras uses 1e-3.
const EPSILON = 1e-5;

/** Options of `groupNorm`: ε, 1e-5 by default, and whether each channel has a learned scale and shift (by default). */
export interface GroupNormOptions {
  readonly epsilon?: number;
  readonly affine?: boolean;
}

interface Attrs {
  /** As many as there are channels if it is absent. */
  readonly groups?: number;
  readonly epsilon: number;
  /** Absent if it is true. */
  readonly affine?: false;
}

/** The axes of a tensor as [examples, places, groups, channels of a group]. */
interface Parts {
  readonly places: number;
  readonly groups: number;
  readonly channels: number;
}

const partsOf = (x: Shape, given: number | undefined): Parts => {
  const all = x.at(-1);
  if (all === undefined) throw new ShapeMismatch(`expected at least one axis, got ${show(x)}; give it a vector`);
  const groups = given ?? all;
  if (all % groups !== 0)
    throw new ShapeMismatch(`expected channels that ${groups} groups divide, got ${all}; change one of them`);
  const parts = { places: size(x.slice(0, -1)), groups, channels: all / groups };
  if (parts.places * parts.channels === 1)
    throw new ShapeMismatch(
      `expected several elements in each group, got ${groups} in ${show(x)}; use fewer groups, or layerNorm`,
    );
  return parts;
};

// Statistics are computed for each channel over places, which is next to it in memory, and only these few numbers are averaged over the
// channels of a group and spread over them again: tensors of all places meet nothing but a number for each channel. Engines are many times
// slower at axes of two or four channels. A mean of large numbers is inexact, so that of the remainder counts too.

const normalised = (
  tf: Tf,
  x: tfjs.Tensor,
  { groups, epsilon }: Attrs,
  { shapes }: OpContext,
  { gamma, beta }: { readonly gamma?: tfjs.Tensor; readonly beta?: tfjs.Tensor } = {},
): tfjs.Tensor => {
  const parts = partsOf(shapes[0], groups);
  const all = parts.groups * parts.channels;
  const mean = (y: tfjs.Tensor): tfjs.Tensor => {
    const own = parts.places > 1 ? tf.mean(y, 1, true) : y;
    if (parts.channels === 1) return own;
    const group = tf.mean(tf.reshape(own, [-1, parts.groups, parts.channels]), 2, true);
    return tf.reshape(tf.tile(group, [1, 1, parts.channels]), [-1, 1, all]);
  };
  const apart = tf.reshape(x, [-1, parts.places, all]);
  const rest = tf.sub(apart, mean(apart));
  const own = mean(rest);
  const variance = tf.relu(tf.sub(mean(tf.square(rest)), tf.square(own)));
  const inverse = tf.rsqrt(tf.add(variance, epsilon));
  const scale = gamma ? tf.mul(inverse, gamma) : inverse;
  const shift = tf.neg(tf.mul(own, scale));
  return tf.reshape(tf.add(tf.mul(rest, scale), beta ? tf.add(shift, beta) : shift), x.shape);
};

const written = (
  onnx: OnnxBuilder,
  x: Value,
  { groups, epsilon }: Attrs,
  { shapes, lead }: OpContext,
  { gamma, beta }: { readonly gamma?: Value; readonly beta?: Value } = {},
): Value => {
  const parts = partsOf(shapes[0], groups);
  const all = parts.groups * parts.channels;
  const ones = onnx.constant(Array.from({ length: parts.channels }, () => 1));
  const mean = (y: Value): Value => {
    const own = parts.places > 1 ? onnx.ReduceMean(y, [1], { keepdims: 1 }) : y;
    if (parts.channels === 1) return own;
    const group = onnx.ReduceMean(onnx.Reshape(own, [-1, parts.groups, parts.channels]), [2], { keepdims: 1 });
    // OpenCV has no Expand.
    return onnx.Reshape(onnx.Mul(group, ones), [-1, 1, all]);
  };
  const apart = onnx.Reshape(x, [-1, parts.places, all]);
  const rest = onnx.Sub(apart, onnx.stopGradient(mean(apart)));
  const own = mean(rest);
  const variance = onnx.Relu(onnx.Sub(mean(onnx.Mul(rest, rest)), onnx.Mul(own, own)));
  const scale = onnx.Div(gamma ?? 1, onnx.Sqrt(onnx.Add(variance, epsilon)));
  const shift = onnx.Mul(own, scale);
  const normal = onnx.Mul(rest, scale);
  const moved = beta ? onnx.Add(normal, onnx.Sub(beta, shift)) : onnx.Sub(normal, shift);
  return onnx.Reshape(moved, lead > 0 ? [-1, ...shapes[0]] : shapes[0]);
};

const shape: Op<Attrs>['shape'] = ([x], { groups }) => {
  partsOf(x, groups);
  return x;
};

const plainly = (name: string): Op<Attrs> =>
  libraryOp({
    name,
    shape,
    run: (tf, [x], attrs, _, site) => normalised(tf, x, attrs, site),
    lower: (onnx, [x], attrs, _, site) => written(onnx, x, attrs, site),
  });

const scaled: Op<Attrs, 'gamma' | 'beta'> = libraryOp({
  name: 'groupNorm',
  shape,
  params: ([x]) => ({
    gamma: { shape: x.slice(-1), init: ones },
    beta: { shape: x.slice(-1), init: zeros },
  }),
  run: (tf, [x], attrs, { gamma, beta }, site) => normalised(tf, x, attrs, site, { gamma, beta }),
  lower: (onnx, [x], attrs, { gamma, beta }, site) => written(onnx, x, attrs, site, { gamma, beta }),
});

const [unscaled, each] = [plainly('groupNorm'), plainly('instanceNorm')];

/**
 * Group normalisation (Wu and He, 2018): γ·(x − mean)/√(variance + ε) + β, with the mean and the variance of each of
 * `groups` groups of channels over all steps or pixels of an example, and γ and β learned for each channel. Unlike
 * `batchNorm`, an example does not depend on the others. With `affine: false`, γ and β are left out: for a condition to
 * compute them, `add(mul(x.pipe(groupNorm(8, { affine: false })), scale), shift)`.
 *
 * @example
 * ```ts
 * import { constant, conv2d, groupNorm, relu } from 'cvae-compile';
 *
 * console.log(constant([28, 28, 1], 0).pipe(conv2d(32), groupNorm(8), relu).shape); // [28, 28, 32]
 * ```
 */
export const groupNorm = layer(
  'groupNorm',
  {
    args: [whole('of groups', 'give one that divides the channels')],
    options: { epsilon: scale('give a small number such as 1e-5'), affine: flag },
  },
  <G extends number>(groups: G, { epsilon = EPSILON, affine = true }: GroupNormOptions = {}) =>
    <S extends Shape>(
      x: Tensor<S> &
        Divides<
          Channels<S>,
          G,
          `groupNorm: expected channels that ${G} groups divide, got ${Channels<S>}; change one of them`
        >,
    ): Tensor<S> =>
      affine ? apply(scaled, [x], { groups, epsilon }) : apply(unscaled, [x], { groups, epsilon, affine: false }),
);

/**
 * Instance normalisation (Ulyanov, Vedaldi and Lempitsky, 2016): each channel of an example minus its mean over all
 * steps or pixels, divided by their standard deviation, √(variance + 1e-5). Nothing is learned, as in PyTorch by
 * default: `groupNorm(channels)` has a learned scale and shift, and `mul` and `add` give it those of a condition.
 *
 * @example
 * ```ts
 * import { constant, conv2d, instanceNorm } from 'cvae-compile';
 *
 * console.log(constant([28, 28, 1], 0).pipe(conv2d(32), instanceNorm).shape); // [28, 28, 32]
 * ```
 */
export const instanceNorm = plain('instanceNorm', <S extends Shape>(x: Tensor<S>): Tensor<S> =>
  apply(each, [x], { epsilon: EPSILON }),
);
