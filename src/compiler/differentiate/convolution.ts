import { number } from '../../onnx/defaults.ts';
import type { OnnxBuilder, Value } from '../../onnx/builder.ts';
import { windowOf, type Axis } from '../../onnx/window.ts';
import { size } from '../../shape/size.ts';
import { columns, lastOf, type Columns } from '../unfold.ts';
import { axesOf, lengths } from './fit.ts';
import type { GradientRule, Known, RuleContext } from './rule.ts';

const list = (axes: readonly Axis[], of: (axis: Axis) => number): number[] => axes.map(of);

/** Returns ONNX's pads: those before every axis, then those after. */
const padsOf = (axes: readonly Axis[]): number[] => [
  ...list(axes, (axis) => axis.before),
  ...list(axes, (axis) => axis.after),
];

/** Returns the length from a window's first element to its last along an axis. */
const reach = ({ kernel, dilation }: Axis): number => dilation * (kernel - 1) + 1;

/** Returns the number of elements at the end of a padded image that no window of a convolution has reached. */
const left = (axis: Axis, image: number): number => (image + axis.before + axis.after - reach(axis)) % axis.stride;

/**
 * Computes the gradient of a convolution's kernel [M, C/g, …k]: for each of its places, the sum of products of the
 * elements under it, in the image [N, C, …h], with the gradient [N, M, …o]. The elements under all places are gathered
 * (channels last, so that they are contiguous), and the sum is a matrix product: two to three times as fast as a
 * convolution with so large a kernel.
 */
const kernelGradient = (site: RuleContext, image: Known, gradient: Known, axes: readonly Axis[]): Value => {
  const { onnx, node } = site;
  const [channels = 0, ...sizes] = lengths(site, image.shape.slice(1));
  const [filters = 0, ...places] = lengths(site, gradient.shape.slice(1));
  const groups = number(node, 'group');
  const parts = columns(onnx, { value: image.value, channels, sizes }, places, axes);
  const kernel = list(axes, (axis) => axis.kernel);
  const rank = axes.length + 2;
  if (groups === 1) {
    const sums = alone(onnx, parts, gradient.value, filters, rank);
    return onnx.Transpose(onnx.Reshape(sums, [...kernel, channels, filters]), [
      rank - 1,
      rank - 2,
      ...axesOf(rank - 2),
    ]);
  }
  const sums = inGroups(onnx, parts, gradient.value, { channels, filters, places: size(places), groups });
  return onnx.Transpose(onnx.Reshape(sums, [filters, ...kernel, channels / groups]), [0, rank - 1, ...upTo(rank - 2)]);
};

/** One group of channels: [N·o, k·C]ᵀ · [N·o, M] = [k·C, M]. */
const alone = (onnx: OnnxBuilder, parts: readonly Columns[], gradient: Value, filters: number, rank: number): Value => {
  const gradients = onnx.Reshape(onnx.Transpose(gradient, lastOf(rank)), [-1, filters]);
  return joined(
    onnx,
    parts.map(({ value }) => onnx.Gemm(value, gradients, undefined, { transA: 1 })),
    0,
  );
};

/** Several groups, whose products are one batch: [g, M/g, N·o] · [g, N·o, k·C/g] = [g, M/g, k·C/g]. */
const inGroups = (
  onnx: OnnxBuilder,
  parts: readonly Columns[],
  gradient: Value,
  of: { readonly channels: number; readonly filters: number; readonly places: number; readonly groups: number },
): Value => {
  const { channels, filters, places, groups } = of;
  const apart = onnx.Transpose(onnx.Reshape(gradient, [-1, filters, places]), [1, 0, 2]);
  const gradients = onnx.Reshape(apart, [groups, filters / groups, -1]);
  const products = parts.map(({ value, elements }) => {
    const under = onnx.Transpose(onnx.Reshape(value, [-1, elements, groups, channels / groups]), [2, 0, 1, 3]);
    return onnx.MatMul(gradients, onnx.Reshape(under, [groups, -1, (elements * channels) / groups]));
  });
  return joined(onnx, products, 2);
};

const joined = (onnx: OnnxBuilder, parts: readonly Value[], axis: number): Value => {
  const [first, ...others] = parts;
  if (!first) throw new Error('a kernel without elements');
  return others.length > 0 ? onnx.Concat(parts, { axis }) : first;
};

/** Returns the axes of a kernel's sides if one axis is in front of them. */
const upTo = (rank: number): number[] => axesOf(rank).map((axis) => axis + 1);

/** Returns the window; the kernel's spatial shape must be known. */
const windowAt = (site: RuleContext): readonly Axis[] =>
  windowOf(site.node, lengths(site, site.input(1).shape.slice(2)));

/** In two steps: with channels last, onnxruntime takes seven times as long over the sum of all pixels at once. */
const biasGradient = ({ onnx, gradient, output }: RuleContext): Value =>
  onnx.ReduceSum(onnx.ReduceSum(gradient, axesOf(output(0).shape.length).slice(2), { keepdims: 0 }), [0], {
    keepdims: 0,
  });

/**
 * Returns a kernel [M, C, …k] whose convolution reverses that of stride 1: its elements in reverse order, and filters and channels
 * exchanged.
 */
const reversed = (onnx: OnnxBuilder, kernel: Known, axes: readonly Axis[], sizes: readonly number[]): Value => {
  const elements = size(list(axes, (axis) => axis.kernel));
  const flat = onnx.Reshape(kernel.value, [...sizes, elements]);
  const backwards = Array.from({ length: elements }, (_, i) => elements - 1 - i);
  const [filters = 1, channels = 1] = sizes;
  const exchanged = onnx.Transpose(onnx.Gather(flat, onnx.constant(backwards, 'int64'), { axis: 2 }), [1, 0, 2]);
  return onnx.Reshape(exchanged, [channels, filters, ...list(axes, (axis) => axis.kernel)]);
};

/**
 * ∂x is the transposed convolution of the gradient with the same kernel, ∂w a sum over the pixels of all examples. With stride 1 the
 * former is the convolution with the kernel reversed, which onnxruntime computes up to 1.5 times as fast, and of few filters many times.
 */
export const conv: GradientRule = (site) => {
  const { onnx, node, gradient, input, output } = site;
  const axes = windowAt(site);
  const pads = [
    ...list(axes, (axis) => reach(axis) - 1 - axis.before),
    ...list(axes, (axis) => reach(axis) - 1 - axis.after),
  ];
  const isReversible =
    number(node, 'group') === 1 && axes.every(({ stride }) => stride === 1) && pads.every((n) => n >= 0);
  return [
    () => {
      if (isReversible)
        return onnx.Conv(
          gradient,
          reversed(onnx, input(1), axes, lengths(site, input(1).shape.slice(0, 2))),
          undefined,
          {
            kernel_shape: list(axes, (axis) => axis.kernel),
            dilations: list(axes, (axis) => axis.dilation),
            pads,
          },
        );
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
    () => kernelGradient(site, input(0), { ...output(0), value: gradient }, axes),
    () => biasGradient(site),
  ];
};

/** The reverse: ∂x is the convolution of the gradient, and in ∂w gradient and input swap roles. */
export const convTranspose: GradientRule = (site) => {
  const { onnx, node, gradient, input, output } = site;
  const axes = windowAt(site);
  return [
    () =>
      onnx.Conv(gradient, input(1).value, undefined, {
        kernel_shape: list(axes, (axis) => axis.kernel),
        strides: list(axes, (axis) => axis.stride),
        dilations: list(axes, (axis) => axis.dilation),
        pads: padsOf(axes),
        group: number(node, 'group'),
      }),
    () => kernelGradient(site, { ...output(0), value: gradient }, input(0), axes),
    () => biasGradient(site),
  ];
};
