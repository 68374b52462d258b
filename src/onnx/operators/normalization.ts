import { show } from '../../shape/show.ts';
import { size } from '../../shape/size.ts';
import { axisOf, invalid, number } from '../attributes.ts';
import { broadcastsTo } from '../dims.ts';
import { rankOf, requireEqual, shapeOf, type Context, type Rule } from '../infer/rule.ts';
import { around, broadcastPlaces, input, zeros, type Kernel } from '../reference/numbers.ts';
import { imageOf } from './convolution.ts';
import type { Definition } from './definition.ts';
import { FLOAT, optional, SINGLE } from './spec.ts';

const alongAxisShape: Rule = (context) => {
  const shape = shapeOf(context, 0);
  axisOf(context.node, number(context.node, 'axis'), shape.length);
  return [{ shape }];
};

const instanceNormalizationShape: Rule = (context) => {
  imageOf(context);
  return perChannelShape(context);
};

const requireEpsilon = ({ node }: Context): void => {
  const epsilon = number(node, 'epsilon');
  if (!(epsilon >= 0)) throw invalid(node, 'epsilon of at least 0', String(epsilon));
};

const perChannelShape: Rule = (context) => {
  requireEpsilon(context);
  const shape = shapeOf(context, 0);
  if (shape.length < 2) throw invalid(context.node, 'a batch of channels', show(shape));
  for (let input = 1; input < context.inputs.length; input++)
    requireEqual(context, `input ${input} to have a length`, shape[1] ?? '?', rankOf(context, input, 1)[0] ?? '?');
  return [{ shape }];
};

const layerNormalizationShape: Rule = (context) => {
  requireEpsilon(context);
  const { node, inputs } = context;
  const shape = shapeOf(context, 0);
  const axis = axisOf(node, number(node, 'axis'), shape.length);
  const normalized = shape.slice(axis);
  for (const scale of inputs.slice(1))
    if (scale && (scale.shape.length !== normalized.length || !broadcastsTo(scale.shape, normalized)))
      throw invalid(node, `a scale and a shift of shape ${show(normalized)}`, show(scale.shape));
  const rest = shape.map((dim, i) => (i < axis ? dim : 1));
  return node.outputs.map((_, i) => ({ shape: i === 0 ? shape : rest }));
};

/** e^x / Σ e^x along an axis. */
const softmax: Kernel = (call) => {
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

export const moments = (group: Float64Array): readonly [mean: number, variance: number] => {
  const mean = group.reduce((sum, x) => sum + x, 0) / group.length;
  return [mean, group.reduce((sum, x) => sum + (x - mean) ** 2, 0) / group.length];
};

/**
 * (x − mean) / √(variance + ε) · scale + shift over the axes from `axis` on; also returns mean and 1 / √(variance + ε).
 */
const layerNormalization: Kernel = (call) => {
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
const instanceNormalization: Kernel = (call) => {
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
const batchNormalization: Kernel = (call) => {
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

/** Normalization, along an axis or by statistics. */
export const NORMALIZATION = {
  Softmax: {
    inputs: { input: 'T' },
    outputs: { output: 'T' },
    types: { T: FLOAT },
    attributes: { axis: optional('int', -1) },
    webgpu: 26,
    infer: alongAxisShape,
    evaluate: softmax,
  },
  InstanceNormalization: {
    inputs: { input: 'T', scale: 'T', B: 'T' },
    outputs: { output: 'T' },
    types: { T: SINGLE },
    attributes: { epsilon: optional('float', 1e-5) },
    webgpu: 26,
    infer: instanceNormalizationShape,
    evaluate: instanceNormalization,
  },
  LayerNormalization: {
    since: 17,
    inputs: { X: 'T', Scale: 'T', B: 'T?' },
    outputs: { Y: 'T', Mean: 'float32?', InvStdDev: 'float32?' },
    types: { T: FLOAT },
    attributes: {
      axis: optional('int', -1),
      epsilon: optional('float', 1e-5),
      stash_type: optional('int', 1, { only: [1] }),
    },
    webgpu: 26,
    infer: layerNormalizationShape,
    evaluate: layerNormalization,
  },
  BatchNormalization: {
    inputs: { X: 'T', scale: 'T', B: 'T', input_mean: 'T', input_var: 'T' },
    outputs: { Y: 'T' },
    types: { T: FLOAT },
    attributes: {
      epsilon: optional('float', 1e-5),
      momentum: optional('float', 0.9),
      training_mode: optional('int', 0, { only: [0], since: 14 }),
    },
    webgpu: 24,
    infer: perChannelShape,
    evaluate: batchNormalization,
  },
} satisfies Record<string, Definition>;
