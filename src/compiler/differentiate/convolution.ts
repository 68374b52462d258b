import { invalid, number } from '../../onnx/attributes.ts';
import type { Value } from '../../onnx/builder.ts';
import { windowOf, type Axis } from '../../onnx/window.ts';
import { columns, lastOf } from '../unfold.ts';
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
 * Computes the gradient of a convolution's kernel [M, C, …k]: for each of its places, the sum of products of the
 * elements under it, in the image [N, C, …h], with the gradient [N, M, …o]. The elements under all places are gathered
 * (channels last, so that they are contiguous), and the sum is a matrix product: two to three times as fast as a
 * convolution with so large a kernel.
 *
 *     [N·o, k·C]ᵀ · [N·o, M] = [k·C, M]
 */
const kernelGradient = (site: RuleContext, image: Known, gradient: Known, axes: readonly Axis[]): Value => {
  const { onnx } = site;
  const rank = axes.length + 2;
  const [channels = 0, ...sizes] = lengths(site, image.shape.slice(1));
  const [filters = 0, ...places] = lengths(site, gradient.shape.slice(1));
  const parts = columns(onnx, { value: image.value, channels, sizes }, places, axes);
  const gradients = onnx.Reshape(onnx.Transpose(gradient.value, lastOf(rank)), [-1, filters]);
  const sums = parts.map((part) => onnx.Gemm(part, gradients, undefined, { transA: 1 }));
  const [first = gradients, ...rest] = sums;
  const all = rest.length > 0 ? onnx.Concat(sums, { axis: 0 }) : first;
  const kernel = onnx.Reshape(all, [...list(axes, (axis) => axis.kernel), channels, filters]);
  return onnx.Transpose(kernel, [rank - 1, rank - 2, ...axesOf(rank - 2)]);
};

/**
 * Returns the window; the kernel's spatial shape must be known, and its gradient supports a single group of channels
 * only.
 */
const windowAt = (site: RuleContext): readonly Axis[] =>
  windowOf(site.node, lengths(site, site.input(1).shape.slice(2)));

const oneGroup = ({ node }: RuleContext): void => {
  const group = number(node, 'group');
  if (group !== 1) throw invalid(node, 'one group of channels, to train its kernel', String(group), 'use one group');
};

/** In two steps: with channels last, onnxruntime takes seven times as long over the sum of all pixels at once. */
const biasGradient = ({ onnx, gradient, output }: RuleContext): Value =>
  onnx.ReduceSum(onnx.ReduceSum(gradient, axesOf(output(0).shape.length).slice(2), { keepdims: 0 }), [0], {
    keepdims: 0,
  });

/** ∂x is the transposed convolution of the gradient with the same kernel, ∂w a sum over the pixels of all examples. */
export const conv: GradientRule = (site) => {
  const { onnx, node, gradient, input, output } = site;
  const axes = windowAt(site);
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
      return kernelGradient(site, input(0), { ...output(0), value: gradient }, axes);
    },
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
    () => {
      oneGroup(site);
      return kernelGradient(site, { ...output(0), value: gradient }, input(0), axes);
    },
    () => biasGradient(site),
  ];
};
