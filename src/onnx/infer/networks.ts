import { show } from '../../shape/show.ts';
import { axisOf, invalid, number, numbers, word } from '../attributes.ts';
import { addDims, broadcast, broadcastsTo, multiplyDims, subtractDims } from '../dims.ts';
import { isFloat } from '../dtype.ts';
import type { Dim } from '../graph.ts';
import type { NETWORKS } from '../schema/networks.ts';
import { windowOf, type Axis } from '../window.ts';
import { einsum } from './einsum.ts';
import { cumSum } from './ordered.ts';
import { gru, lstm } from './recurrent.ts';
import {
  distinctAxes,
  knownNumbers,
  lengthOf,
  rankOf,
  requireEqual,
  shapeOf,
  type Context,
  type Rule,
} from './rule.ts';

const gemm: Rule = (context) => {
  const { node } = context;
  const a = rankOf(context, 0, 2);
  const b = rankOf(context, 1, 2);
  const [m = '?', k = '?'] = number(node, 'transA') ? a.toReversed() : a;
  const [l = '?', n = '?'] = number(node, 'transB') ? b.toReversed() : b;
  requireEqual(context, "B's inner length", k, l);
  const c = context.inputs[2]?.shape;
  if (c && !broadcastsTo(c, [m, n])) throw invalid(node, `C to broadcast to ${show([m, n])}`, show(c));
  return [{ shape: [m, n] }];
};

const matMul: Rule = (context) => {
  const [a, b] = [shapeOf(context, 0), shapeOf(context, 1)];
  if (a.length === 0 || b.length === 0) throw invalid(context.node, 'matrices or vectors', 'a scalar');
  requireEqual(context, "B's inner length", a.at(-1) ?? '?', b.at(b.length === 1 ? 0 : -2) ?? '?');
  const batch = broadcast(a.slice(0, -2), b.slice(0, -2));
  if (!batch) throw invalid(context.node, 'batches that broadcast', `${show(a)} and ${show(b)}`);
  return [{ shape: [...batch, ...a.slice(0, -1).slice(-1), ...(b.length > 1 ? b.slice(-1) : [])] }];
};

/** Returns ⌊(length + pads − reach) / stride⌋ + 1, where a window's reach is dilation · (kernel − 1) + 1 elements. */
const windowed = ({ node }: Context, { kernel, stride, dilation, before, after }: Axis, length: Dim): Dim => {
  const slack = before + after - dilation * (kernel - 1) - 1;
  if (typeof length !== 'number') return stride === 1 && slack === -1 ? length : '?';
  const result = Math.floor((length + slack) / stride) + 1;
  if (result < 1) throw invalid(node, 'axes at least as long as the window', String(length));
  return result;
};

const imageOf = (context: Context): readonly Dim[] => {
  const shape = shapeOf(context, 0);
  if (shape.length < 3) throw invalid(context.node, 'a batch of channels of at least one axis', show(shape));
  return shape;
};

const conv: Rule = (context) => {
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

const convTranspose: Rule = (context) => {
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

const pool: Rule = (context) => {
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

const globalPool: Rule = (context) => {
  const [n = '?', channels = '?', ...axes] = imageOf(context);
  return [{ shape: [n, channels, ...axes.map(() => 1)] }];
};

const resize: Rule = (context) => {
  const { node } = context;
  const shape = shapeOf(context, 0);
  const axes = distinctAxes(context, numbers(node, 'axes') ?? shape.map((_, i) => i), shape.length);
  const [scales, sizes] = [context.inputs[2], context.inputs[3]];
  if (!scales === !sizes) throw invalid(node, 'scales or sizes', scales ? 'both' : 'neither');
  requireEqual(context, 'one number an axis', axes.length, lengthOf(context, scales ? 2 : 3));
  const elements = scales ? knownNumbers(context, 2) : context.elements(3);
  if (elements?.some((element) => typeof element === 'number' && !(element > 0 && element < Infinity)))
    throw invalid(node, 'finite scales and sizes above 0', show(elements));
  if (shape.includes(0)) throw invalid(node, 'axes of at least one element', show(shape));
  const result = [...shape];
  axes.forEach((axis, i) => {
    result[axis] = resized(shape[axis] ?? '?', elements?.[i], scales !== undefined);
  });
  if (word(node, 'mode') === 'linear') requireBlendable(context);
  // onnxruntime interpolates along the axes of an image only; three axes are an image without a batch.
  if (word(node, 'mode') === 'linear' && shape.length > 3)
    for (const axis of [0, 1])
      requireEqual(context, `axis ${axis}, which is not blended,`, shape[axis] ?? '?', result[axis] ?? '?');
  return [{ shape: result }];
};

const requireBlendable = (context: Context): void => {
  const { node, inputs } = context;
  const shape = shapeOf(context, 0);
  if (shape.length < 2 || shape.length > 5) throw invalid(node, 'an image of 2 to 5 axes to blend', show(shape));
  // onnxruntime's kernels differ in how they round whole numbers.
  const dtype = inputs[0]?.dtype ?? 'float32';
  if (!isFloat(dtype)) throw invalid(node, 'fractions to blend', dtype);
};

const resized = (length: Dim, element: Dim | undefined, scale: boolean): Dim => {
  if (element === undefined) return '?';
  if (!scale) return element;
  if (typeof element !== 'number') return '?';
  if (typeof length === 'number') return Math.floor(length * element);
  return Number.isInteger(element) ? multiplyDims(length, element) : '?';
};

const alongAxis: Rule = (context) => {
  const shape = shapeOf(context, 0);
  axisOf(context.node, number(context.node, 'axis'), shape.length);
  return [{ shape }];
};

const instanceNormalization: Rule = (context) => {
  imageOf(context);
  return perChannel(context);
};

const requireEpsilon = ({ node }: Context): void => {
  const epsilon = number(node, 'epsilon');
  if (!(epsilon >= 0)) throw invalid(node, 'epsilon of at least 0', String(epsilon));
};

const perChannel: Rule = (context) => {
  requireEpsilon(context);
  const shape = shapeOf(context, 0);
  if (shape.length < 2) throw invalid(context.node, 'a batch of channels', show(shape));
  for (let input = 1; input < context.inputs.length; input++)
    requireEqual(context, `input ${input} to have a length`, shape[1] ?? '?', rankOf(context, input, 1)[0] ?? '?');
  return [{ shape }];
};

const layerNormalization: Rule = (context) => {
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

const reduce: Rule = (context) => {
  const { node, inputs } = context;
  const shape = shapeOf(context, 0);
  if (inputs[1]) rankOf(context, 1, 1);
  const given = inputs[1] ? knownNumbers(context, 1) : (numbers(node, 'axes') ?? []);
  const keep = number(node, 'keepdims') === 1;
  if (!given) {
    const rank = keep ? shape.length : shape.length - lengthOf(context, 1);
    return [{ shape: Array.from({ length: rank }, (): Dim => '?') }];
  }
  if (given.length === 0 && node.attributes['noop_with_empty_axes'] === 1) return [{ shape }];
  const axes = given.length === 0 ? shape.map((_, i) => i) : distinctAxes(context, given, shape.length);
  if (keep) return [{ shape: shape.map((dim, i) => (axes.includes(i) ? 1 : dim)) }];
  return [{ shape: shape.filter((_, i) => !axes.includes(i)) }];
};

/** An empty input has a sum. It also has a mean, NaN, and a maximum, −∞, but only for floating-point types. */
const reduceSomething: Rule = (context) => {
  const result = reduce(context);
  const dtype = context.inputs[0]?.dtype;
  if (dtype && !isFloat(dtype) && shapeOf(context, 0).includes(0) && !result[0]?.shape.includes(0))
    requireSomething(context, 0);
  return result;
};

const requireSomething = ({ node }: Context, length: Dim): void => {
  if (length === 0) throw invalid(node, 'something to reduce', 'an axis of 0');
};

const argMax: Rule = (context) => {
  const shape = shapeOf(context, 0);
  const axis = axisOf(context.node, number(context.node, 'axis'), shape.length);
  requireSomething(context, shape[axis] ?? 1);
  if (number(context.node, 'keepdims') === 1) return [{ shape: shape.map((dim, i) => (i === axis ? 1 : dim)) }];
  return [{ shape: shape.filter((_, i) => i !== axis) }];
};

/** Shape rules of matrix products, convolutions, pooling, normalisation, reductions and recurrent networks. */
export const INFER_NETWORKS: Readonly<Record<keyof typeof NETWORKS, Rule>> = {
  Gemm: gemm,
  MatMul: matMul,
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: pool,
  AveragePool: pool,
  GlobalAveragePool: globalPool,
  Resize: resize,
  Softmax: alongAxis,
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,
  BatchNormalization: perChannel,
  ReduceSum: reduce,
  ReduceMean: reduceSomething,
  ReduceMax: reduceSomething,
  ReduceLogSumExp: reduceSomething,
  ArgMax: argMax,
  CumSum: cumSum,
  Einsum: einsum,
  GRU: gru,
  LSTM: lstm,
};
