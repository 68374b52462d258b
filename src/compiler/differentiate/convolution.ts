import { invalid, number } from '../../onnx/attributes.ts';
import type { Value } from '../../onnx/builder.ts';
import { windowOf, type Axis } from '../../onnx/window.ts';
import { axesOf, lengths } from './fit.ts';
import type { GradientRule, Site } from './rule.ts';

/** Batch and channels change places. */
const swapped = ({ onnx }: Site, x: Value, rank: number): Value => onnx.Transpose(x, [1, 0, ...axesOf(rank).slice(2)]);

const list = (axes: readonly Axis[], of: (axis: Axis) => number): number[] => axes.map(of);

/** ONNX's pads: all that stand before their axes, then all that stand after. */
const padsOf = (axes: readonly Axis[]): number[] => [
  ...list(axes, (axis) => axis.before),
  ...list(axes, (axis) => axis.after),
];

/** How far a window reaches along an axis. */
const reach = ({ kernel, dilation }: Axis): number => dilation * (kernel - 1) + 1;

/** Elements at the end of an image, with its pads, that no window of a convolution has reached. */
const left = (axis: Axis, image: number): number => (image + axis.before + axis.after - reach(axis)) % axis.stride;

/**
 * The gradient of a convolution's kernel [M, C, …k]: for each of its places the sum of products of what stood under it. That
 * is a convolution again, of the image [N, C, …h] with the gradient [N, M, …o] for a kernel, where the batch takes the
 * channels' part, and strides and dilations change places: [C, M, …k].
 */
const kernelGradient = (site: Site, image: Value, sizes: readonly number[], gradient: Value, axes: readonly Axis[]) => {
  const { onnx } = site;
  const rank = axes.length + 2;
  // Pads that no window has reached go; an image that is itself too long gives a kernel that is, which is cut.
  const rest = axes.map((axis, i) => left(axis, sizes[i] ?? 1));
  const fitted = axes.map((axis, i) => ({ ...axis, after: Math.max(0, axis.after - (rest[i] ?? 0)) }));
  const long = axes.map((axis, i) => Math.floor(((rest[i] ?? 0) - axis.after) / axis.dilation)).some((n) => n >= 1);
  const kernel = onnx.Conv(swapped(site, image, rank), swapped(site, gradient, rank), undefined, {
    strides: list(axes, (axis) => axis.dilation),
    dilations: list(axes, (axis) => axis.stride),
    pads: padsOf(fitted),
  });
  if (!long) return kernel;
  const spatial = axesOf(rank).slice(2);
  return onnx.Slice(
    kernel,
    spatial.map(() => 0),
    list(axes, (axis) => axis.kernel),
    spatial,
  );
};

/** The kernel's own spatial shape must be known, and its gradient is written for one group of channels only. */
const windowAt = (site: Site): readonly Axis[] => windowOf(site.node, lengths(site, site.input(1).shape.slice(2)));

const oneGroup = ({ node }: Site): void => {
  const group = number(node, 'group');
  if (group !== 1) throw invalid(node, 'one group of channels, to train its kernel', String(group), 'use one group');
};

const biasGradient = ({ onnx, gradient, output }: Site): Value =>
  onnx.ReduceSum(gradient, [0, ...axesOf(output(0).shape.length).slice(2)], { keepdims: 0 });

/** ∂x is the transposed convolution of the gradient with the same kernel, ∂w a convolution over swapped axes. */
export const conv: GradientRule = (site) => {
  const { onnx, node, gradient, input } = site;
  const axes = windowAt(site);
  const rank = axes.length + 2;
  return [
    () => {
      const sizes = lengths(site, input(0).shape.slice(2));
      return onnx.ConvTranspose(gradient, input(1).value, undefined, {
        kernel_shape: list(axes, (axis) => axis.kernel),
        strides: list(axes, (axis) => axis.stride),
        dilations: list(axes, (axis) => axis.dilation),
        pads: padsOf(axes),
        output_padding: axes.map((axis, i) => left(axis, sizes[i] ?? 1)),
        group: number(node, 'group'),
      });
    },
    () => {
      oneGroup(site);
      const sizes = lengths(site, input(0).shape.slice(2));
      return swapped(site, kernelGradient(site, input(0).value, sizes, gradient, axes), rank);
    },
    () => biasGradient(site),
  ];
};

/** The other way round: ∂x is the convolution of the gradient, and in ∂w gradient and input have changed their parts. */
export const convTranspose: GradientRule = (site) => {
  const { onnx, node, gradient, input, output } = site;
  const axes = windowAt(site);
  const rank = axes.length + 2;
  return [
    () =>
      onnx.Conv(gradient, input(1).value, undefined, {
        kernel_shape: list(axes, (axis) => axis.kernel),
        strides: list(axes, (axis) => axis.stride),
        dilations: list(axes, (axis) => axis.dilation),
        pads: padsOf(axes),
        group: number(node, 'group'),
      }),
    () => {
      oneGroup(site);
      const sizes = lengths(site, output(0).shape.slice(2));
      return swapped(site, kernelGradient(site, gradient, sizes, input(0).value, axes), rank);
    },
    () => biasGradient(site),
  ];
};
