import { number, numbers } from '../../onnx/attributes.ts';
import type { OnnxNode, OnnxTensor } from '../../onnx/graph.ts';
import { numbersOf } from '../../onnx/tensor.ts';
import { arithmetic, normalization, type Affine } from '../affine.ts';
import { arrangement } from '../arrangement.ts';
import { floats } from '../fold.ts';
import { rewriting, type Replacement, type Rule } from '../rewrite.ts';
import { derived, example } from '../shapes.ts';
import type { View } from '../workspace.ts';

/** A product or convolution with constant weights, by its features: along which axis of the weights they are, and its bias. */
interface Linear {
  readonly weights: OnnxTensor;
  /** The place of a weight's feature among all, or of what it is multiplied with, from the weight's place. */
  readonly feature: (place: number) => number;
  readonly taken: (place: number) => number;
  readonly features: number;
  /** One number for each feature. */
  readonly bias: Float64Array;
  /** By how much weights count: a Gemm's alpha. */
  readonly factor: number;
}

const linear = (node: OnnxNode, view: View): Linear | undefined => {
  const [x = '', w = '', b = ''] = node.inputs;
  const weights = view.constant(w);
  if (weights?.dtype !== 'float32') return undefined;
  const { shape } = weights;
  const [first = 0, second = 0, ...kernel] = shape;
  const size = kernel.reduce((a, n) => a * n, 1);
  const row = (place: number) => Math.floor(place / (second * size));
  const column = (place: number) => Math.floor(place / size) % second;
  const parts = { weights, feature: column, taken: row, features: second, factor: 1 };
  switch (node.op) {
    case 'Gemm':
    case 'MatMul': {
      if (view.type(x)?.shape.length !== 2 || shape.length !== 2) return undefined;
      const gemm = node.op === 'Gemm';
      const flipped = gemm && number(node, 'transB') === 1;
      const features = flipped ? first : second;
      const bias = biasOf(b, features, gemm ? number(node, 'beta') : 1, view);
      const rest = { features, factor: gemm ? number(node, 'alpha') : 1 };
      return bias && { ...parts, ...rest, bias, ...(flipped && { feature: row, taken: column }) };
    }
    case 'Conv':
    case 'ConvTranspose': {
      if (number(node, 'group') !== 1) return undefined;
      const forward = node.op === 'Conv';
      const features = forward ? first : second;
      const bias = biasOf(b, features, 1, view);
      return bias && { ...parts, features, bias, ...(forward && { feature: row, taken: column }) };
    }
    default:
      return undefined;
  }
};

const biasOf = (name: string, features: number, factor: number, view: View): Float64Array | undefined => {
  if (name === '') return new Float64Array(features);
  const tensor = view.constant(name);
  if (!tensor || !tensor.shape.slice(0, -1).every((length) => length === 1)) return undefined;
  const values = numbersOf(tensor);
  if (values.length !== 1 && values.length !== features) return undefined;
  return Float64Array.from({ length: features }, (_, i) => factor * (values[values.length === 1 ? 0 : i] ?? NaN));
};

/** The node with other weights and another bias; MatMul becomes Gemm, which has one. */
const withWeights = (
  node: OnnxNode,
  outputs: readonly string[],
  x: string,
  { weights }: Linear,
  changed: Float64Array,
  bias: Float64Array,
  view: View,
): Required<Pick<Replacement, 'nodes' | 'constants'>> => {
  const [, w = '', b = ''] = node.inputs;
  const matrix = node.op === 'Gemm' || node.op === 'MatMul';
  const [own, added] = [derived(view, w), b === '' ? view.fresh(`${node.name}/bias`) : derived(view, b)];
  const { alpha: _, beta: __, ...attributes } = node.attributes;
  return {
    constants: { [own]: floats(weights.shape, changed), [added]: floats([bias.length], bias) },
    nodes: [{ ...node, op: matrix ? 'Gemm' : node.op, inputs: [x, own, added], outputs, attributes }],
  };
};

const at = (values: Float64Array, i: number): number => values[values.length === 1 ? 0 : i] ?? NaN;

/** Weights that other nodes take too are only copied for a batch normalisation, which then is one of theirs too. */
const mayChange = (node: OnnxNode, before: OnnxNode, view: View): boolean =>
  node.op === 'BatchNormalization' || view.uses(before.inputs[1] ?? '') === 1;

/**
 * What scales and shifts each feature of a product or a convolution is part of its weights and its bias, also where the
 * features are reshaped or transposed between.
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
  const direct = view.giver(affine.input);
  const found = direct && linear(direct, view);
  if (direct && found && mayChange(node, direct, view))
    return scaled(direct, [y], found, (feature) => feature, affine, view);
  // Through reshapes and transposes: each column of a product must belong to one channel.
  const moved = arrangement(affine.input, view);
  const giver = view.giver(moved?.source ?? '');
  const product = giver && moved && view.uses(moved.source) === 1 && linear(giver, view);
  const [channels = 1, ...rest] = example(view, affine.input) ?? [];
  if (!product || moved.shape.length !== 1 || !mayChange(node, giver, view)) return undefined;
  const each = rest.reduce((a, b) => a * b, 1);
  const channelOf = new Int32Array(channels * each);
  moved.places().forEach((place, i) => (channelOf[place] = Math.floor(i / each)));
  const inner = view.fresh(moved.source);
  const { nodes, constants } = scaled(giver, [inner], product, (feature) => channelOf[feature] ?? 0, affine, view);
  return { constants, nodes: [...nodes, ...rerun(affine.input, moved.source, inner, y, view)] };
};

const sameShapeAfter = (view: View, x: string, y: string): boolean =>
  `${view.type(x)?.shape}` === `${view.type(y)?.shape}`;

const scaled = (
  node: OnnxNode,
  outputs: readonly string[],
  product: Linear,
  channel: (feature: number) => number,
  { scale, shift }: Affine,
  view: View,
) => {
  const of = (feature: number): number => at(scale, channel(feature));
  const weights = numbersOf(product.weights).map((w, i) => w * product.factor * of(product.feature(i)));
  const bias = product.bias.map((b, i) => b * of(i) + at(shift, channel(i)));
  return withWeights(node, outputs, node.inputs[0] ?? '', product, weights, bias, view);
};

/** The reshapes and transposes that lead from one value to another, from `start` to `end` instead. */
const rerun = (to: string, from: string, start: string, end: string, view: View): readonly OnnxNode[] => {
  const nodes: OnnxNode[] = [];
  let output = end;
  for (let name = to; name !== from;) {
    const node = view.giver(name);
    if (!node) break;
    name = node.inputs[0] ?? '';
    const input = name === from ? start : view.fresh(name);
    nodes.unshift({ ...node, inputs: [input, ...node.inputs.slice(1)], outputs: [output] });
    output = input;
  }
  return nodes;
};

/**
 * A batch normalisation before a product or a convolution is part of its weights, unless the convolution pads with zeros:
 * they are not normalised.
 *
 *     Gemm(BatchNormalization(x, γ, β, μ, σ²), w, b)  →  Gemm(x, w', b')
 */
const before: Rule = (node, view) => {
  const [x = ''] = node.inputs;
  const found = linear(node, view);
  const giver = view.giver(x);
  const affine = found && giver && view.uses(x) === 1 ? normalization(giver, view) : undefined;
  if (!found || !affine) return undefined;
  if (node.op === 'ConvTranspose' || (node.op === 'Gemm' && number(node, 'transA') === 1)) return undefined;
  if (node.op === 'Conv' && (numbers(node, 'pads') ?? []).some((pad) => pad !== 0)) return undefined;
  const given = numbersOf(found.weights);
  const bias = new Float64Array(found.bias);
  for (const [i, w] of given.entries()) {
    const feature = found.feature(i);
    bias[feature] = (bias[feature] ?? 0) + w * found.factor * at(affine.shift, found.taken(i));
  }
  const weights = given.map((w, i) => w * found.factor * at(affine.scale, found.taken(i)));
  return withWeights(node, node.outputs, affine.input, found, weights, bias, view);
};

/** Folds batch normalisation, and scaling and shifting by constants, into the weights beside it. */
export const batchNorm = rewriting(after, before);
