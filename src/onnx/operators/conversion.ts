import { fromHalf, toHalf } from '../../float16.ts';
import { axisOf, invalid, number } from '../attributes.ts';
import { productOf } from '../dims.ts';
import { dtypeOfCode, type DType } from '../dtype.ts';
import type { Dim } from '../graph.ts';
import { rankOf, requireEqual, shapeOf, type Context, type Rule } from '../infer/rule.ts';
import { around, input, zeros, type Kernel } from '../reference/numbers.ts';
import type { Definition } from './definition.ts';
import { sameShape, unarySpec } from './elementwise.ts';
import { ALL, flag, optional, required } from './spec.ts';

const castShape: Rule = (context) => {
  const code = number(context.node, 'to');
  const dtype = dtypeOfCode(code);
  if (!dtype) throw invalid(context.node, 'to to be the number of a type in use', String(code));
  return [{ shape: shapeOf(context, 0), dtype }];
};

const oneHotShape: Rule = (context) => {
  const shape = shapeOf(context, 0);
  if (shape.length === 0) throw invalid(context.node, 'indices of at least one axis', 'a scalar');
  requireEqual(context, 'elements of the depth, a number', 1, productOf(shapeOf(context, 1)));
  requireEqual(context, 'values', 2, rankOf(context, 2, 1)[0] ?? '?');
  const axis = axisOf(context.node, number(context.node, 'axis'), shape.length + 1);
  return [{ shape: [...shape.slice(0, axis), depthOf(context), ...shape.slice(axis)] }];
};

const depthOf = (context: Context): Dim => {
  const depth = context.elements(1)?.[0] ?? '?';
  if (typeof depth === 'number' && depth < 1) throw invalid(context.node, 'a depth of at least 1', String(depth));
  return depth;
};

const cast: Kernel = (call) => {
  const x = input(call, 0);
  const dtype = dtypeOfCode(number(call.node, 'to'));
  if (!dtype) throw invalid(call.node, 'to to be the number of a type in use', String(number(call.node, 'to')));
  return [{ dtype, shape: x.shape, data: x.data.map((value) => converted(value, dtype)) }];
};

/** Returns a number converted to another type; float32 and float64 are treated alike. */
const converted = (x: number, to: DType): number => {
  switch (to) {
    case 'float32':
    case 'float64':
      return x;
    case 'float16':
      return fromHalf(toHalf(x));
    case 'bool':
      return x === 0 ? 0 : 1;
    case 'int64':
      return Math.trunc(x);
    case 'int32':
      return Math.trunc(x) | 0;
    case 'int8':
      return (Math.trunc(x) << 24) >> 24;
    case 'uint8':
      return Math.trunc(x) & 255;
  }
};

const oneHot: Kernel = (call) => {
  const [indices, depth, values] = [input(call, 0), input(call, 1).data[0] ?? 0, input(call, 2)];
  const [off = 0, on = 1] = values.data;
  const axis = axisOf(call.node, number(call.node, 'axis'), indices.shape.length + 1);
  const shape = [...indices.shape.slice(0, axis), depth, ...indices.shape.slice(axis)];
  const [, , inner] = around(shape, axis);
  const result = zeros(values.dtype, shape);
  result.data.fill(off);
  indices.data.forEach((given, i) => {
    const index = given < 0 ? given + depth : given;
    if (index < 0 || index >= depth) return;
    const outer = Math.floor(i / inner);
    result.data[(outer * depth + index) * inner + (i % inner)] = on;
  });
  return [result];
};

/** The same elements as another type, or as another tensor. */
export const CONVERSION = {
  Cast: {
    inputs: { input: 'T1' },
    outputs: { output: 'T2' },
    types: { T1: ALL, T2: ALL },
    attributes: { to: required('int'), saturate: flag(1, { since: 19 }) },
    webgpu: 26,
    infer: castShape,
    evaluate: cast,
  },
  Identity: { ...unarySpec, types: { T: ALL }, infer: sameShape, evaluate: (call) => [input(call, 0)] },
  OneHot: {
    inputs: { indices: 'T1', depth: 'T2', values: 'T3' },
    outputs: { output: 'T3' },
    types: { T1: ['int64'], T2: ['int64'], T3: ['float32', 'int64'] },
    attributes: { axis: optional('int', -1) },
    webgpu: 0,
    infer: oneHotShape,
    evaluate: oneHot,
  },
} satisfies Record<string, Definition>;
