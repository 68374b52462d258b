import { show } from '../../shape/show.ts';
import { axisOf, described, invalid, number } from '../attributes.ts';
import { addDims, divideDims } from '../dims.ts';
import type { Dim } from '../graph.ts';
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
} from '../infer/rule.ts';
import {
  around,
  elementsOf,
  input,
  stridesOf,
  take,
  walk,
  zeros,
  type Kernel,
  type ReferenceTensor,
} from '../reference/numbers.ts';
import type { Definition } from './definition.ts';
import { moveSpec, replaced } from './moving.ts';
import { ALL, INDEX, optional, required } from './spec.ts';

const concatShape: Rule = (context) => {
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

const splitShape: Rule = (context) => {
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

const sliceShape: Rule = (context) => {
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

const concat: Kernel = (call) => {
  const all = call.inputs.map((_, i) => input(call, i));
  const first = input(call, 0);
  const axis = axisOf(call.node, number(call.node, 'axis'), first.shape.length);
  const length = all.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0);
  const result = zeros(
    first.dtype,
    first.shape.map((dim, i) => (i === axis ? length : dim)),
  );
  const [outer, , inner] = around(result.shape, axis);
  let at = 0;
  for (const { shape, data } of all) {
    const part = (shape[axis] ?? 0) * inner;
    for (let i = 0; i < outer; i++) result.data.set(data.subarray(i * part, (i + 1) * part), i * length * inner + at);
    at += part;
  }
  return [result];
};

const split: Kernel = (call) => {
  const x = input(call, 0);
  const axis = axisOf(call.node, number(call.node, 'axis'), x.shape.length);
  const [, whole] = around(x.shape, axis);
  const parts = call.node.outputs.length;
  const even = Math.ceil(whole / parts);
  const lengths =
    elementsOf(call, 1) ?? Array.from({ length: parts }, (_, i) => Math.max(0, Math.min(even, whole - i * even)));
  let start = 0;
  return lengths.map((length) => {
    const part = sliced(x, [{ axis, start, step: 1, length }]);
    start += length;
    return part;
  });
};

interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

const sliced = (x: ReferenceTensor, cuts: readonly Cut[]): ReferenceTensor => {
  const shape = [...x.shape];
  const own = stridesOf(x.shape);
  const strides = [...own];
  let first = 0;
  for (const { axis, start, step, length } of cuts) {
    shape[axis] = length;
    strides[axis] = (own[axis] ?? 0) * step;
    first += start * (own[axis] ?? 0);
  }
  return take(x, shape, walk(shape, strides, first));
};

const slice: Kernel = (call) => {
  const x = input(call, 0);
  const [starts, ends] = [elementsOf(call, 1) ?? [], elementsOf(call, 2) ?? []];
  const axes = elementsOf(call, 3) ?? starts.map((_, i) => i);
  const steps = elementsOf(call, 4) ?? starts.map(() => 1);
  const cuts = axes.map((given, i) => {
    const axis = axisOf(call.node, given, x.shape.length);
    const whole = x.shape[axis] ?? 0;
    const step = steps[i] ?? 1;
    // With a negative step, an end of -1 (after counting from the end) is before the first element.
    const [low, high] = step > 0 ? [0, whole] : [-1, whole - 1];
    const place = (at: number): number => Math.min(Math.max(at < 0 ? at + whole : at, low), high);
    const start = Math.max(place(starts[i] ?? 0), 0);
    return { axis, start, step, length: Math.max(0, Math.ceil((place(ends[i] ?? 0) - start) / step)) };
  });
  return [sliced(x, cuts)];
};

/** Tensors laid end to end, and parts of one. */
export const JOINING = {
  Concat: {
    ...moveSpec,
    inputs: { inputs: 'T*' },
    attributes: { axis: required('int') },
    infer: concatShape,
    evaluate: concat,
  },
  Split: {
    ...moveSpec,
    inputs: { input: 'T', split: 'int64?' },
    outputs: { outputs: 'T*' },
    attributes: { axis: optional('int', 0), num_outputs: optional('int', undefined, { since: 18 }) },
    infer: splitShape,
    evaluate: split,
  },
  Slice: {
    ...moveSpec,
    inputs: { data: 'T', starts: 'Tind', ends: 'Tind', axes: 'Tind?', steps: 'Tind?' },
    types: { T: ALL, Tind: INDEX },
    infer: sliceShape,
    evaluate: slice,
  },
} satisfies Record<string, Definition>;
