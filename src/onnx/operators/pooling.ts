import { show } from '../../shape/show.ts';
import { size } from '../../shape/size.ts';
import { invalid, number, numbers } from '../attributes.ts';
import type { Dim } from '../graph.ts';
import type { Rule } from '../infer/rule.ts';
import { input, zeros, type Call, type Kernel } from '../reference/numbers.ts';
import { windowOf } from '../window.ts';
import { accumulate, imageOf, reached, tapsOf, windowed } from './convolution.ts';
import type { Definition, Operations } from './definition.ts';
import { moments } from './normalization.ts';
import { auto_pad, flag, FLOAT, optional, required, SINGLE, type OperatorSpec } from './spec.ts';

const windowAttributes = {
  kernel_shape: required('ints'),
  strides: optional('ints'),
  pads: optional('ints'),
  ceil_mode: optional('int', 0, { only: [0] }),
  auto_pad,
};

const poolSpec = {
  inputs: { X: 'T' },
  outputs: { Y: 'T' },
  types: { T: SINGLE },
  attributes: {},
  webgpu: 21,
} satisfies OperatorSpec;

const poolShape: Rule = (context) => {
  const [n = '?', channels = '?', ...axes] = imageOf(context);
  const window = windowOf(
    context.node,
    axes.map((): Dim => '?'),
  );
  if (window.some(({ kernel, before, after }) => before >= kernel || after >= kernel))
    throw invalid(context.node, 'pads smaller than the window', show(numbers(context.node, 'pads') ?? []));
  const shape = [n, channels, ...window.map((axis, i) => windowed(context, axis, axes[i] ?? '?'))];
  return context.node.outputs.map(() => ({ shape }));
};

const globalPoolShape: Rule = (context) => {
  const [n = '?', channels = '?', ...axes] = imageOf(context);
  return [{ shape: [n, channels, ...axes.map(() => 1)] }];
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
const maxPool: Kernel = (call) => {
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
const averagePool: Kernel = (call) => {
  const { x, shape, planes, image, size, taps } = poolOf(call);
  const sums = zeros(x.dtype, shape);
  const counts = new Float64Array(size);
  for (const { outer } of taps) for (const position of outer) counts[position] = (counts[position] ?? 0) + 1;
  if (number(call.node, 'count_include_pad') === 1) counts.fill(taps.length);
  for (let plane = 0; plane < planes; plane++)
    for (const { inner, outer } of taps) accumulate(sums.data, plane * size, outer, x.data, plane * image, inner);
  return [{ ...sums, data: sums.data.map((sum, i) => sum / (counts[i % size] ?? 1)) }];
};

/** The mean of each channel of each example. */
const globalAveragePool: Kernel = (call) => {
  const x = input(call, 0);
  const [batch = 0, channels = 0, ...image] = x.shape;
  const length = size(image);
  const y = zeros(x.dtype, [batch, channels, ...image.map(() => 1)]);
  for (let i = 0; i < y.data.length; i++) y.data[i] = moments(x.data.subarray(i * length, (i + 1) * length))[0];
  return [y];
};

/** A window for each element of the output. */
const perWindow: Operations = (node, _, given) => given * size(numbers(node, 'kernel_shape') ?? []);

/** Pooling over windows, and over whole images. */
export const POOLING = {
  MaxPool: {
    ...poolSpec,
    outputs: { Y: 'T', Indices: 'int64?' },
    types: { T: FLOAT },
    attributes: { ...windowAttributes, dilations: optional('ints'), storage_order: optional('int', 0, { only: [0] }) },
    infer: poolShape,
    evaluate: maxPool,
    operations: perWindow,
  },
  AveragePool: {
    ...poolSpec,
    attributes: {
      ...windowAttributes,
      dilations: optional('ints', undefined, { since: 19 }),
      count_include_pad: flag(0),
    },
    webgpu: 24,
    infer: poolShape,
    evaluate: averagePool,
    operations: perWindow,
  },
  GlobalAveragePool: { ...poolSpec, infer: globalPoolShape, evaluate: globalAveragePool },
} satisfies Record<string, Definition>;
