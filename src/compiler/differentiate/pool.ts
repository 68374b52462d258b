import { invalid, numbers } from '../../onnx/attributes.ts';
import { number, word } from '../../onnx/defaults.ts';
import type { OnnxBuilder, Value } from '../../onnx/builder.ts';
import type { OnnxNode, OnnxTensor } from '../../onnx/graph.ts';
import { windowOf, type Axis } from '../../onnx/window.ts';
import { size } from '../../shape/size.ts';
import { adding, expanded, lengths, reshaped, summedCopies, zeros } from './fit.ts';
import type { GradientRule, Known, RuleContext } from './rule.ts';

/** Returns how windows move, with the lengths of the image before and after. */
const windowAt = (site: RuleContext) => {
  const image = lengths(site, site.input(0).shape.slice(2));
  const result = lengths(site, site.output(0).shape.slice(2));
  return {
    image,
    result,
    axes: windowOf(
      site.node,
      image.map(() => '?'),
    ),
  };
};

/**
 * Whether windows lie next to each other, and none reaches over an edge: their maxima are then found without the operator's second output,
 * which onnxruntime's WebGPU and jax-js do not have.
 */
export const areTiles = (node: OnnxNode): boolean => {
  const axes = windowOf(
    node,
    (numbers(node, 'kernel_shape') ?? []).map(() => '?'),
  );
  const isPadded = !['NOTSET', 'VALID'].includes(word(node, 'auto_pad')) || number(node, 'ceil_mode') !== 0;
  return (
    !isPadded &&
    axes.every(
      ({ kernel, stride, dilation, before, after }) =>
        kernel === stride && dilation === 1 && before === 0 && after === 0,
    )
  );
};

/** The gradient goes to the maximum of each window, and to the first of several. */
export const maxPool: GradientRule = (site) => [() => (areTiles(site.node) ? intoTiles(site) : toPositions(site))];

/** A window is a row: its first maximum is where it equals the maximum, and no element in front of it does. */
const intoTiles = (site: RuleContext): Value => {
  const { onnx, gradient, input, output } = site;
  const { image, result, axes } = windowAt(site);
  const kernel = axes.map((axis) => axis.kernel);
  const length = size(kernel);
  // What is left over at the end of an axis is in no window.
  const covered = result.map((windows, i) => windows * (kernel[i] ?? 1));
  const spatial = image.map((_, i) => i + 2);
  const isCut = covered.some((side, i) => side !== image[i]);
  const x = isCut
    ? onnx.Slice(
        input(0).value,
        image.map(() => 0),
        covered,
        spatial,
      )
    : input(0).value;
  const [along, within] = [image.map((_, i) => 2 * i + 1), image.map((_, i) => 2 * i + 2)];
  const split = onnx.Reshape(x, [-1, ...result.flatMap((windows, i) => [windows, kernel[i] ?? 1])]);
  const rows = onnx.Reshape(onnx.Transpose(split, [0, ...along, ...within]), [-1, length]);
  const column = (value: Value): Value => onnx.Reshape(value, [-1, 1]);
  const largest = onnx.Cast(onnx.Equal(rows, column(output(0).value)), 'float32');
  const chosen = onnx.Relu(onnx.MatMul(largest, onnx.constant(lessThoseBefore(length))));
  const shares = onnx.Reshape(onnx.Mul(chosen, column(gradient)), [-1, ...result, ...kernel]);
  const joined = onnx.Transpose(shares, [0, ...image.flatMap((_, i) => [i + 1, i + 1 + image.length])]);
  if (!isCut) return reshaped(onnx, joined, input(0));
  const [channels = 1] = lengths(site, input(0).shape.slice(1, 2));
  const after = covered.map((side, i) => (image[i] ?? 1) - side);
  return onnx.Pad(onnx.Reshape(joined, [-1, channels, ...covered]), [0, 0, ...image.map(() => 0), 0, 0, ...after]);
};

/** Returns a matrix by which each element of a row becomes itself minus all in front of it. */
const lessThoseBefore = (length: number): OnnxTensor => ({
  dtype: 'float32',
  shape: [length, length],
  data: Float32Array.from({ length: length * length }, (_, i) => {
    const [row, at] = [Math.floor(i / length), i % length];
    if (row === at) return 1;
    return row < at ? -1 : 0;
  }),
});

/**
 * The second output is the position of each maximum, counted through all of x; OpenCV counts through the maximum's example. The remainder
 * is the same in all engines.
 */
const toPositions = (site: RuleContext): Value => {
  const { onnx, gradient, input, output } = site;
  const { axes } = windowAt(site);
  // If windows overlap, one element can be the maximum of several.
  const overlap = axes.some((axis) => axis.stride < axis.kernel || axis.dilation > 1);
  const perExample = ({ shape }: Known): number => size(lengths(site, shape.slice(1)));
  const [from, to] = [perExample(input(0)), perExample(output(0))];
  const examples = (x: Value, length: number): Value => onnx.Reshape(x, [-1, length]);
  const spread = onnx.ScatterElements(
    examples(zeros(onnx, input(0)), from),
    remainder(onnx, examples(output(1).value, to), from),
    examples(gradient, to),
    { axis: 1, ...(overlap && adding(site)) },
  );
  return reshaped(onnx, spread, input(0));
};

/** Returns what is left of whole numbers from 0 when they are divided by another. */
const remainder = (onnx: OnnxBuilder, value: Value, by: number): Value => {
  const divisor = onnx.constant({ dtype: 'int64', shape: [], data: BigInt64Array.of(BigInt(by)) });
  return onnx.Sub(value, onnx.Mul(onnx.Div(value, divisor), divisor));
};

/**
 * Each element of a window contributes equally to the mean: 1 divided by the number of elements, which may include
 * padding.
 */
export const averagePool: GradientRule = (site) => {
  const { onnx, node, gradient, input } = site;
  return [
    () => {
      const { image, result, axes } = windowAt(site);
      const counts = grid(
        axes.map((axis, i) => inWindow(axis, image[i] ?? 1, result[i] ?? 1, number(node, 'count_include_pad') === 1)),
      );
      // One channel at a time, so that a single kernel of ones serves for all.
      const alone = onnx.Reshape(gradient, [-1, 1, ...result]);
      const shares = onnx.Div(
        alone,
        onnx.constant({ dtype: 'float32', shape: [1, 1, ...result], data: Float32Array.from(counts) }),
      );
      const kernel = axes.map((axis) => axis.kernel);
      const ones = {
        dtype: 'float32',
        shape: [1, 1, ...kernel],
        data: new Float32Array(size(kernel)).fill(1),
      } as const;
      const spread = onnx.ConvTranspose(shares, onnx.constant(ones), undefined, {
        kernel_shape: kernel,
        strides: axes.map((axis) => axis.stride),
        dilations: axes.map((axis) => axis.dilation),
        pads: [...axes.map((axis) => axis.before), ...axes.map((axis) => axis.after)],
        output_padding: axes.map(
          (axis, i) =>
            ((image[i] ?? 1) + axis.before + axis.after - axis.dilation * (axis.kernel - 1) - 1) % axis.stride,
        ),
      });
      return reshaped(onnx, spread, input(0));
    },
  ];
};

/** Returns the number of elements in each window along an axis. */
const inWindow = (axis: Axis, image: number, result: number, withPads: boolean): readonly number[] =>
  Array.from({ length: result }, (_, i) => {
    if (withPads) return axis.kernel;
    const places = Array.from({ length: axis.kernel }, (_, k) => i * axis.stride + k * axis.dilation - axis.before);
    return places.filter((at) => at >= 0 && at < image).length;
  });

/** Returns all products of one number from each list, in row-major order. */
const grid = (lists: readonly (readonly number[])[]): readonly number[] =>
  lists.reduce<readonly number[]>((all, list) => all.flatMap((a) => list.map((b) => a * b)), [1]);

/** Each element contributes equally to the mean. */
export const globalAveragePool: GradientRule = (site) => {
  const { onnx, gradient, input } = site;
  return [() => expanded(onnx, onnx.Div(gradient, size(lengths(site, input(0).shape.slice(2)))), input(0))];
};

/** For enlargement by a whole number through repetition: sums each block of copies. */
export const resize: GradientRule = (site) => {
  return [
    () => {
      const parts = site.input(0).shape.flatMap((dim, axis) => {
        const factor = timesOf(site, axis);
        return factor === 1 ? [{ dim }] : [{ dim }, { dim: factor, copies: true }];
      });
      return summedCopies(site, parts);
    },
  ];
};

/** Returns the factor by which an axis was enlarged; it must be by repeating each element that number of times. */
const timesOf = ({ node, input, output }: RuleContext, axis: number): number => {
  const [from, to] = [input(0).shape[axis], output(0).shape[axis]];
  if (from === to) return 1;
  const factor = typeof from === 'number' && typeof to === 'number' ? to / from : NaN;
  const aligned = word(node, 'coordinate_transformation_mode') === 'align_corners';
  if (word(node, 'mode') !== 'nearest' || aligned || !Number.isInteger(factor))
    throw invalid(
      node,
      'pixels repeated a whole number of times, to train what is before it',
      `${from} pixels to ${to}, ${word(node, 'mode')}`,
      'use upsample2d',
    );
  return factor;
};
