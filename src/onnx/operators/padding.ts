import { show } from '../../shape/show.ts';
import { axisOf, invalid, word } from '../attributes.ts';
import { addDims } from '../dims.ts';
import type { Dim } from '../graph.ts';
import { axesOf, listOf, requireEqual, shapeOf, unknown, type Context, type Rule } from '../infer/rule.ts';
import { elementsOf, input, stridesOf, zeros, type Kernel } from '../reference/numbers.ts';
import type { Definition } from './definition.ts';
import { moveSpec } from './moving.ts';
import { ALL, INDEX, oneOf } from './spec.ts';

/** Infers the shape of padding, which lengthens or shortens axes at both ends. */
const padShape: Rule = (context) => {
  const { node } = context;
  const shape = shapeOf(context, 0);
  const axes = context.inputs[3] ? axesOf(context, 3, shape.length) : shape.map((_, i) => i);
  if (context.inputs[2] && context.inputs[2].shape.length > 0)
    throw invalid(node, 'a scalar to pad with', `the shape ${show(context.inputs[2].shape)}`);
  const pads = listOf(context, 1);
  if (!axes) return [{ shape: unknown(shape.length) }];
  requireEqual(context, 'twice as many pads as axes', 2 * axes.length, pads.length);
  const result = [...shape];
  const left = [...shape];
  axes.forEach((axis, i) => {
    const [before = '?', after = '?'] = [pads[i], pads[i + axes.length]];
    left[axis] = cropped(context, axis, before, after, pads);
    result[axis] = added(context, axis, left[axis], before, after, pads);
  });
  if (word(node, 'mode') !== 'constant' && left.includes(0))
    throw invalid(node, 'axes with something to repeat', `the lengths ${show(left)}`);
  return [{ shape: result }];
};

/** Returns the length of an axis after negative pads have cropped it. */
const cropped = (context: Context, axis: number, before: Dim, after: Dim, pads: readonly Dim[]): Dim => {
  const length = shapeOf(context, 0)[axis] ?? '?';
  if (typeof before !== 'number' || typeof after !== 'number') return '?';
  const left = addDims(length, Math.min(before, 0) + Math.min(after, 0));
  if (typeof left === 'number' && left < 0) throw invalid(context.node, 'pads that leave something', show(pads));
  return left;
};

/** Returns the length of a cropped axis after padding. */
const added = ({ node }: Context, axis: number, left: Dim, before: Dim, after: Dim, pads: readonly Dim[]): Dim => {
  if (typeof before !== 'number' || typeof after !== 'number') return '?';
  if (word(node, 'mode') === 'reflect' && typeof left === 'number' && left > 0 && Math.max(before, after) >= left)
    throw invalid(node, `reflected pads below axis ${axis}'s length of ${left}`, show(pads));
  return addDims(left, Math.max(before, 0) + Math.max(after, 0));
};

const pad: Kernel = (call) => {
  const x = input(call, 0);
  const pads = elementsOf(call, 1) ?? [];
  const value = call.inputs[2]?.data[0] ?? 0;
  const axes = (elementsOf(call, 3) ?? x.shape.map((_, i) => i)).map((axis) => axisOf(call.node, axis, x.shape.length));
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

/** Elements added around a tensor, or cut off. */
export const PADDING = {
  Pad: {
    ...moveSpec,
    inputs: { data: 'T', pads: 'int64', constant_value: 'T?', axes: { slot: 'Tind?', since: 18 } },
    types: { T: ALL, Tind: INDEX },
    attributes: { mode: oneOf(['constant', 'reflect', 'edge']) },
    webgpu: 23,
    infer: padShape,
    evaluate: pad,
  },
} satisfies Record<string, Definition>;
