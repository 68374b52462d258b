import { size } from '../../shape/size.ts';
import { axisOf, number } from '../attributes.ts';
import { around, broadcastPlaces, input, zeros, type Kernel } from './numbers.ts';

/** e^x / Σ e^x along an axis. */
export const softmax: Kernel = (call) => {
  const x = input(call, 0);
  const axis = axisOf(call.node, number(call.node, 'axis'), x.shape.length);
  const [outer, length, inner] = around(x.shape, axis);
  const y = zeros(x.dtype, x.shape);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      const places = Array.from({ length }, (_, k) => (o * length + k) * inner + i);
      const most = places.reduce((max, place) => Math.max(max, x.data[place] ?? NaN), -Infinity);
      const sum = places.reduce((total, place) => total + Math.exp((x.data[place] ?? NaN) - most), 0);
      for (const place of places) y.data[place] = Math.exp((x.data[place] ?? NaN) - most) / sum;
    }
  return [y];
};

const moments = (group: Float64Array): readonly [mean: number, variance: number] => {
  const mean = group.reduce((sum, x) => sum + x, 0) / group.length;
  return [mean, group.reduce((sum, x) => sum + (x - mean) ** 2, 0) / group.length];
};

/**
 * (x − mean) / √(variance + ε) · scale + shift over the axes from `axis` on; also returns mean and 1 / √(variance + ε).
 */
export const layerNormalization: Kernel = (call) => {
  const [x, scale, shift] = [input(call, 0), input(call, 1), call.inputs[2]];
  const axis = axisOf(call.node, number(call.node, 'axis'), x.shape.length);
  const length = size(x.shape.slice(axis));
  const kept = x.shape.map((dim, i) => (i < axis ? dim : 1));
  const [y, means, inverses] = [zeros(x.dtype, x.shape), zeros('float32', kept), zeros('float32', kept)];
  const factors = broadcastPlaces(scale.shape, x.shape.slice(axis));
  const terms = broadcastPlaces(shift?.shape ?? [], x.shape.slice(axis));
  for (let start = 0, i = 0; start < x.data.length; start += length, i++) {
    const group = x.data.subarray(start, start + length);
    const [mean, variance] = moments(group);
    const inverse = 1 / Math.sqrt(variance + number(call.node, 'epsilon'));
    means.data[i] = mean;
    inverses.data[i] = inverse;
    group.forEach((value, j) => {
      const factor = scale.data[factors[j] ?? 0] ?? NaN;
      y.data[start + j] = (value - mean) * inverse * factor + (shift?.data[terms[j] ?? 0] ?? 0);
    });
  }
  return [y, means, inverses];
};

/** (x − mean) / √(variance + ε) · scale + shift, with mean and variance of each channel of each example. */
export const instanceNormalization: Kernel = (call) => {
  const [x, scale, shift] = [input(call, 0), input(call, 1), input(call, 2)];
  const [, channels = 1, ...image] = x.shape;
  const length = size(image);
  const y = zeros(x.dtype, x.shape);
  for (let start = 0; start < x.data.length; start += length) {
    const group = x.data.subarray(start, start + length);
    const [mean, variance] = moments(group);
    const channel = (start / length) % channels;
    const factor = (scale.data[channel] ?? NaN) / Math.sqrt(variance + number(call.node, 'epsilon'));
    group.forEach((value, j) => {
      y.data[start + j] = (value - mean) * factor + (shift.data[channel] ?? NaN);
    });
  }
  return [y];
};

/** (x − mean) / √(variance + ε) · scale + shift, with the given mean and variance of each channel. */
export const batchNormalization: Kernel = (call) => {
  const [x, scale, shift, mean, variance] = [0, 1, 2, 3, 4].map((i) => input(call, i).data);
  const { dtype, shape } = input(call, 0);
  const length = size(shape.slice(2));
  const data = (x ?? new Float64Array()).map((value, i) => {
    const c = Math.floor(i / length) % (shape[1] ?? 1);
    const deviation = Math.sqrt((variance?.[c] ?? NaN) + number(call.node, 'epsilon'));
    return ((value - (mean?.[c] ?? NaN)) / deviation) * (scale?.[c] ?? NaN) + (shift?.[c] ?? NaN);
  });
  return [{ dtype, shape, data }];
};

/** The mean of each channel of each example. */
export const globalAveragePool: Kernel = (call) => {
  const x = input(call, 0);
  const [batch = 0, channels = 0, ...image] = x.shape;
  const length = size(image);
  const y = zeros(x.dtype, [batch, channels, ...image.map(() => 1)]);
  for (let i = 0; i < y.data.length; i++) y.data[i] = moments(x.data.subarray(i * length, (i + 1) * length))[0];
  return [y];
};
