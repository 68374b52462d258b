import { differentiate } from '../../src/compiler/differentiate.ts';
import { lower } from '../../src/compiler/lower.ts';
import { optimisePortably } from '../../src/compiler/optimise.ts';
import type { Gaussian } from '../../src/dsl/gaussian.ts';
import { bodyOf } from '../../src/dsl/network.ts';
import type { Target } from '../../src/dsl/target.ts';
import { isTensor, type Tensor } from '../../src/dsl/tensor.ts';
import { resolve } from '../../src/graph/resolve.ts';
import { bernoulli, categorical, conv2d, convTranspose2d, maxPool2d, normal } from '../../src/index.ts';
import { kl, logRatio } from '../../src/layers/gaussian.ts';
import { subgraphs, type OnnxGraph, type ValueInfo } from '../../src/onnx/graph.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { normals, stream, uniforms } from '../../src/random.ts';
import { size } from '../../src/shape/size.ts';
import { fullInput, type CaseInput } from '../../src/testing/case.ts';
import { drawnWeights } from '../../src/testing/draw.ts';
import { weighted } from '../../src/testing/gradients.ts';
import type { Layer } from '../../src/testing/layer.ts';
import { CASES } from '../layers/cases.ts';

/** Numbers as networks see them, of every smaller size, large ones, and ones around a large offset. */
export const RANGES = ['usual', 'small', 'large', 'offset'] as const;
export type Range = (typeof RANGES)[number];

/** Float32 arrays by an input's name. */
export type Feeds = Readonly<Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>>;

/** A graph as files have it, and what it is run on. */
export interface Tried {
  readonly name: string;
  readonly graph: OnnxGraph;
  /** Those of the layer itself, without its gradient. */
  readonly operators: readonly string[];
  readonly feeds: Readonly<Record<Range, Feeds>>;
}

const ROWS = 4;

/** Every layer with its gradient, likelihoods and divergences, as the files of an export have them. */
export const tried = (): readonly Tried[] => [
  ...Object.entries(CASES).flatMap(([name, cases]) => {
    const [first] = cases.filter(({ inputs }) => inputs.every((input) => (fullInput(input).lead ?? 1) === 1));
    return first ? [layerTried(name, first.inputs.map(fullInput), first.layer, first.gradient !== 'none')] : [];
  }),
  ...[true, false].map((hasGradient) =>
    layerTried(
      `maxPool2d, of windows that overlap${hasGradient ? '' : ', without its gradient'}`,
      [{ shape: [7, 5, 3] }],
      (x) => maxPool2d({ size: 3 })(x as Tensor<[7, 5, 3]>),
      hasGradient,
    ),
  ),
  // Engines have kernels of their own for groups.
  layerTried('conv2d, in groups', [{ shape: [7, 5, 4] }], (x) => conv2d(6, { groups: 2 })(x as Tensor<[7, 5, 4]>)),
  layerTried('conv2d, depthwise', [{ shape: [7, 5, 4] }], (x) =>
    conv2d(4, { groups: 4, stride: [2, 1], dilation: [1, 2] })(x as Tensor<[7, 5, 4]>),
  ),
  layerTried('convTranspose2d, in groups', [{ shape: [4, 3, 4] }], (x) =>
    convTranspose2d(6, { groups: 2, stride: 2 })(x as Tensor<[4, 3, 4]>),
  ),
  ...Object.entries(TARGETS).map(([name, target]) => targetTried(name, target)),
  layerTried('KL', vectors(4), (...given) => kl(gaussian(given, 0), gaussian(given, 2))),
  layerTried('log p/q', vectors(6), (...given) =>
    logRatio(at(given, 0), at(given, 1), gaussian(given, 2), gaussian(given, 4)),
  ),
];

const vectors = (count: number): readonly CaseInput[] => Array.from({ length: count }, () => ({ shape: [5] }));

const TARGETS: Readonly<Record<string, Target>> = {
  bernoulli: bernoulli(6),
  categorical: categorical(4, { at: [2, 2] }),
  normal: normal(6, { sigma: 0.5 }),
  'normal, σ learned': normal(6, { sigma: 'learned' }),
};

/** A target's −log p(y), its mean and its log-variance. */
const targetTried = (name: string, target: Target): Tried => {
  const parameters = Object.entries(target.parameters);
  const y: CaseInput = { shape: target.shape, ...(target.distribution !== 'normal' && { between: [0, 1] }) };
  return layerTried(`p(y), ${name}`, [y, ...parameters.map(([, shape]) => ({ shape }))], (first, ...tensors) => {
    const given = Object.fromEntries(parameters.map(([key], i) => [key, at(tensors, i)]));
    const { y: mean, logVar } = target.mean(given);
    return { nll: target.nll(given, at([first], 0)), mean, ...(logVar && { logVar }) };
  });
};

const at = (tensors: readonly (Tensor | undefined)[], index: number): Tensor<[number]> => {
  const tensor = tensors[index];
  if (!tensor) throw new Error(`there is no input ${index}`);
  return tensor as Tensor as Tensor<[number]>; // vectors, or shapes that only layers of any shape are given
};

const gaussian = (tensors: readonly Tensor[], index: number): Gaussian<number> => ({
  mean: at(tensors, index),
  logVar: at(tensors, index + 1),
});

/** A layer's outputs, and their gradient by all that it is given, in one graph. */
const layerTried = (name: string, inputs: readonly CaseInput[], layer: Layer, differentiated = true): Tried => {
  const shapes = Object.fromEntries(inputs.map(({ shape }, i) => [`x${i}`, shape]));
  const body = bodyOf(name, shapes, (given) => {
    const made = layer(...Object.keys(shapes).map((_, i) => at(Object.values(given), i)));
    const outputs = isTensor(made) ? { output: made } : made;
    return { ...outputs, ...(differentiated && { loss: weighted(outputs) }) };
  });
  const resolved = resolve(body, { mode: 'infer' });
  const lowered = lower(resolved, drawnWeights(resolved.params, 1));
  const whole = differentiated ? differentiate(lowered, { of: 'loss', by: Object.keys(shapes) }) : lowered;
  const outputs = whole.outputs.filter((output) => output.name !== 'loss');
  const graph = optimisePortably({ ...whole, outputs }, OPSET);
  const alone = lowered.outputs.filter((output) => output.name !== 'loss');
  const feedsFor = (range: Range): Feeds =>
    Object.fromEntries(
      graph.inputs.map((input) => {
        const index = Object.keys(shapes).indexOf(input.name);
        return [input.name, numbersFor(input, inputs[index], index < 0 ? 'usual' : range)];
      }),
    );
  const [usual, small, large, offset] = RANGES;
  return {
    name,
    graph,
    operators: operatorsOf(optimisePortably({ ...lowered, outputs: alone }, OPSET)),
    feeds: { usual: feedsFor(usual), small: feedsFor(small), large: feedsFor(large), offset: feedsFor(offset) },
  };
};

const numbersFor = ({ name, shape }: ValueInfo, input: CaseInput | undefined, range: Range): Feeds[string] => {
  // N examples, or several samples of each: `3*N`.
  const dims = shape.map((dim) => (typeof dim === 'number' ? dim : ROWS * (Number.parseInt(dim) || 1)));
  const [drawn, even] = [normals, uniforms].map((draw) => draw(stream(1, name), 1, size(dims)));
  const { between } = input ?? {};
  if (!drawn || !even) throw new Error('nothing was drawn');
  const of = {
    usual: () => drawn,
    small: () => drawn.map((v, i) => v * 10 ** -(i % 8)),
    large: () => even.map((u) => 600 * (u - 0.5)),
    offset: () => drawn.map((v) => 1000 + 0.3 * v),
  };
  return { shape: dims, data: between ? even.map((u) => between[0] + (between[1] - between[0]) * u) : of[range]() };
};

/** The operators in a graph, by name. */
export const operatorsOf = (graph: OnnxGraph): readonly string[] =>
  [...new Set(graph.nodes.flatMap((node) => [node.op, ...subgraphs(node).flatMap(operatorsOf)]))].toSorted();
