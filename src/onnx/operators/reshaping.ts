import { show } from '../../shape/show.ts';
import { size } from '../../shape/size.ts';
import { axisOf, invalid, number, numbers } from '../attributes.ts';
import { broadcast, divideDims, multiplyDims, productOf } from '../dims.ts';
import { axesOf, lengthOf, listOf, requireEqual, shapeOf, unknown, type Rule } from '../infer/rule.ts';
import {
  broadcastPlaces,
  broadcastShape,
  elementsOf,
  input,
  reshaped,
  stridesOf,
  take,
  walk,
  type Kernel,
} from '../reference/numbers.ts';
import type { Definition } from './definition.ts';
import { moveSpec } from './moving.ts';
import { flag, optional } from './spec.ts';

const reshapeShape: Rule = (context) => {
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

const transposeShape: Rule = (context) => {
  const shape = shapeOf(context, 0);
  const perm = numbers(context.node, 'perm') ?? shape.map((_, i) => shape.length - 1 - i);
  if (perm.toSorted((a, b) => a - b).some((axis, i) => axis !== i) || perm.length !== shape.length)
    throw invalid(context.node, `perm to order ${shape.length} axes`, show(perm));
  return [{ shape: perm.map((axis) => shape[axis] ?? '?') }];
};

const squeezeShape: Rule = (context) => {
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

const unsqueezeShape: Rule = (context) => {
  const shape = shapeOf(context, 0);
  const rank = shape.length + lengthOf(context, 1);
  const axes = axesOf(context, 1, rank);
  if (!axes) return [{ shape: unknown(rank) }];
  const rest = [...shape];
  return [{ shape: Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : (rest.shift() ?? '?'))) }];
};

const expandShape: Rule = (context) => {
  const shape = shapeOf(context, 0);
  const wanted = listOf(context, 1);
  if (wanted.some((dim) => typeof dim === 'number' && dim < 0))
    throw invalid(context.node, 'lengths of at least 0', show(wanted));
  const result = broadcast(shape, wanted);
  if (!result) throw invalid(context.node, `a shape that ${show(shape)} broadcasts to`, show(wanted));
  return [{ shape: result }];
};

const tileShape: Rule = (context) => {
  const shape = shapeOf(context, 0);
  requireEqual(context, 'as many repeats as axes', shape.length, lengthOf(context, 1));
  const repeats = listOf(context, 1);
  if (repeats.some((times) => typeof times === 'number' && times < 0))
    throw invalid(context.node, 'repeats of at least 0', show(repeats));
  return [{ shape: shape.map((dim, i) => multiplyDims(dim, repeats[i] ?? '?')) }];
};

const reshape: Kernel = (call) => {
  const x = input(call, 0);
  const zero = number(call.node, 'allowzero') === 1;
  const wanted = (elementsOf(call, 1) ?? []).map((dim, i) => (dim === 0 && !zero ? (x.shape[i] ?? 0) : dim));
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
  const axes = elementsOf(call, 1)?.map((axis) => axisOf(call.node, axis, x.shape.length));
  return [
    reshaped(
      x,
      x.shape.filter((dim, i) => (axes ? !axes.includes(i) : dim !== 1)),
    ),
  ];
};

const unsqueeze: Kernel = (call) => {
  const x = input(call, 0);
  const given = elementsOf(call, 1) ?? [];
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
  const shape = broadcastShape(call.node, [x.shape, elementsOf(call, 1) ?? []]);
  return [take(x, shape, broadcastPlaces(x.shape, shape))];
};

const tile: Kernel = (call) => {
  const x = input(call, 0);
  const repeats = elementsOf(call, 1) ?? [];
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

/** The same elements in another shape or order, and repetitions of them. */
export const RESHAPING = {
  Reshape: {
    ...moveSpec,
    inputs: { data: 'T', shape: 'int64' },
    attributes: { allowzero: flag(0, { since: 14 }) },
    infer: reshapeShape,
    evaluate: reshape,
  },
  Transpose: {
    ...moveSpec,
    attributes: { perm: optional('ints') },
    webgpu: 24,
    infer: transposeShape,
    evaluate: transpose,
  },
  Squeeze: { ...moveSpec, inputs: { data: 'T', axes: 'int64?' }, webgpu: 24, infer: squeezeShape, evaluate: squeeze },
  Unsqueeze: { ...moveSpec, inputs: { data: 'T', axes: 'int64' }, infer: unsqueezeShape, evaluate: unsqueeze },
  Expand: { ...moveSpec, inputs: { input: 'T', shape: 'int64' }, infer: expandShape, evaluate: expand },
  Tile: { ...moveSpec, inputs: { input: 'T', repeats: 'int64' }, infer: tileShape, evaluate: tile },
} satisfies Record<string, Definition>;
