import { layer } from '../dsl/check-arguments.ts';
import { apply, type Tensor } from '../dsl/tensor.ts';
import type { Axis, Image, Series } from '../shape/axes.ts';
import type { Divides } from '../shape/require.ts';
import type { Shape } from '../shape/shape.ts';
import { whole } from '../values/rules.ts';
import { convolution, transposedConvolution, type Attrs } from './convolution.ts';
import type { Across, Down, Fitting, Grown, Pair, Shrunk } from './window-shape.ts';
import { kernelRules, type Padding, type Rank } from './window.ts';

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

const [conv1, conv2] = [convolution(1), convolution(2)];
const [transposed1, transposed2] = [transposedConvolution(1), transposedConvolution(2)];

// What is not given is not in the attributes either, so that the fingerprint of a model does not change by new options.
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
export type Grouped<C extends number, F extends number, G extends number, Name extends string> = Divides<
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
    <X extends Shape>(
      x: Tensor<X> &
        Series<X, 'conv1d'> &
        Grouped<Axis<X, 1>, F, G, 'conv1d'> &
        Fitting<Axis<X, 0>, K, D, P, 'conv1d', 'steps'>,
    ): Tensor<[Shrunk<Axis<X, 0>, K, S, D, P>, F]> =>
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
    <X extends Shape>(
      x: Tensor<X> &
        Image<X, 'conv2d'> &
        Grouped<Axis<X, 2>, F, G, 'conv2d'> &
        Fitting<Axis<X, 0>, Down<K>, Down<D>, P, 'conv2d', 'pixels a side'> &
        Fitting<Axis<X, 1>, Across<K>, Across<D>, P, 'conv2d', 'pixels a side'>,
    ): Tensor<
      [Shrunk<Axis<X, 0>, Down<K>, Down<S>, Down<D>, P>, Shrunk<Axis<X, 1>, Across<K>, Across<S>, Across<D>, P>, F]
    > =>
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
    <X extends Shape>(
      x: Tensor<X> & Series<X, 'convTranspose1d'> & Grouped<Axis<X, 1>, F, G, 'convTranspose1d'>,
    ): Tensor<[Grown<Axis<X, 0>, K, S, D, P>, F]> =>
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
    <X extends Shape>(
      x: Tensor<X> & Image<X, 'convTranspose2d'> & Grouped<Axis<X, 2>, F, G, 'convTranspose2d'>,
    ): Tensor<
      [Grown<Axis<X, 0>, Down<K>, Down<S>, Down<D>, P>, Grown<Axis<X, 1>, Across<K>, Across<S>, Across<D>, P>, F]
    > =>
      apply(transposed2, [x], attrsOf(filters, options)),
);
