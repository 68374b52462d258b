import { size } from '../../shape/size.ts';
import { number, numbers } from '../attributes.ts';
import { windowOf, type Axis } from '../window.ts';
import { input, stridesOf, zeros, type Call, type Kernel, type ReferenceTensor } from './numbers.ts';
import { innerProducts } from './products.ts';

/** The positions under one element of a kernel: pairs of places, in the image over which it moves and in the result. */
interface Tap {
  readonly inner: Int32Array;
  readonly outer: Int32Array;
}

/**
 * Returns the taps of a window that moves over axes of lengths `image` to the positions of `result`, without those on
 * padding.
 */
const tapsOf = (window: readonly Axis[], image: readonly number[], result: readonly number[]): readonly Tap[] => {
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

const reached = ({ kernel, stride, dilation, before, after }: Axis, length: number): number =>
  Math.floor((length + before + after - dilation * (kernel - 1) - 1) / stride) + 1;

/** Computes y[to] += x[from] along a tap. */
const accumulate = (
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
export const conv: Kernel = (call) => {
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
export const convTranspose: Kernel = (call) => {
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

const poolOf = (call: Call) => {
  const x = input(call, 0);
  const [batch = 0, channels = 0, ...image] = x.shape;
  const window = windowOf(call.node, numbers(call.node, 'kernel_shape') ?? []);
  const result = window.map((axis, i) => reached(axis, image[i] ?? 0));
  const shape = [batch, channels, ...result];
  call.budget.requireRoom(call.node, size(window.map(({ kernel }) => kernel)) * size(result));
  return {
    x,
    shape,
    planes: batch * channels,
    image: size(image),
    size: size(result),
    taps: tapsOf(window, image, result),
  };
};

/** The maximum in each window, and its position in the whole input: that of the first if there are several. */
export const maxPool: Kernel = (call) => {
  const { x, shape, planes, image, size, taps } = poolOf(call);
  const maxima = zeros(x.dtype, shape);
  const indices = zeros('int64', shape);
  maxima.data.fill(-Infinity);
  for (let plane = 0; plane < planes; plane++)
    for (const { inner, outer } of taps)
      outer.forEach((position, i) => {
        const [from, to] = [plane * image + (inner[i] ?? 0), plane * size + position];
        const value = x.data[from] ?? NaN;
        if (!(value > (maxima.data[to] ?? NaN))) return;
        maxima.data[to] = value;
        indices.data[to] = from;
      });
  return [maxima, indices];
};

/** The mean in each window, over the elements on the image or, with `count_include_pad`, including zeros. */
export const averagePool: Kernel = (call) => {
  const { x, shape, planes, image, size, taps } = poolOf(call);
  const sums = zeros(x.dtype, shape);
  const counts = new Float64Array(size);
  for (const { outer } of taps) for (const position of outer) counts[position] = (counts[position] ?? 0) + 1;
  if (number(call.node, 'count_include_pad') === 1) counts.fill(taps.length);
  for (let plane = 0; plane < planes; plane++)
    for (const { inner, outer } of taps) accumulate(sums.data, plane * size, outer, x.data, plane * image, inner);
  return [{ ...sums, data: sums.data.map((sum, i) => sum / (counts[i % size] ?? 1)) }];
};
