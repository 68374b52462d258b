import { axisOf } from '../onnx/attributes.ts';
import { number, numbers, word } from '../onnx/defaults.ts';
import type { OnnxBuilder, Value } from '../onnx/builder.ts';
import { subgraphs, type OnnxGraph, type OnnxNode } from '../onnx/graph.ts';
import { numbersOf } from '../onnx/tensor.ts';
import { integers } from './fold.ts';
import { rewriting, type Pass, type Rule } from './rewrite.ts';
import type { View } from './workspace.ts';
import { precededBy, replacedBy } from './replacements.ts';

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** From this value on tanh is 1 in float32. */
const STEEP = 15;

/**
 * OpenCV, like some GPUs, computes tanh as a quotient of exponentials, which is NaN from |x| = 45 on.
 *
 *     Tanh(x)  →  Tanh(Clip(x, -15, 15))
 */
const tanh: Rule = (node, view) => {
  const [x = ''] = node.inputs;
  if (node.op !== 'Tanh' || isClipped(view.producer(x), view)) return undefined;
  return precededBy(node, view, (onnx, value) => onnx.Clip(value, -STEEP, STEEP));
};

const isClipped = (node: OnnxNode | undefined, view: View): boolean => {
  if (node?.op !== 'Clip') return false;
  const bounds = node.inputs.slice(1).map((name) => {
    const tensor = view.constant(name);
    return tensor ? (numbersOf(tensor)[0] ?? NaN) : NaN;
  });
  return bounds.length === 2 && bounds.every((bound) => Math.abs(bound) <= STEEP);
};

/**
 * tract and OpenCV compute ln(1 + e^x), which is infinite from x = 89 on. The digits of a small u that are lost in 1 +
 * u are recovered through the derivative of the logarithm: otherwise the result would be 0 for all x below −17, where
 * other engines return e^x.
 *
 *     Softplus(x)  →  Relu(x) + Log(w) + (u - (w - 1)) / w, with w = 1 + u, u = Exp(-Abs(x))
 */
const softplus: Rule = (node, view) => {
  if (node.op !== 'Softplus') return undefined;
  return replacedBy(node, view, (onnx, [x = nothing(node)]) => {
    const u = onnx.Exp(onnx.Neg(onnx.Abs(x)));
    const w = onnx.Add(u, 1);
    const lost = onnx.Div(onnx.Sub(u, onnx.Sub(w, 1)), w);
    return onnx.Add(onnx.Relu(x), onnx.Add(onnx.Log(w), lost));
  });
};

/** The largest float32 number. */
const LARGEST = 3.4028234663852886e38;

/**
 * onnxruntime's WebGPU, tract and OpenCV compute ln Σ e^x literally, which is infinite from x = 89 on, and −∞ or wrong
 * below −87. The maximum is kept finite, so that −∞ everywhere results in −∞.
 *
 *     ReduceLogSumExp(x)  →  m + Log(ReduceSum(Exp(x - m))), with m = ReduceMax(x)
 */
const logSumExp: Rule = (node, view) => {
  const [x = '', given = ''] = node.inputs;
  const rank = view.type(x)?.shape.length;
  if (node.op !== 'ReduceLogSumExp' || rank === undefined) return undefined;
  const named = (given === '' ? numbers(node, 'axes') : integers(view, given)) ?? [];
  if (named.length === 0 && (given !== '' || number(node, 'noop_with_empty_axes') === 1)) return undefined;
  const axes = named.length > 0 ? named.map((axis) => axisOf(node, axis, rank)) : range(0, rank);
  const keepdims = number(node, 'keepdims') === 1 ? 1 : 0;
  return replacedBy(node, view, (onnx, [value = nothing(node)]) => {
    const most = onnx.Clip(onnx.ReduceMax(value, axes, { keepdims: 1 }), -LARGEST, LARGEST);
    const sum = onnx.ReduceSum(onnx.Exp(onnx.Sub(value, most)), axes, { keepdims });
    return onnx.Add(keepdims === 1 ? most : onnx.Squeeze(most, axes), onnx.Log(sum));
  });
};

/**
 * WASM, WebGPU and OpenCV compute the variance as E[x²] − E[x]², which loses precision if the mean is large: with a
 * mean of 1000 and a standard deviation of 0.3, all but the first digit.
 *
 *     LayerNormalization(x, γ, β)     →  LayerNormalization(x - ReduceMean(x), γ, β)
 *     InstanceNormalization(x, γ, β)  →  InstanceNormalization(x - ReduceMean(x), γ, β)
 */
const centred: Rule = (node, view) => {
  const [x = ''] = node.inputs;
  const rank = view.type(x)?.shape.length;
  const first = node.op === 'LayerNormalization' && rank !== undefined && axisOf(node, number(node, 'axis'), rank);
  const from = node.op === 'InstanceNormalization' ? 2 : first;
  if (rank === undefined || from === false || isCentred(view.producer(x), view)) return undefined;
  const axes = range(from, rank);
  // If the mean is used, it must be that of x: the one that was subtracted plus that of the remainder.
  const [, mean = ''] = node.outputs;
  return precededBy(
    node,
    view,
    (onnx, value) => onnx.Sub(value, onnx.ReduceMean(value, axes, { keepdims: 1 })),
    mean === '' ? {} : { [mean]: (onnx, rest, value) => onnx.Add(rest, onnx.ReduceMean(value, axes, { keepdims: 1 })) },
  );
};

const isCentred = (node: OnnxNode | undefined, view: View): boolean => {
  const [x, mean = ''] = node?.op === 'Sub' ? node.inputs : [];
  const producer = view.producer(mean);
  return producer?.op === 'ReduceMean' && producer.inputs[0] === x;
};

/**
 * All engines but WebGPU compute x·s + (β − mean·s), which loses precision if x and the mean are large, and tract does
 * not accept a computed mean. Those that could be folded into a neighbour's weights no longer exist at this point.
 *
 *     BatchNormalization(x, γ, β, mean, variance)  →  (x - mean)·(γ / Sqrt(variance + ε)) + β
 */
const batchNorm: Rule = (node, view) => {
  const rank = view.type(node.inputs[0] ?? '')?.shape.length;
  if (node.op !== 'BatchNormalization' || rank === undefined) return undefined;
  return replacedBy(node, view, (onnx, inputs) => {
    const [x = nothing(node), ...parameters] = inputs;
    const [gamma, beta, mean, variance] = parameters.map((value = nothing(node)) => value);
    if (!gamma || !beta || !mean || !variance) return nothing(node);
    const deviation = onnx.Sqrt(onnx.Add(variance, number(node, 'epsilon')));
    const each = (value: Value): Value => channelwise(onnx, value, rank);
    const scaled = onnx.Mul(onnx.Sub(x, each(mean)), each(onnx.Div(gamma, deviation)));
    return onnx.Add(scaled, each(beta));
  });
};

/** The end of an axis of any length. */
const END = 2 ** 31 - 1;

/**
 * tract finds nothing left of an axis of which Pad takes something away, as the gradient of padding does.
 *
 *     Pad(x, [0, -1, 0, 2])  →  Pad(Slice(x, [1], [END], [1]), [0, 0, 0, 2])
 */
const cropped: Rule = (node, view) => {
  const pads = node.op === 'Pad' ? integers(view, node.inputs[1]) : undefined;
  if (!pads?.some((pad) => pad < 0) || word(node, 'mode') !== 'constant' || (node.inputs[3] ?? '') !== '')
    return undefined;
  const rank = pads.length / 2;
  const cut = (i: number): number => Math.max(0, -(pads[i] ?? 0));
  const axes = range(0, rank).filter((axis) => cut(axis) > 0 || cut(axis + rank) > 0);
  const starts = axes.map((axis) => cut(axis));
  const ends = axes.map((axis) => (cut(axis + rank) > 0 ? -cut(axis + rank) : END));
  return replacedBy(node, view, (onnx, [x = nothing(node), , value]) => {
    const left = onnx.Slice(x, starts, ends, axes);
    return pads.some((pad) => pad > 0)
      ? onnx.Pad(
          left,
          pads.map((pad) => Math.max(0, pad)),
          value,
        )
      : left;
  });
};

/**
 * tract computes other numbers for a recurrent network that reads in reverse alone; of one in both directions it does not.
 *
 *     LSTM(x, …; reverse)  →  LSTM(Slice(x), …; forward), with Slice of its states if those of all steps are used: time backwards
 */
const reverse: Rule = (node, view) => {
  if ((node.op !== 'LSTM' && node.op !== 'GRU') || word(node, 'direction') !== 'reverse') return undefined;
  // Lengths of the sequences.
  if ((node.inputs[4] ?? '') !== '') return undefined;
  const { direction: _, ...attributes } = node.attributes;
  const backwards = (onnx: OnnxBuilder, value: Value): Value => onnx.Slice(value, [-1], [-END], [0], [-1]);
  const [all = ''] = node.outputs;
  return precededBy({ ...node, attributes }, view, backwards, all === '' ? {} : { [all]: backwards });
};

/**
 * OpenCV takes the steps that a Slice leaves out for an input that another node leaves out, as LSTM and GRU leave out lengths.
 *
 *     Slice(x, starts, ends, axes)  →  Slice(x, starts, ends, axes, [1, …])
 */
const stepped: Rule = (node, view) => {
  const [, given, , axes] = node.inputs;
  const starts = node.op === 'Slice' && (node.inputs[4] ?? '') === '' ? integers(view, given) : undefined;
  if (!starts || (axes ?? '') === '') return undefined;
  const steps = starts.map(() => 1);
  return replacedBy(
    node,
    view,
    (onnx, [x = nothing(node), from = nothing(node), to = nothing(node), on = nothing(node)]) =>
      onnx.Slice(x, from, to, on, steps),
  );
};

/**
 * OpenCV has products of matrices alone.
 *
 *     MatMul(x, M), x of [k] and M of [k, n]  →  Reshape(MatMul(Reshape(x, [1, k]), M), [n])
 */
const vector: Rule = (node, view) => {
  const [left, right] = node.inputs.map((name) => view.type(name)?.shape);
  if (node.op !== 'MatMul' || left?.length !== 1 || right?.length !== 2) return undefined;
  return replacedBy(node, view, (onnx, [x = nothing(node), matrix = nothing(node)]) =>
    onnx.Reshape(onnx.MatMul(onnx.Reshape(x, [1, -1]), matrix), [-1]),
  );
};

/** Returns a number for each channel, with the channels on axis 1. */
const channelwise = (onnx: OnnxBuilder, value: Value, rank: number): Value =>
  rank > 2 ? onnx.Reshape(value, [-1, ...range(2, rank).map(() => 1)]) : value;

const nothing = (node: OnnxNode): never => {
  throw new Error(`${node.name}: an input is missing`);
};

/**
 * Replaces operators that engines compute differently by ones that all compute alike. docs/parity.md lists the results
 * found for each. Runs after differentiation, whose rules need the original operators, and after the passes, which fold
 * them.
 */
export const portable: Pass = (graph, opset, watch) =>
  (leavesOut(graph) ? rewriting(...RULES, stepped) : rewriting(...RULES))(graph, opset, watch);

const RULES = [tanh, softplus, logSumExp, centred, batchNorm, cropped, reverse, vector];

/** Whether a node leaves out an input in front of others. */
const leavesOut = ({ nodes }: OnnxGraph): boolean =>
  nodes.some((node) => node.inputs.includes('') || subgraphs(node).some(leavesOut));
