import { show } from '../../shape/show.ts';
import { axisOf, described, invalid, number, numbers, tensor } from '../attributes.ts';
import { addDims, broadcast, divideDims, multiplyDims, productOf } from '../dims.ts';
import type { DType } from '../dtype.ts';
import type { Dim } from '../graph.ts';
import type { SHAPES } from '../schema/shapes.ts';
import { gather, gatherElements, scatterElements, scatterND } from './indexing.ts';
import { topK, trilu } from './ordered.ts';
import { pad } from './pad.ts';
import {
  axesOf,
  distinctAxes,
  knownNumbers,
  lengthOf,
  listOf,
  rankOf,
  requireEqual,
  shapeOf,
  unknown,
  type Context,
  type Rule,
} from './rule.ts';

const concat: Rule = (context) => {
  const { node, inputs } = context;
  const first = shapeOf(context, 0);
  const axis = axisOf(node, number(node, 'axis'), first.length);
  const shape = inputs.slice(1).reduce<readonly Dim[]>((joined, _, i) => {
    const next = rankOf(context, i + 1, first.length);
    return joined.map((dim, k) => {
      const other = next[k] ?? '?';
      if (k === axis) return addDims(dim, other);
      requireEqual(context, `axis ${k} of input ${i + 1}`, dim, other);
      return dim === '?' ? other : dim;
    });
  }, first);
  return [{ shape }];
};

const split: Rule = (context) => {
  const { node } = context;
  const shape = shapeOf(context, 0);
  const axis = axisOf(node, number(node, 'axis'), shape.length);
  const parts = node.outputs.length;
  const given = context.inputs[1] !== undefined;
  const whole = shape[axis] ?? '?';
  if (!given) return equalParts(context, whole, parts).map((length) => ({ shape: replaced(shape, axis, length) }));
  const lengths = listOf(context, 1);
  if (lengths.some((length) => typeof length === 'number' && length < 0))
    throw invalid(node, 'lengths of at least 0', show(lengths));
  if (lengths.length !== parts) throw invalid(node, `as many lengths as outputs, ${parts}`, `${lengths.length}`);
  requireEqual(context, `lengths that add up to axis ${axis}`, whole, lengths.reduce(addDims, 0));
  return lengths.map((length) => ({ shape: replaced(shape, axis, length) }));
};

const replaced = (shape: readonly Dim[], axis: number, length: Dim): readonly Dim[] =>
  shape.map((dim, k) => (k === axis ? length : dim));

/** Returns parts of one length, of which the last may be shorter (allowed since opset 18). */
const equalParts = ({ node, opset }: Context, whole: Dim, parts: number): readonly Dim[] => {
  const wanted = node.attributes['num_outputs'] ?? parts;
  if (wanted !== parts) throw invalid(node, `num_outputs to be as many as outputs, ${parts}`, described(wanted));
  if (typeof whole !== 'number') return Array.from({ length: parts }, () => divideDims(whole, parts));
  if (opset < 18 && whole % parts !== 0) throw invalid(node, `an axis in ${parts} equal parts`, `one of ${whole}`);
  const length = Math.ceil(whole / parts);
  if (whole > 0 ? length * (parts - 1) >= whole : parts > 1 && opset >= 18)
    throw invalid(node, `an axis that ${parts} parts fill`, `one of ${whole}`);
  return Array.from({ length: parts }, (_, i) => Math.min(length, whole - i * length));
};

const slice: Rule = (context) => {
  const { node } = context;
  const shape = shapeOf(context, 0);
  const starts = knownNumbers(context, 1);
  const ends = knownNumbers(context, 2);
  const count = lengthOf(context, 1);
  for (const [input, type] of context.inputs.entries())
    if (type && input > 0)
      requireEqual(context, `one number an axis in input ${input}, a length`, count, lengthOf(context, input));
  const first = Array.from({ length: count }, (_, i) => i);
  const axes = context.inputs[3] ? axesOf(context, 3, shape.length) : distinctAxes(context, first, shape.length);
  const steps = context.inputs[4] ? knownNumbers(context, 4) : Array.from({ length: count }, () => 1);
  if (!axes) return [{ shape: unknown(shape.length) }];
  const result = [...shape];
  axes.forEach((axis, i) => {
    const [start, end, step] = [starts?.[i], ends?.[i], steps?.[i]];
    if (step === 0) throw invalid(node, 'steps other than 0', '0');
    result[axis] =
      start === undefined || end === undefined || step === undefined
        ? '?'
        : sliceLength(shape[axis] ?? '?', start, end, step);
  });
  return [{ shape: result }];
};

/** Returns the number of elements of an axis between two positions, which count from the end if negative. */
const sliceLength = (length: Dim, start: number, end: number, step: number): Dim => {
  if (typeof length !== 'number') return start === 0 && step === 1 && end >= 2 ** 31 - 1 ? length : '?';
  if (length === 0) return 0;
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const place = (at: number): number => Math.min(Math.max(at < 0 ? at + length : at, low), high);
  return Math.max(0, Math.ceil((place(end) - Math.max(place(start), 0)) / step));
};

const reshape: Rule = (context) => {
  const { node } = context;
  const shape = shapeOf(context, 0);
  const wanted = listOf(context, 1);
  const zeros = number(node, 'allowzero') === 1;
  if (wanted.filter((dim) => dim === -1).length > 1) throw invalid(node, 'one -1 at most', show(wanted));
  const kept = wanted.map((dim, i) => {
    if (typeof dim === 'number' && dim < -1) throw invalid(node, 'lengths of at least -1', String(dim));
    if (dim !== 0 || zeros) return dim;
    const own = shape[i];
    if (own === undefined) throw invalid(node, `a 0 only for one of ${shape.length} axes`, show(wanted));
    return own;
  });
  const size = productOf(shape);
  const rest = kept.filter((dim) => dim !== -1).reduce(multiplyDims, 1);
  if (!kept.includes(-1)) {
    if (typeof size === 'number' && typeof rest === 'number') requireEqual(context, 'a size', size, rest);
    return [{ shape: kept }];
  }
  const missing = divideDims(size, rest);
  if (typeof size === 'number' && typeof rest === 'number' && missing === '?')
    throw invalid(node, `a shape of size ${size}`, show(kept));
  return [{ shape: kept.map((dim) => (dim === -1 ? missing : dim)) }];
};

const transpose: Rule = (context) => {
  const shape = shapeOf(context, 0);
  const perm = numbers(context.node, 'perm') ?? shape.map((_, i) => shape.length - 1 - i);
  if (perm.toSorted((a, b) => a - b).some((axis, i) => axis !== i) || perm.length !== shape.length)
    throw invalid(context.node, `perm to order ${shape.length} axes`, show(perm));
  return [{ shape: perm.map((axis) => shape[axis] ?? '?') }];
};

const squeeze: Rule = (context) => {
  // onnxruntime computes it without axes, but not if the input of axes is listed as omitted.
  if (context.inputs.length > 1 && !context.inputs[1])
    throw invalid(context.node, 'its axes, or no place for them', 'an empty place');
  const shape = shapeOf(context, 0);
  const axes = context.inputs[1] ? axesOf(context, 1, shape.length) : shape.flatMap((dim, i) => (dim === 1 ? [i] : []));
  if (!axes) return [{ shape: unknown(shape.length - lengthOf(context, 1)) }];
  for (const axis of axes)
    requireEqual(context, `axis ${axis}, which is squeezed, to have a length`, 1, shape[axis] ?? 1);
  return [{ shape: shape.filter((_, i) => !axes.includes(i)) }];
};

const unsqueeze: Rule = (context) => {
  const shape = shapeOf(context, 0);
  const rank = shape.length + lengthOf(context, 1);
  const axes = axesOf(context, 1, rank);
  if (!axes) return [{ shape: unknown(rank) }];
  const rest = [...shape];
  return [{ shape: Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : (rest.shift() ?? '?'))) }];
};

const expand: Rule = (context) => {
  const shape = shapeOf(context, 0);
  const wanted = listOf(context, 1);
  if (wanted.some((dim) => typeof dim === 'number' && dim < 0))
    throw invalid(context.node, 'lengths of at least 0', show(wanted));
  const result = broadcast(shape, wanted);
  if (!result) throw invalid(context.node, `a shape that ${show(shape)} broadcasts to`, show(wanted));
  return [{ shape: result }];
};

const tile: Rule = (context) => {
  const shape = shapeOf(context, 0);
  requireEqual(context, 'as many repeats as axes', shape.length, lengthOf(context, 1));
  const repeats = listOf(context, 1);
  if (repeats.some((times) => typeof times === 'number' && times < 0))
    throw invalid(context.node, 'repeats of at least 0', show(repeats));
  return [{ shape: shape.map((dim, i) => multiplyDims(dim, repeats[i] ?? '?')) }];
};

const shapeRule: Rule = (context) => [{ shape: [shapeRange(context).length] }];

/** Returns the dimensions that a Shape node outputs. */
export const shapeRange = (context: Context): readonly Dim[] => {
  const { attributes } = context.node;
  const [start, end] = [attributes['start'] ?? 0, attributes['end']];
  return shapeOf(context, 0).slice(Number(start), end === undefined ? undefined : Number(end));
};

const range: Rule = (context) => {
  const [start, limit, delta] = [0, 1, 2].map((input) => {
    rankOf(context, input, 0);
    return knownNumbers(context, input)?.[0];
  });
  if (delta === 0) throw invalid(context.node, 'a step other than 0', '0');
  if (start === undefined || limit === undefined || delta === undefined) return [{ shape: ['?'] }];
  const length = Math.max(0, Math.ceil((limit - start) / delta));
  if (!Number.isFinite(length)) throw invalid(context.node, 'a range that ends', `${start} to ${limit} by ${delta}`);
  return [{ shape: [length] }];
};

const constantOfShape: Rule = (context) => {
  const value = tensor(context.node, 'value');
  if (value && value.data.length !== 1)
    throw invalid(context.node, 'a value of one element', String(value.data.length));
  const shape = listOf(context, 0);
  return [{ shape, dtype: value?.dtype ?? 'float32' }];
};

const constant: Rule = ({ node }) => {
  const { value, value_float, value_floats, value_int, value_ints } = node.attributes;
  const given = [value, value_float, value_floats, value_int, value_ints].filter((one) => one !== undefined);
  if (given.length !== 1) throw invalid(node, 'one value', String(given.length));
  const held = tensor(node, 'value');
  if (held) return [held];
  const list = numbers(node, value_floats === undefined ? 'value_ints' : 'value_floats');
  const dtype: DType = value_float === undefined && value_floats === undefined ? 'int64' : 'float32';
  return [{ shape: list ? [list.length] : [], dtype }];
};

/** Shape rules of operators that move elements. */
export const INFER_SHAPES: Readonly<Record<keyof typeof SHAPES, Rule>> = {
  Concat: concat,
  Split: split,
  Slice: slice,
  Reshape: reshape,
  Transpose: transpose,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Expand: expand,
  Tile: tile,
  Pad: pad,
  Gather: gather,
  GatherElements: gatherElements,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  TopK: topK,
  Trilu: trilu,
  Shape: shapeRule,
  Range: range,
  ConstantOfShape: constantOfShape,
  Constant: constant,
};
