import { show } from '../../shape/show.ts';
import { size } from '../../shape/size.ts';
import { axisOf, invalid, number, word } from '../attributes.ts';
import type { Dim, OnnxNode } from '../graph.ts';
import { rankOf, requireEqual, shapeOf, type Context, type Rule } from '../infer/rule.ts';
import { around, input, stridesOf, zeros, type Kernel } from '../reference/numbers.ts';
import type { Definition } from './definition.ts';
import { moveSpec } from './moving.ts';
import { ALL, INDEX, oneOf, optional, type OperatorSpec } from './spec.ts';

const scatterSpec = {
  ...moveSpec,
  inputs: { data: 'T', indices: 'Tind', updates: 'T' },
  types: { T: ALL, Tind: INDEX },
} satisfies OperatorSpec;

const reduction = oneOf(['none', 'add', 'mul', 'max', 'min'], { since: 16 });

const gatherShape: Rule = (context) => {
  const shape = shapeOf(context, 0);
  const axis = axisOf(context.node, number(context.node, 'axis'), shape.length);
  return [{ shape: [...shape.slice(0, axis), ...shapeOf(context, 1), ...shape.slice(axis + 1)] }];
};

/** Returns the shape of indices that each refer to one element: they must not exceed the other axes. */
const elementwiseIndices = (context: Context): readonly Dim[] => {
  const shape = shapeOf(context, 0);
  const axis = axisOf(context.node, number(context.node, 'axis'), shape.length);
  const indices = rankOf(context, 1, shape.length);
  indices.forEach((dim, i) => {
    const most = shape[i];
    if (i !== axis && typeof dim === 'number' && typeof most === 'number' && dim > most)
      throw invalid(context.node, `indices within axis ${i}'s length of ${most}`, String(dim));
  });
  return indices;
};

const gatherElementsShape: Rule = (context) => [{ shape: elementwiseIndices(context) }];

const requireAddable = ({ node, inputs }: Context): void => {
  const reduction = word(node, 'reduction');
  if (reduction !== 'none' && inputs[0]?.dtype === 'bool') throw invalid(node, `numbers to ${reduction}`, 'bool');
};

const scatterElementsShape: Rule = (context) => {
  requireAddable(context);
  const shape = shapeOf(context, 0);
  const indices = elementwiseIndices(context);
  const updates = rankOf(context, 2, shape.length);
  indices.forEach((dim, i) => requireEqual(context, `axis ${i} of the updates`, dim, updates[i] ?? '?'));
  return [{ shape }];
};

const scatterNDShape: Rule = (context) => {
  requireAddable(context);
  const shape = shapeOf(context, 0);
  const indices = shapeOf(context, 1);
  const depth = indices.at(-1);
  if (typeof depth !== 'number' || depth > shape.length)
    throw invalid(context.node, `indices into at most ${shape.length} axes`, `the shape ${show(indices)}`);
  const expected = [...indices.slice(0, -1), ...shape.slice(depth)];
  const updates = rankOf(context, 2, expected.length);
  expected.forEach((dim, i) => requireEqual(context, `axis ${i} of the updates`, dim, updates[i] ?? '?'));
  return [{ shape }];
};

/** Returns an index counted from the front, given one that may count from the end. */
const indexOf = (node: OnnxNode, index: number, length: number): number => {
  if (index < -length || index >= length)
    throw invalid(node, `indices below ${length}`, String(index), 'correct the data');
  return index < 0 ? index + length : index;
};

/** Gathers whole slices along an axis, one for each index. */
const gather: Kernel = (call) => {
  const [x, indices] = [input(call, 0), input(call, 1)];
  const axis = axisOf(call.node, number(call.node, 'axis'), x.shape.length);
  const [outer, length, inner] = around(x.shape, axis);
  const count = indices.data.length;
  const result = zeros(x.dtype, [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)]);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < count; i++) {
      const from = (o * length + indexOf(call.node, indices.data[i] ?? 0, length)) * inner;
      result.data.set(x.data.subarray(from, from + inner), (o * count + i) * inner);
    }
  return [result];
};

/**
 * Returns the place in `shape` to which element `i` of the indices refers: its own, but with the index along `axis`.
 */
const placeOf = (
  i: number,
  indexShape: readonly number[],
  shape: readonly number[],
  axis: number,
  index: number,
): number => {
  const [own, strides] = [stridesOf(indexShape), stridesOf(shape)];
  let place = 0;
  for (let k = 0; k < shape.length; k++) {
    const at = k === axis ? index : Math.floor(i / (own[k] ?? 1)) % (indexShape[k] ?? 1);
    place += at * (strides[k] ?? 0);
  }
  return place;
};

/** Gathers element by element: y[i][j] = x[indices[i][j]][j] for axis 0. */
const gatherElements: Kernel = (call) => {
  const [x, indices] = [input(call, 0), input(call, 1)];
  const axis = axisOf(call.node, number(call.node, 'axis'), x.shape.length);
  const result = zeros(x.dtype, indices.shape);
  indices.data.forEach((given, i) => {
    const index = indexOf(call.node, given, x.shape[axis] ?? 0);
    result.data[i] = x.data[placeOf(i, indices.shape, x.shape, axis, index)] ?? NaN;
  });
  return [result];
};

const REDUCTIONS: Readonly<Record<string, (before: number, update: number) => number>> = {
  none: (_, update) => update,
  add: (before, update) => before + update,
  mul: (before, update) => before * update,
  max: Math.max,
  min: Math.min,
};

const reductionOf = (node: OnnxNode): ((before: number, update: number) => number) => {
  const reduction = REDUCTIONS[word(node, 'reduction')];
  if (!reduction) throw invalid(node, 'a reduction that is known', word(node, 'reduction'));
  return reduction;
};

/** Writes updates into data, element by element: y[indices[i][j]][j] = updates[i][j] for axis 0. */
const scatterElements: Kernel = (call) => {
  const [x, indices, updates] = [input(call, 0), input(call, 1), input(call, 2)];
  const axis = axisOf(call.node, number(call.node, 'axis'), x.shape.length);
  const reduce = reductionOf(call.node);
  const data = x.data.slice();
  indices.data.forEach((given, i) => {
    const index = indexOf(call.node, given, x.shape[axis] ?? 0);
    const place = placeOf(i, indices.shape, x.shape, axis, index);
    data[place] = reduce(data[place] ?? NaN, updates.data[i] ?? NaN);
  });
  return [{ ...x, data }];
};

/** Writes updates into data, slice by slice: the last axis of the indices is the position of each. */
const scatterND: Kernel = (call) => {
  const [x, indices, updates] = [input(call, 0), input(call, 1), input(call, 2)];
  const depth = indices.shape.at(-1) ?? 0;
  const inner = size(x.shape.slice(depth));
  const strides = stridesOf(x.shape);
  const reduce = reductionOf(call.node);
  const data = x.data.slice();
  for (let i = 0; i < size(indices.shape.slice(0, -1)); i++) {
    let start = 0;
    for (let k = 0; k < depth; k++)
      start += indexOf(call.node, indices.data[i * depth + k] ?? 0, x.shape[k] ?? 0) * (strides[k] ?? 0);
    for (let j = 0; j < inner; j++)
      data[start + j] = reduce(data[start + j] ?? NaN, updates.data[i * inner + j] ?? NaN);
  }
  return [{ ...x, data }];
};

/** Elements looked up, and put, by their indices. */
export const INDEXING = {
  Gather: {
    ...moveSpec,
    inputs: { data: 'T', indices: 'Tind' },
    types: { T: ALL, Tind: INDEX },
    attributes: { axis: optional('int', 0) },
    infer: gatherShape,
    evaluate: gather,
  },
  GatherElements: {
    ...moveSpec,
    inputs: { data: 'T', indices: 'Tind' },
    types: { T: ALL, Tind: INDEX },
    attributes: { axis: optional('int', 0) },
    infer: gatherElementsShape,
    evaluate: gatherElements,
  },
  ScatterElements: {
    ...scatterSpec,
    attributes: { axis: optional('int', 0), reduction },
    webgpu: 0,
    infer: scatterElementsShape,
    evaluate: scatterElements,
  },
  ScatterND: {
    ...scatterSpec,
    types: { T: ALL, Tind: ['int64'] },
    attributes: { reduction },
    infer: scatterNDShape,
    evaluate: scatterND,
  },
} satisfies Record<string, Definition>;
