import { show } from '../../shape/show.ts';
import { size } from '../../shape/size.ts';
import { invalid, number } from '../attributes.ts';
import { addDims, multiplyDims, subtractDims } from '../dims.ts';
import type { Dim } from '../graph.ts';
import { rankOf, requireEqual, shapeOf, type Context, type Rule } from '../infer/rule.ts';
import { input, stridesOf, zeros, type Kernel, type ReferenceTensor } from '../reference/numbers.ts';
import { innerProducts } from '../reference/inner-products.ts';
import { windowOf, type Axis } from '../window.ts';
import type { Definition } from './definition.ts';
import { auto_pad, optional, SINGLE, type OperatorSpec } from './spec.ts';

const convolutionSpec = {
  inputs: { X: 'T', W: 'T', B: 'T?' },
  outputs: { Y: 'T' },
  types: { T: SINGLE },
  attributes: {
    kernel_shape: optional('ints'),
    strides: optional('ints'),
    pads: optional('ints'),
    dilations: optional('ints'),
    group: optional('int', 1),
    auto_pad,
  },
  webgpu: 24,
} satisfies OperatorSpec;

/** Returns ⌊(length + pads − reach) / stride⌋ + 1, where a window's reach is dilation · (kernel − 1) + 1 elements. */
export const windowed = ({ node }: Context, { kernel, stride, dilation, before, after }: Axis, length: Dim): Dim => {
  const slack = before + after - dilation * (kernel - 1) - 1;
  if (typeof length !== 'number') return stride === 1 && slack === -1 ? length : '?';
  const result = Math.floor((length + slack) / stride) + 1;
  if (result < 1) throw invalid(node, 'axes at least as long as the window', String(length));
  return result;
};

export const imageOf = (context: Context): readonly Dim[] => {
  const shape = shapeOf(context, 0);
  if (shape.length < 3) throw invalid(context.node, 'a batch of channels of at least one axis', show(shape));
  return shape;
};

const convShape: Rule = (context) => {
  const [n = '?', channels = '?', ...axes] = imageOf(context);
  const [features = '?', perGroup = '?', ...kernel] = rankOf(context, 1, axes.length + 2);
  const group = groupOf(context);
  requireEqual(context, 'channels', multiplyDims(perGroup, group), channels);
  if (typeof features === 'number' && features % group !== 0)
    throw invalid(context.node, `features in ${group} groups`, String(features));
  requireBias(context, features);
  const window = windowOf(context.node, kernel);
  return [{ shape: [n, features, ...window.map((axis, i) => windowed(context, axis, axes[i] ?? '?'))] }];
};

const groupOf = ({ node }: Context): number => {
  const group = number(node, 'group');
  if (group < 1) throw invalid(node, 'at least one group', String(group));
  return group;
};

const requireBias = (context: Context, features: Dim): void => {
  if (context.inputs[2]) requireEqual(context, 'a bias', features, rankOf(context, 2, 1)[0] ?? '?');
};

const convTransposeShape: Rule = (context) => {
  const [n = '?', channels = '?', ...axes] = imageOf(context);
  const [inputs = '?', perGroup = '?', ...kernel] = rankOf(context, 1, axes.length + 2);
  requireEqual(context, 'channels', inputs, channels);
  const group = groupOf(context);
  if (typeof inputs === 'number' && inputs % group !== 0)
    throw invalid(context.node, `channels in ${group} groups`, String(inputs));
  const features = multiplyDims(perGroup, group);
  requireBias(context, features);
  const spatial = windowOf(context.node, kernel).map((axis, i): Dim => {
    if (axis.outputPadding >= Math.max(axis.stride, axis.dilation))
      throw invalid(context.node, 'an output_padding below the stride or the dilation', String(axis.outputPadding));
    const grown = multiplyDims(axis.stride, subtractDims(axes[i] ?? '?', 1));
    return addDims(grown, axis.outputPadding + axis.dilation * (axis.kernel - 1) + 1 - axis.before - axis.after);
  });
  if (spatial.some((dim) => typeof dim === 'number' && dim < 1))
    throw invalid(context.node, 'pads that leave something', show(spatial));
  return [{ shape: [n, features, ...spatial] }];
};

/** The positions under one element of a kernel: pairs of places, in the image over which it moves and in the result. */
interface Tap {
  readonly inner: Int32Array;
  readonly outer: Int32Array;
}

/**
 * Returns the taps of a window that moves over axes of lengths `image` to the positions of `result`, without those on
 * padding.
 */
export const tapsOf = (
  window: readonly Axis[],
  image: readonly number[],
  result: readonly number[],
): readonly Tap[] => {
  const sizes = window.map(({ kernel }) => kernel);
  const [offsets, positions, strides] = [stridesOf(sizes), stridesOf(result), stridesOf(image)];
  return Array.from({ length: size(sizes) }, (_, k) => {
    const inner: number[] = [];
    const outer: number[] = [];
    for (let position = 0; position < size(result); position++) {
      let place = 0;
      const inside = window.every(({ kernel, stride, dilation, before }, axis) => {
        const offset = Math.floor(k / (offsets[axis] ?? 1)) % kernel;
        const at = Math.floor(position / (positions[axis] ?? 1)) % (result[axis] ?? 1);
        const index = at * stride + offset * dilation - before;
        place += index * (strides[axis] ?? 1);
        return index >= 0 && index < (image[axis] ?? 0);
      });
      if (!inside) continue;
      inner.push(place);
      outer.push(position);
    }
    return { inner: Int32Array.from(inner), outer: Int32Array.from(outer) };
  });
};

export const reached = ({ kernel, stride, dilation, before, after }: Axis, length: number): number =>
  Math.floor((length + before + after - dilation * (kernel - 1) - 1) / stride) + 1;

/** Computes y[to] += x[from] along a tap. */
export const accumulate = (
  y: Float64Array,
  yAt: number,
  to: Int32Array,
  x: Float64Array,
  xAt: number,
  from: Int32Array,
): void => {
  for (let i = 0; i < to.length; i++) {
    const place = yAt + (to[i] ?? 0);
    y[place] = (y[place] ?? 0) + (x[xAt + (from[i] ?? 0)] ?? NaN);
  }
};

const withBias = (
  y: ReferenceTensor,
  bias: ReferenceTensor | undefined,
  features: number,
  size: number,
): ReferenceTensor =>
  bias ? { ...y, data: y.data.map((value, i) => value + (bias.data[Math.floor(i / size) % features] ?? NaN)) } : y;

/** A convolution (strictly a correlation, as is customary) in groups of channels. */
const conv: Kernel = (call) => {
  const [x, w, bias] = [input(call, 0), input(call, 1), call.inputs[2]];
  const [batch = 0, channels = 0, ...image] = x.shape;
  const [features = 0, perGroup = 0, ...kernel] = w.shape;
  const window = windowOf(call.node, kernel);
  const result = window.map((axis, i) => reached(axis, image[i] ?? 0));
  call.budget.requireRoom(call.node, size(kernel) * size(result));
  const taps = tapsOf(window, image, result);
  const [imageSize, places, groups] = [size(image), size(result), number(call.node, 'group')];
  const [part, reach] = [features / groups, perGroup * taps.length];
  const y = zeros(x.dtype, [batch, features, ...result]);
  const rows = Math.max(1, Math.floor(AT_ONCE / reach));
  for (let n = 0; n < batch; n++)
    for (let g = 0; g < groups; g++) {
      const weights = w.data.subarray(g * part * reach, (g + 1) * part * reach);
      for (let begin = 0; begin < places; begin += rows) {
        const count = Math.min(rows, places - begin);
        // The receptive field of each position as a row: all elements of the kernel on all channels, with zeros on the
        // padding.
        const patches = new Float64Array(count * reach);
        for (const [k, { inner, outer }] of taps.entries()) {
          const [first, past] = [placeOf(outer, begin), placeOf(outer, begin + count)];
          for (let c = 0; c < perGroup; c++) {
            const from = (n * channels + g * perGroup + c) * imageSize;
            for (let i = first; i < past; i++)
              patches[((outer[i] ?? 0) - begin) * reach + c * taps.length + k] = x.data[from + (inner[i] ?? 0)] ?? NaN;
          }
        }
        const products = innerProducts(weights, patches, part, count, reach);
        for (let f = 0; f < part; f++) {
          const row = products.subarray(f * count, (f + 1) * count);
          y.data.set(row, (n * features + g * part + f) * places + begin);
        }
      }
    }
  return [withBias(y, bias, features, places)];
};

/** The maximum number of values of receptive fields to gather at once: 2 MB. */
const AT_ONCE = 2 ** 18;

/** Returns the index of the first number of a sorted list that is at least `least`. */
const placeOf = (sorted: Int32Array, least: number): number => {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** A transposed convolution: the adjoint of the convolution with the same window. */
const convTranspose: Kernel = (call) => {
  const [x, w, bias] = [input(call, 0), input(call, 1), call.inputs[2]];
  const [batch = 0, channels = 0, ...image] = x.shape;
  const [, perGroup = 0, ...kernel] = w.shape;
  const groups = number(call.node, 'group');
  const window = windowOf(call.node, kernel);
  const result = window.map(
    ({ kernel: reach, stride, dilation, before, after, outputPadding }, i) =>
      stride * ((image[i] ?? 0) - 1) + outputPadding + dilation * (reach - 1) + 1 - before - after,
  );
  call.budget.requireRoom(call.node, size(kernel) * size(image) * (1 + perGroup));
  const taps = tapsOf(window, result, image);
  const [imageSize, places, features] = [size(image), size(result), perGroup * groups];
  const [part, reach] = [channels / groups, perGroup * taps.length];
  const y = zeros(x.dtype, [batch, features, ...result]);
  for (let g = 0; g < groups; g++) {
    const weights = columns(w.data.subarray(g * part * reach, (g + 1) * part * reach), part, reach);
    for (let n = 0; n < batch; n++) {
      const from = (n * channels + g * part) * imageSize;
      const pixels = columns(x.data.subarray(from, from + part * imageSize), part, imageSize);
      // First what each pixel adds through each element of the kernel, then the sums at the positions of these
      // elements.
      const products = innerProducts(weights, pixels, reach, imageSize, part);
      for (let f = 0; f < perGroup; f++)
        taps.forEach(({ inner, outer }, k) => {
          const row = (f * taps.length + k) * imageSize;
          accumulate(y.data, (n * features + g * perGroup + f) * places, inner, products, row, outer);
        });
    }
  }
  return [withBias(y, bias, features, places)];
};

/** Returns the columns of a matrix as rows. */
const columns = (matrix: Float64Array, rows: number, length: number): Float64Array => {
  const result = new Float64Array(matrix.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < length; j++) result[j * rows + i] = matrix[i * length + j] ?? NaN;
  return result;
};

/** Convolutions over any number of axes. */
export const CONVOLUTION = {
  Conv: {
    ...convolutionSpec,
    infer: convShape,
    evaluate: conv,
    operations: (_, [, w = []], given) => given * size(w.slice(1)),
  },
  ConvTranspose: {
    ...convolutionSpec,
    attributes: { ...convolutionSpec.attributes, output_padding: optional('ints') },
    webgpu: 21,
    infer: convTransposeShape,
    evaluate: convTranspose,
    operations: (_, [x = [], w = []]) => size(x) * size(w.slice(1)),
  },
} satisfies Record<string, Definition>;
