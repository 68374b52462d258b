import { axisOf, invalid, number, numbers } from '../attributes.ts';
import { isFloat } from '../dtype.ts';
import type { Dim } from '../graph.ts';
import { distinctAxes, knownNumbers, lengthOf, rankOf, shapeOf, type Context, type Rule } from '../infer/rule.ts';
import { around, broadcastPlaces, elementsOf, input, zeros, type Call, type Kernel } from '../reference/numbers.ts';
import type { Definition } from './definition.ts';
import { requireOne } from './ordering.ts';
import { flag, FLOAT, INDEX, NUMBER, optional, type OperatorSpec } from './spec.ts';

const reduceSpec = {
  inputs: { data: 'T', axes: { slot: 'int64?', since: 18 } },
  outputs: { reduced: 'T' },
  types: { T: NUMBER },
  attributes: {
    axes: optional('ints', undefined, { until: 17 }),
    keepdims: flag(1),
    noop_with_empty_axes: flag(0, { since: 18 }),
  },
  webgpu: 26,
} satisfies OperatorSpec;

const cumSumShape: Rule = (context) => {
  const shape = shapeOf(context, 0);
  requireOne(context, 1, 'axis');
  const [axis] = knownNumbers(context, 1) ?? [];
  if (axis !== undefined) axisOf(context.node, axis, shape.length);
  return [{ shape }];
};

const reduceShape: Rule = (context) => {
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
const reduceSomethingShape: Rule = (context) => {
  const result = reduceShape(context);
  const dtype = context.inputs[0]?.dtype;
  if (dtype && !isFloat(dtype) && shapeOf(context, 0).includes(0) && !result[0]?.shape.includes(0))
    requireSomething(context, 0);
  return result;
};

const requireSomething = ({ node }: Context, length: Dim): void => {
  if (length === 0) throw invalid(node, 'something to reduce', 'an axis of 0');
};

const argMaxShape: Rule = (context) => {
  const shape = shapeOf(context, 0);
  const axis = axisOf(context.node, number(context.node, 'axis'), shape.length);
  requireSomething(context, shape[axis] ?? 1);
  if (number(context.node, 'keepdims') === 1) return [{ shape: shape.map((dim, i) => (i === axis ? 1 : dim)) }];
  return [{ shape: shape.filter((_, i) => i !== axis) }];
};

/** The sum of the elements up to each one along an axis, or from each one on. */
const cumSum: Kernel = (call) => {
  const { node } = call;
  const x = input(call, 0);
  const axis = axisOf(node, input(call, 1).data[0] ?? 0, x.shape.length);
  const [outer, length, inner] = around(x.shape, axis);
  const [exclusive, reverse] = [number(node, 'exclusive') === 1, number(node, 'reverse') === 1];
  const result = zeros(x.dtype, x.shape);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      let sum = 0;
      for (let k = 0; k < length; k++) {
        const at = (o * length + (reverse ? length - 1 - k : k)) * inner + i;
        const next = sum + (x.data[at] ?? NaN);
        result.data[at] = exclusive ? sum : next;
        sum = next;
      }
    }
  return [result];
};

/**
 * Returns the axes of a reduction: from its input as of opset 18, from its attribute before; all axes if none are
 * given.
 */
const axesOf = (call: Call, rank: number): readonly number[] => {
  const given = elementsOf(call, 1) ?? numbers(call.node, 'axes') ?? [];
  if (given.length > 0) return given.map((axis) => axisOf(call.node, axis, rank));
  return call.node.attributes['noop_with_empty_axes'] === 1 ? [] : Array.from({ length: rank }, (_, i) => i);
};

/** Reduces each group of elements with the same position on the other axes, by a fold and a final function. */
const reduction =
  (
    start: number,
    fold: (result: number, x: number) => number,
    end: (result: number, count: number) => number,
  ): Kernel =>
  (call) => {
    const x = input(call, 0);
    const axes = axesOf(call, x.shape.length);
    const kept = x.shape.map((dim, i) => (axes.includes(i) ? 1 : dim));
    const result = zeros(x.dtype, kept);
    result.data.fill(start);
    const places = broadcastPlaces(kept, x.shape);
    for (let i = 0; i < places.length; i++) {
      const place = places[i] ?? 0;
      result.data[place] = fold(result.data[place] ?? NaN, x.data[i] ?? NaN);
    }
    const count = x.data.length / Math.max(1, result.data.length);
    const whole = isFloat(x.dtype) ? (value: number): number => value : Math.trunc;
    const shape = number(call.node, 'keepdims') === 1 ? kept : x.shape.filter((_, i) => !axes.includes(i));
    return [{ dtype: x.dtype, shape, data: result.data.map((value) => whole(end(value, count))) }];
  };

const same = (result: number): number => result;

const reduceSum = reduction(0, (sum, x) => sum + x, same);

const reduceMean = reduction(
  0,
  (sum, x) => sum + x,
  (sum, count) => sum / count,
);

const reduceMax = reduction(-Infinity, Math.max, same);

/** log Σ eˣ, as log(eᵃ + eᵇ) = max + log(1 + e^−|a − b|), so that nothing overflows. */
const reduceLogSumExp = reduction(
  -Infinity,
  (a, b) => (a === b && !Number.isFinite(a) ? a : Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)))),
  same,
);

/** Returns the position of the maximum along an axis: the first of several, or with `select_last_index` the last. */
const argMax: Kernel = (call) => {
  const x = input(call, 0);
  const axis = axisOf(call.node, number(call.node, 'axis'), x.shape.length);
  const last = number(call.node, 'select_last_index') === 1;
  const [outer, length, inner] = around(x.shape, axis);
  const keep = number(call.node, 'keepdims') === 1;
  const shape = x.shape.flatMap((dim, i) => (i === axis ? (keep ? [1] : []) : [dim]));
  const result = zeros('int64', shape);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      const at = (k: number): number => x.data[(o * length + k) * inner + i] ?? NaN;
      let best = 0;
      for (let k = 1; k < length; k++) if (at(k) > at(best) || (last && at(k) === at(best))) best = k;
      result.data[o * inner + i] = best;
    }
  return [result];
};

/** Reductions over axes, and sums up to each place of one. */
export const REDUCTION = {
  ReduceSum: {
    ...reduceSpec,
    inputs: { data: 'T', axes: 'int64?' },
    attributes: { keepdims: flag(1), noop_with_empty_axes: flag(0) },
    infer: reduceShape,
    evaluate: reduceSum,
    exact: true,
  },
  ReduceMean: { ...reduceSpec, infer: reduceSomethingShape, evaluate: reduceMean },
  ReduceMax: { ...reduceSpec, infer: reduceSomethingShape, evaluate: reduceMax },
  // For whole numbers, onnxruntime's result depends on its own integer arithmetic.
  ReduceLogSumExp: { ...reduceSpec, types: { T: FLOAT }, infer: reduceSomethingShape, evaluate: reduceLogSumExp },
  ArgMax: {
    inputs: { data: 'T' },
    outputs: { reduced: 'int64' },
    types: { T: NUMBER },
    attributes: { axis: optional('int', 0), keepdims: flag(1), select_last_index: flag(0) },
    webgpu: 26,
    infer: argMaxShape,
    evaluate: argMax,
  },
  CumSum: {
    inputs: { x: 'T', axis: 'T2' },
    outputs: { y: 'T' },
    types: { T: ['float32', 'float64', 'int32', 'int64'], T2: INDEX },
    attributes: { exclusive: flag(0), reverse: flag(0) },
    webgpu: 26,
    infer: cumSumShape,
    evaluate: cumSum,
    exact: true,
  },
} satisfies Record<string, Definition>;
