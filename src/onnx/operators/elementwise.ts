import { same } from '../../shape/same.ts';
import { show } from '../../shape/show.ts';
import { invalid } from '../attributes.ts';
import { broadcastAll } from '../dims.ts';
import { isFloat, type DType } from '../dtype.ts';
import { shapeOf, type Rule } from '../infer/rule.ts';
import {
  broadcastPlaces,
  broadcastShape,
  input,
  zeros,
  type Call,
  type Kernel,
  type ReferenceTensor,
} from '../reference/numbers.ts';
import { FLOAT, NUMBER, type OperatorSpec } from './spec.ts';

export const unarySpec = {
  inputs: { X: 'T' },
  outputs: { Y: 'T' },
  types: { T: FLOAT },
  attributes: {},
  webgpu: 26,
} satisfies OperatorSpec;

export const binarySpec = {
  inputs: { A: 'T', B: 'T' },
  outputs: { C: 'T' },
  types: { T: NUMBER },
  attributes: {},
  webgpu: 26,
} satisfies OperatorSpec;

export const sameShape: Rule = (context) => [{ shape: shapeOf(context, 0) }];

export const broadcastingShape: Rule = ({ node, inputs }) => {
  const shapes = inputs.flatMap((input) => (input ? [input.shape] : []));
  const shape = broadcastAll(shapes);
  if (!shape) throw invalid(node, 'shapes that broadcast', shapes.map(show).join(' and '));
  return [{ shape }];
};

export const unary =
  (f: (x: number, call: Call) => number): Kernel =>
  (call) => {
    const x = input(call, 0);
    return [{ ...x, data: x.data.map((value) => f(value, call)) }];
  };

/** Combines all inputs at each element of the shape to which they broadcast. */
export const combine = (call: Call, f: (a: number, b: number) => number, dtype?: DType): ReferenceTensor => {
  const all = call.inputs.map((_, i) => input(call, i));
  const [first = input(call, 0), ...rest] = all;
  return rest.reduce((a, b) => {
    const shape = broadcastShape(call.node, [a.shape, b.shape]);
    const result = zeros(dtype ?? a.dtype, shape);
    // One that has the shape is read in order.
    const [atA, atB] = [a, b].map((x) => (same(x.shape, shape) ? undefined : broadcastPlaces(x.shape, shape)));
    for (let i = 0; i < result.data.length; i++)
      result.data[i] = f(a.data[atA ? (atA[i] ?? 0) : i] ?? NaN, b.data[atB ? (atB[i] ?? 0) : i] ?? NaN);
    return result;
  }, first);
};

export type Binary = (a: number, b: number) => number;

/**
 * `whole` is the function for whole numbers, and `wrapped` that for 32-bit ones, which wrap around; 64-bit ones must
 * not.
 */
export const binary =
  (f: Binary, whole: Binary = f, wrapped: Binary = whole): Kernel =>
  (call) => {
    const { dtype } = input(call, 0);
    if (isFloat(dtype)) return [combine(call, f)];
    return [combine(call, dtype === 'int32' ? (a, b) => wrapped(a, b) | 0 : whole)];
  };
