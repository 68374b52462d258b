import { size } from '../../shape/size.ts';
import { axisOf, number, numbers, tensor, word } from '../attributes.ts';
import type { SHAPES } from '../schema/shapes.ts';
import { numbersOf } from '../tensor.ts';
import { gather, gatherElements, scatterElements, scatterND } from './indexing.ts';
import {
  around,
  broadcastPlaces,
  broadcastShape,
  input,
  listOf,
  reshaped,
  stridesOf,
  take,
  walk,
  zeros,
  type Kernel,
  type ReferenceTensor,
} from './numbers.ts';
import { topK, trilu } from './ordered.ts';

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
    listOf(call, 1) ?? Array.from({ length: parts }, (_, i) => Math.max(0, Math.min(even, whole - i * even)));
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
  const [starts, ends] = [listOf(call, 1) ?? [], listOf(call, 2) ?? []];
  const axes = listOf(call, 3) ?? starts.map((_, i) => i);
  const steps = listOf(call, 4) ?? starts.map(() => 1);
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

const reshape: Kernel = (call) => {
  const x = input(call, 0);
  const zero = number(call.node, 'allowzero') === 1;
  const wanted = (listOf(call, 1) ?? []).map((dim, i) => (dim === 0 && !zero ? (x.shape[i] ?? 0) : dim));
  const rest = size(wanted.filter((dim) => dim !== -1));
  return [
    reshaped(
      x,
      wanted.map((dim) => (dim === -1 ? x.data.length / rest : dim)),
    ),
  ];
};

const transpose: Kernel = (call) => {
  const x = input(call, 0);
  const perm = numbers(call.node, 'perm') ?? x.shape.map((_, i) => x.shape.length - 1 - i);
  const strides = stridesOf(x.shape);
  const shape = perm.map((axis) => x.shape[axis] ?? 1);
  return [
    take(
      x,
      shape,
      walk(
        shape,
        perm.map((axis) => strides[axis] ?? 0),
      ),
    ),
  ];
};

const squeeze: Kernel = (call) => {
  const x = input(call, 0);
  const axes = listOf(call, 1)?.map((axis) => axisOf(call.node, axis, x.shape.length));
  return [
    reshaped(
      x,
      x.shape.filter((dim, i) => (axes ? !axes.includes(i) : dim !== 1)),
    ),
  ];
};

const unsqueeze: Kernel = (call) => {
  const x = input(call, 0);
  const given = listOf(call, 1) ?? [];
  const rank = x.shape.length + given.length;
  const axes = given.map((axis) => axisOf(call.node, axis, rank));
  const rest = [...x.shape];
  return [
    reshaped(
      x,
      Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : (rest.shift() ?? 1))),
    ),
  ];
};

const expand: Kernel = (call) => {
  const x = input(call, 0);
  const shape = broadcastShape(call.node, [x.shape, listOf(call, 1) ?? []]);
  return [take(x, shape, broadcastPlaces(x.shape, shape))];
};

const tile: Kernel = (call) => {
  const x = input(call, 0);
  const repeats = listOf(call, 1) ?? [];
  const shape = x.shape.map((dim, i) => dim * (repeats[i] ?? 1));
  const strides = stridesOf(x.shape);
  // Treats each axis as two: the copy, and the position in it.
  const split2 = x.shape.flatMap((dim, i) => [repeats[i] ?? 1, dim]);
  return [
    take(
      x,
      shape,
      walk(
        split2,
        strides.flatMap((stride) => [0, stride]),
      ),
    ),
  ];
};

const pad: Kernel = (call) => {
  const x = input(call, 0);
  const pads = listOf(call, 1) ?? [];
  const value = call.inputs[2]?.data[0] ?? 0;
  const axes = (listOf(call, 3) ?? x.shape.map((_, i) => i)).map((axis) => axisOf(call.node, axis, x.shape.length));
  const before = x.shape.map(() => 0);
  const shape = [...x.shape];
  axes.forEach((axis, i) => {
    before[axis] = pads[i] ?? 0;
    shape[axis] = (shape[axis] ?? 0) + (pads[i] ?? 0) + (pads[i + axes.length] ?? 0);
  });
  const mode = word(call.node, 'mode');
  const result = zeros(x.dtype, shape);
  const strides = stridesOf(x.shape);
  const steps = stridesOf(shape);
  for (let i = 0; i < result.data.length; i++) {
    let place = 0;
    let inside = true;
    for (let axis = 0; axis < shape.length; axis++) {
      const length = x.shape[axis] ?? 1;
      let at = (Math.floor(i / (steps[axis] ?? 1)) % (shape[axis] ?? 1)) - (before[axis] ?? 0);
      if (mode === 'edge') at = Math.min(Math.max(at, 0), length - 1);
      if (mode === 'reflect') at = at < 0 ? -at : at >= length ? 2 * (length - 1) - at : at;
      inside &&= at >= 0 && at < length;
      place += at * (strides[axis] ?? 0);
    }
    result.data[i] = inside ? (x.data[place] ?? NaN) : value;
  }
  return [result];
};

const shapeKernel: Kernel = (call) => {
  const { start, end } = call.node.attributes;
  const dims = input(call, 0).shape.slice(Number(start ?? 0), end === undefined ? undefined : Number(end));
  return [{ dtype: 'int64', shape: [dims.length], data: Float64Array.from(dims) }];
};

const range: Kernel = (call) => {
  const [start = 0, limit = 0, delta = 1] = [0, 1, 2].map((i) => input(call, i).data[0]);
  const length = Math.max(0, Math.ceil((limit - start) / delta));
  const data = Float64Array.from({ length }, (_, i) => start + i * delta);
  return [{ dtype: input(call, 0).dtype, shape: [length], data }];
};

const constantOfShape: Kernel = (call) => {
  const value = tensor(call.node, 'value');
  const result = zeros(value?.dtype ?? 'float32', listOf(call, 0) ?? []);
  result.data.fill(value ? (numbersOf(value)[0] ?? 0) : 0);
  return [result];
};

const constant: Kernel = ({ node }) => {
  const value = tensor(node, 'value');
  if (value) return [{ dtype: value.dtype, shape: value.shape, data: numbersOf(value) }];
  const { value_float, value_floats } = node.attributes;
  const dtype = value_float === undefined && value_floats === undefined ? 'int64' : 'float32';
  const list = numbers(node, value_floats === undefined ? 'value_ints' : 'value_floats');
  if (list) return [{ dtype, shape: [list.length], data: Float64Array.from(list) }];
  return [
    { dtype, shape: [], data: Float64Array.of(number(node, value_float === undefined ? 'value_int' : 'value_float')) },
  ];
};

/** Kernels of operators that move elements, look them up, or create them from a shape. */
export const SHAPES_KERNELS: Readonly<Record<keyof typeof SHAPES, Kernel>> = {
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
  Shape: shapeKernel,
  Range: range,
  ConstantOfShape: constantOfShape,
  Constant: constant,
};
