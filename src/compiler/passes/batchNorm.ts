import { number, numbers } from '../../onnx/defaults.ts';
import type { OnnxNode, OnnxTensor } from '../../onnx/graph.ts';
import { same } from '../../shape/same.ts';
import { size } from '../../shape/size.ts';
import { arithmetic, normalization, single, type Affine, type Vector } from '../affine-transform.ts';
import { arrangement } from '../arrangement.ts';
import { made, tensor, type Made } from '../origin.ts';
import { rewriting, type Replacement, type Rule } from '../rewrite.ts';
import { rolled } from '../runs.ts';
import { derived, example } from '../shapes.ts';
import type { View } from '../workspace.ts';

/** A product or convolution with constant weights. */
interface Linear {
  readonly weights: OnnxTensor;
  /** The axis of the weights along which its output features lie, and that of its input features. */
  readonly feature: number;
  readonly taken: number;
  readonly features: number;
  /** Absent if it has none. */
  readonly bias?: Vector;
  /** The factor by which the weights are multiplied: a Gemm's alpha. */
  readonly factor: number;
}

const linear = (node: OnnxNode, view: View): Linear | undefined => {
  const [x = '', w = '', b = ''] = node.inputs;
  const weights = view.constant(w);
  if (weights?.dtype !== 'float32') return undefined;
  const { shape } = weights;
  const of = (feature: number, factor = 1, beta = 1): Linear | undefined => {
    const features = shape[feature] ?? 0;
    const bias = b === '' ? 'none' : biasOf(b, features, beta, view);
    if (!bias) return undefined;
    return { weights, feature, taken: 1 - feature, features, factor, ...(bias !== 'none' && { bias }) };
  };
  switch (node.op) {
    case 'MatMul':
      return view.type(x)?.shape.length === 2 && shape.length === 2 ? of(1) : undefined;
    case 'Gemm':
      if (view.type(x)?.shape.length !== 2 || shape.length !== 2) return undefined;
      return of(number(node, 'transB') === 1 ? 0 : 1, number(node, 'alpha'), number(node, 'beta'));
    case 'Conv':
      return of(0);
    case 'ConvTranspose':
      return number(node, 'group') === 1 ? of(1) : undefined;
    default:
      return undefined;
  }
};

const biasOf = (name: string, features: number, factor: number, view: View): Vector | undefined => {
  const constant = view.constant(name);
  if (!constant || !constant.shape.slice(0, -1).every((length) => length === 1)) return undefined;
  const count = constant.data.length;
  if (count !== 1 && count !== features) return undefined;
  const flat: Made = { op: 'reshape', of: tensor(constant), shape: [count] };
  return { of: factor === 1 ? flat : { op: 'mul', of: flat, by: single(factor) }, count };
};

/** Returns the node with other weights and another bias; MatMul becomes Gemm, which has a bias. */
const withWeights = (
  node: OnnxNode,
  outputs: readonly string[],
  x: string,
  features: number,
  changed: Made,
  bias: Vector,
  view: View,
): Required<Pick<Replacement, 'nodes' | 'constants'>> => {
  const [, w = '', b = ''] = node.inputs;
  const matrix = node.op === 'Gemm' || node.op === 'MatMul';
  const [own, added] = [derived(view, w), b === '' ? view.fresh(`${node.name}/bias`) : derived(view, b)];
  const { alpha: _, beta: __, ...attributes } = node.attributes;
  return {
    constants: { [own]: made(changed), [added]: made(picked(bias, Array<number>(features).fill(0), features).of) },
    nodes: [{ ...node, op: matrix ? 'Gemm' : node.op, inputs: [x, own, added], outputs, attributes }],
  };
};

/** Returns a vector unchanged if it already has `count` numbers; otherwise its numbers at these places. */
const picked = (vector: Vector, places: readonly number[], count: number): Vector =>
  vector.count === count
    ? vector
    : { of: { op: 'gather', of: vector.of, axis: 0, places: rolled(places) }, count: places.length };

/** Returns weights times a factor, and times a vector along an axis. */
const times = ({ weights, factor }: Linear, vector: Vector | undefined, axis: number): Made => {
  const own: Made = factor === 1 ? tensor(weights) : { op: 'mul', of: tensor(weights), by: single(factor) };
  if (!vector) return own;
  const shape = weights.shape.map((_, i) => (i === axis ? vector.count : 1));
  return { op: 'mul', of: own, by: { op: 'reshape', of: vector.of, shape } };
};

const sum = (a: Vector | undefined, b: Vector | undefined): Vector | undefined =>
  a && b ? { of: { op: 'add', of: a.of, by: b.of }, count: Math.max(a.count, b.count) } : (a ?? b);

/**
 * Whether weights may change. Weights with other consumers are copied only for a batch normalisation, which then shares
 * them too.
 */
const mayChange = (node: OnnxNode, before: OnnxNode, view: View): boolean =>
  node.op === 'BatchNormalization' || view.uses(before.inputs[1] ?? '') === 1;

/**
 * Folds scaling and shifting of each feature after a product or a convolution into its weights and bias, even if the
 * features are reshaped or transposed in between.
 *
 *     BatchNormalization(Conv(x, w, b), γ, β, μ, σ²)            →  Conv(x, w', b')
 *     BatchNormalization(Reshape(Gemm(x, w, b)), γ, β, μ, σ²)   →  Reshape(Gemm(x, w', b'))
 *     Mul(Gemm(x, w, b), 0.5), Add(Conv(x, w), c)               →  Gemm(x, w', b'), Conv(x, w, b')
 */
const after: Rule = (node, view) => {
  const affine = normalization(node, view) ?? arithmetic(node, view);
  if (!affine || view.uses(affine.input) > 1) return undefined;
  const [y = ''] = node.outputs;
  if (!sameShapeAfter(view, affine.input, y)) return undefined;
  const direct = view.producer(affine.input);
  const found = direct && linear(direct, view);
  if (direct && found && mayChange(node, direct, view)) return scaled(direct, [y], found, affine, view);
  // Through reshapes and transposes: each column of a product must belong to one channel.
  const moved = arrangement(affine.input, view);
  const producer = view.producer(moved?.source ?? '');
  const product = producer && moved && view.uses(moved.source) === 1 && linear(producer, view);
  const [channels = 1, ...rest] = example(view, affine.input) ?? [];
  if (!product || moved.shape.length !== 1 || !mayChange(node, producer, view)) return undefined;
  const each = size(rest);
  const channelOf = Array<number>(channels * each).fill(0);
  moved.places().forEach((place, i) => (channelOf[place] = Math.floor(i / each)));
  const inner = view.fresh(moved.source);
  const { nodes, constants } = scaled(producer, [inner], product, affine, view, channelOf);
  return { constants, nodes: [...nodes, ...rerun(affine.input, moved.source, inner, y, view)] };
};

const sameShapeAfter = (view: View, x: string, y: string): boolean => {
  const [before, after] = [view.type(x)?.shape, view.type(y)?.shape];
  return before && after ? same(before, after) : before === after;
};

/**
 * Returns the node with a following affine transform folded into its weights; `channels` maps features to channels, if
 * they differ.
 */
const scaled = (
  node: OnnxNode,
  outputs: readonly string[],
  product: Linear,
  { scale, shift }: Affine,
  view: View,
  channels?: readonly number[],
) => {
  const each = (vector: Vector | undefined): Vector | undefined =>
    vector && channels && vector.count > 1
      ? { of: { op: 'gather', of: vector.of, axis: 0, places: rolled(channels) }, count: channels.length }
      : vector;
  const [factor, added] = [each(scale), each(shift)];
  const { bias } = product;
  const own =
    bias && factor
      ? { of: { op: 'mul', of: bias.of, by: factor.of } as const, count: Math.max(bias.count, factor.count) }
      : bias;
  const changed = times(product, factor, product.feature);
  return withWeights(node, outputs, node.inputs[0] ?? '', product.features, changed, sum(own, added) ?? zero, view);
};

const zero: Vector = { of: single(0), count: 1 };

/** Returns the reshapes and transposes that lead from one value to another, now from `start` to `end`. */
const rerun = (to: string, from: string, start: string, end: string, view: View): readonly OnnxNode[] => {
  const nodes: OnnxNode[] = [];
  let output = end;
  for (let name = to; name !== from;) {
    const node = view.producer(name);
    if (!node) break;
    name = node.inputs[0] ?? '';
    const input = name === from ? start : view.fresh(name);
    nodes.unshift({ ...node, inputs: [input, ...node.inputs.slice(1)], outputs: [output] });
    output = input;
  }
  return nodes;
};

/**
 * Folds a batch normalisation before a product or a convolution into its weights, unless the convolution pads with
 * zeros: these are not normalised.
 *
 *     Gemm(BatchNormalization(x, γ, β, μ, σ²), w, b)  →  Gemm(x, w', b')
 */
const before: Rule = (node, view) => {
  const [x = ''] = node.inputs;
  const found = linear(node, view);
  const producer = view.producer(x);
  const affine = found && producer && view.uses(x) === 1 ? normalization(producer, view) : undefined;
  if (!found || !affine) return undefined;
  if (node.op === 'ConvTranspose' || (node.op === 'Gemm' && number(node, 'transA') === 1)) return undefined;
  if (node.op === 'Conv' && (number(node, 'group') > 1 || (numbers(node, 'pads') ?? []).some((pad) => pad !== 0)))
    return undefined;
  const { weights, taken, feature } = found;
  const others = weights.shape.flatMap((_, axis) => (axis === feature ? [] : [axis]));
  const moved: Vector | undefined = affine.shift && {
    of: { op: 'sum', of: times(found, affine.shift, taken), axes: others },
    count: found.features,
  };
  const bias = sum(found.bias, moved) ?? zero;
  return withWeights(node, node.outputs, affine.input, found.features, times(found, affine.scale, taken), bias, view);
};

/** Folds batch normalisation, and scaling and shifting by constants, into neighbouring weights. */
export const batchNorm = rewriting(after, before);
