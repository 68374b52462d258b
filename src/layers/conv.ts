import { layer } from '../dsl/check-arguments.ts';
import { apply, type Tensor } from '../dsl/tensor.ts';
import { ShapeMismatch } from '../errors.ts';
import { glorot, zeros } from '../graph/init.ts';
import { libraryOp, type Op, type Param } from '../graph/op.ts';
import type { Divides } from '../shape/require.ts';
import { size } from '../shape/size.ts';
import { whole } from '../values/rules.ts';
import { ofExamples } from './lead.ts';
import { convolvedInGroups, paintedInGroups } from './tfjs-groups.ts';
import type { Across, Down, Fitting, Grown, Pair, Shrunk } from './window-shape.ts';
import {
  axesOf,
  channelsFirst,
  channelsLast,
  grown,
  grownPads,
  imageOf,
  kernelFirst,
  kernelRules,
  shrunk,
  shrunkPads,
  windowAttributes,
  type Axis,
  type Padding,
  type Rank,
  type Window,
} from './window.ts';

interface Attrs extends Window {
  readonly filters: number;
  /** The number of groups of channels; 1 by default. */
  readonly groups?: number;
}

/**
 * Options of a convolution. An image's `kernel`, `stride` and `dilation` are one number for both sides or [height,
 * width]. The kernel, of 3 elements a side by default, moves in steps of `stride`, and its elements are `dilation`
 * apart. The padding `same` keeps the size (divided by the stride, rounded up), `valid` does not pad. With `groups`,
 * each group of filters sees its own group of channels: `groups: channels` is a depthwise convolution.
 */
export interface ConvOptions<
  K extends Pair,
  S extends Pair,
  D extends Pair,
  P extends Padding,
  G extends number = number,
> {
  readonly kernel?: K;
  readonly stride?: S;
  readonly dilation?: D;
  readonly padding?: P;
  readonly groups?: G;
}

/**
 * Returns TensorFlow's kernel [...sides, …channels] and a bias; the number of inputs and outputs per element determines
 * the initial values.
 */
const weights = (axes: readonly Axis[], takes: number, gives: number, channels: readonly number[], filters: number) => {
  const sides = axes.map(({ kernel }) => kernel);
  const kernel: Param = { shape: [...sides, ...channels], init: glorot(size(sides) * takes, size(sides) * gives) };
  return { kernel, bias: { shape: [filters], init: zeros } };
};

/** Returns the channels and the filters of a group. @throws ShapeMismatch unless the groups divide both. */
const groupOf = (channels: number, filters: number, groups: number): readonly [channels: number, filters: number] => {
  for (const [what, count] of [
    ['channels', channels],
    ['filters', filters],
  ] as const)
    if (count % groups !== 0)
      throw new ShapeMismatch(`expected ${what} that ${groups} groups divide, got ${count}; change one of them`);
  return [channels / groups, filters / groups];
};

const inGroups = ({ groups = 1 }: Attrs) => groups > 1 && { group: groups };

/** A convolution over `rank` spatial axes: `filters` features of each neighbourhood. */
export const convolution = (rank: Rank): Op<Attrs, 'kernel' | 'bias'> =>
  libraryOp({
    name: `conv${rank}d`,
    lead: ofExamples,

    shape: ([x], attrs) => {
      const { sides, channels } = imageOf(rank, x);
      groupOf(channels, attrs.filters, attrs.groups ?? 1);
      return [...shrunk(rank, sides, axesOf(rank, attrs)), attrs.filters];
    },

    params: ([x], attrs) => {
      const { filters, groups = 1 } = attrs;
      const [takes, gives] = groupOf(imageOf(rank, x).channels, filters, groups);
      return weights(axesOf(rank, attrs), takes, gives, [takes, filters], filters);
    },

    run: (tf, [x], attrs, { kernel, bias }) =>
      tf.add(convolvedInGroups(tf, x, kernel, axesOf(rank, attrs), attrs.groups ?? 1), bias),

    lower: (onnx, [x], attrs, { kernel, bias }, { shapes }) => {
      const axes = axesOf(rank, attrs);
      const attributes = {
        ...windowAttributes(axes, shrunkPads(imageOf(rank, shapes[0]).sides, axes)),
        ...inGroups(attrs),
      };
      const own = onnx.Transpose(kernel, kernelFirst(rank));
      return onnx.Transpose(
        onnx.Conv(onnx.Transpose(x, channelsFirst(rank)), own, bias, attributes),
        channelsLast(rank),
      );
    },
  });

/** A transposed convolution over `rank` spatial axes: each element adds to a neighbourhood of `filters` features. */
export const transposedConvolution = (rank: Rank): Op<Attrs, 'kernel' | 'bias'> =>
  libraryOp({
    name: `convTranspose${rank}d`,
    lead: ofExamples,

    shape: ([x], attrs) => {
      const { sides, channels } = imageOf(rank, x);
      groupOf(channels, attrs.filters, attrs.groups ?? 1);
      return [...grown(sides, axesOf(rank, attrs)), attrs.filters];
    },

    params: ([x], attrs) => {
      const { filters, groups = 1 } = attrs;
      const { channels } = imageOf(rank, x);
      const [takes, gives] = groupOf(channels, filters, groups);
      return weights(axesOf(rank, attrs), takes, gives, [gives, channels], filters);
    },

    run: (tf, [x], attrs, { kernel, bias }) =>
      tf.add(paintedInGroups(tf, x, kernel, axesOf(rank, attrs), attrs.groups ?? 1), bias),

    lower: (onnx, [x], attrs, { kernel, bias }) => {
      const axes = axesOf(rank, attrs);
      const { added, ...pads } = grownPads(axes);
      const attributes = {
        ...windowAttributes(axes, pads),
        ...inGroups(attrs),
        ...(added.some((count) => count > 0) && { output_padding: added }),
      };
      const own = onnx.Transpose(kernel, kernelFirst(rank));
      return onnx.Transpose(
        onnx.ConvTranspose(onnx.Transpose(x, channelsFirst(rank)), own, bias, attributes),
        channelsLast(rank),
      );
    },
  });

const [conv1, conv2] = [convolution(1), convolution(2)];
const [transposed1, transposed2] = [transposedConvolution(1), transposedConvolution(2)];

// What is not said is not in the attributes either, so that the fingerprint of a model does not change by new options.
const attrsOf = (
  filters: number,
  { kernel = 3, stride = 1, padding = 'same', dilation, groups }: ConvOptions<Pair, Pair, Pair, Padding>,
): Attrs => ({
  filters,
  kernel,
  stride,
  padding,
  ...(dilation !== undefined && { dilation }),
  ...(groups !== undefined && { groups }),
});

const callOf = (rank: Rank) => ({
  args: [whole('of filters', 'give how many features it computes')],
  options: kernelRules(rank),
});

/** An error unless the groups divide the channels and the filters. */
type Grouped<C extends number, F extends number, G extends number, Name extends string> = Divides<
  C,
  G,
  `${Name}: expected channels that ${G} groups divide, got ${C}; change one of them`
> &
  Divides<F, G, `${Name}: expected filters that ${G} groups divide, got ${F}; change one of them`>;

/**
 * A convolution of a series: `filters` features of each `kernel` steps. `stride: 2` halves the length.
 *
 * @example
 * ```ts
 * import { constant, conv1d } from 'cvae-compile';
 *
 * const x = constant([120, 8], 0); // 120 steps of 8 channels
 * console.log(x.pipe(conv1d(16, { kernel: 5, dilation: 4 })).shape); // [120, 16]
 * console.log(x.pipe(conv1d(8, { groups: 8, stride: 3 })).shape); // [40, 8]
 * ```
 */
export const conv1d = layer(
  'conv1d',
  callOf(1),
  <
    F extends number,
    K extends number = 3,
    S extends number = 1,
    D extends number = 1,
    P extends Padding = 'same',
    G extends number = 1,
  >(
    filters: F,
    options: ConvOptions<K, S, D, P, G> = {},
  ) =>
    <L extends number, C extends number>(
      x: Tensor<[L, C]> & Grouped<C, F, G, 'conv1d'> & Fitting<L, K, D, P, 'conv1d', 'steps'>,
    ): Tensor<[Shrunk<L, K, S, D, P>, F]> =>
      apply(conv1, [x], attrsOf(filters, options)),
);

/**
 * A convolution: `filters` features of each `kernel` × `kernel` neighbourhood. `stride: 2` halves the image.
 *
 * @example
 * ```ts
 * import { constant, conv2d } from 'cvae-compile';
 *
 * const x = constant([28, 28, 1], 0); // an image, as in a network's body
 * console.log(x.pipe(conv2d(32)).shape); // [28, 28, 32]
 * console.log(x.pipe(conv2d(32, { kernel: [5, 1], stride: [2, 1] })).shape); // [14, 28, 32]
 * ```
 */
export const conv2d = layer(
  'conv2d',
  callOf(2),
  <
    F extends number,
    const K extends Pair = 3,
    const S extends Pair = 1,
    const D extends Pair = 1,
    P extends Padding = 'same',
    G extends number = 1,
  >(
    filters: F,
    options: ConvOptions<K, S, D, P, G> = {},
  ) =>
    <H extends number, W extends number, C extends number>(
      x: Tensor<[H, W, C]> &
        Grouped<C, F, G, 'conv2d'> &
        Fitting<H, Down<K>, Down<D>, P, 'conv2d', 'pixels a side'> &
        Fitting<W, Across<K>, Across<D>, P, 'conv2d', 'pixels a side'>,
    ): Tensor<[Shrunk<H, Down<K>, Down<S>, Down<D>, P>, Shrunk<W, Across<K>, Across<S>, Across<D>, P>, F]> =>
      apply(conv2, [x], attrsOf(filters, options)),
);

/**
 * A transposed convolution of a series, the reverse of `conv1d`: each step adds to `kernel` steps. `stride: 2` doubles
 * the length.
 */
export const convTranspose1d = layer(
  'convTranspose1d',
  callOf(1),
  <
    F extends number,
    K extends number = 3,
    S extends number = 1,
    D extends number = 1,
    P extends Padding = 'same',
    G extends number = 1,
  >(
    filters: F,
    options: ConvOptions<K, S, D, P, G> = {},
  ) =>
    <L extends number, C extends number>(
      x: Tensor<[L, C]> & Grouped<C, F, G, 'convTranspose1d'>,
    ): Tensor<[Grown<L, K, S, D, P>, F]> =>
      apply(transposed1, [x], attrsOf(filters, options)),
);

/**
 * A transposed convolution, the reverse of `conv2d`: each pixel adds to `kernel` × `kernel` pixels. `stride: 2` doubles
 * the image.
 *
 * @example
 * ```ts
 * import { constant, convTranspose2d } from 'cvae-compile';
 *
 * console.log(constant([7, 7, 64], 0).pipe(convTranspose2d(32, { stride: 2 })).shape); // [14, 14, 32]
 * ```
 */
export const convTranspose2d = layer(
  'convTranspose2d',
  callOf(2),
  <
    F extends number,
    const K extends Pair = 3,
    const S extends Pair = 1,
    const D extends Pair = 1,
    P extends Padding = 'same',
    G extends number = 1,
  >(
    filters: F,
    options: ConvOptions<K, S, D, P, G> = {},
  ) =>
    <H extends number, W extends number, C extends number>(
      x: Tensor<[H, W, C]> & Grouped<C, F, G, 'convTranspose2d'>,
    ): Tensor<[Grown<H, Down<K>, Down<S>, Down<D>, P>, Grown<W, Across<K>, Across<S>, Across<D>, P>, F]> =>
      apply(transposed2, [x], attrsOf(filters, options)),
);
