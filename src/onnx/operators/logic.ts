import { broadcastPlaces, broadcastShape, input, zeros, type Kernel } from '../reference/numbers.ts';
import type { Definition } from './definition.ts';
import { binarySpec, broadcastingShape, combine, sameShape, unary } from './elementwise.ts';
import { NUMBER, type OperatorSpec } from './spec.ts';

const comparisonSpec = { ...binarySpec, outputs: { C: 'bool' } } satisfies OperatorSpec;

const logicalSpec = {
  inputs: { A: 'bool', B: 'bool' },
  outputs: { C: 'bool' },
  types: {},
  attributes: {},
  webgpu: 0,
} satisfies OperatorSpec;

const comparison =
  (f: (a: number, b: number) => boolean): Kernel =>
  (call) => [combine(call, (a, b) => (f(a, b) ? 1 : 0), 'bool')];

const where: Kernel = (call) => {
  const [condition, x, y] = [input(call, 0), input(call, 1), input(call, 2)];
  const shape = broadcastShape(call.node, [condition.shape, x.shape, y.shape]);
  const [c, a, b] = [condition, x, y].map((one) => broadcastPlaces(one.shape, shape));
  const result = zeros(x.dtype, shape);
  for (let i = 0; i < result.data.length; i++)
    result.data[i] = (condition.data[c?.[i] ?? 0] ? x.data[a?.[i] ?? 0] : y.data[b?.[i] ?? 0]) ?? NaN;
  return [result];
};

/** Comparisons, truth values, and a choice by them. */
export const LOGIC = {
  Equal: {
    ...comparisonSpec,
    types: { T: [...NUMBER, 'bool'] },
    infer: broadcastingShape,
    evaluate: comparison((a, b) => a === b),
  },
  Greater: { ...comparisonSpec, infer: broadcastingShape, evaluate: comparison((a, b) => a > b) },
  GreaterOrEqual: { ...comparisonSpec, infer: broadcastingShape, evaluate: comparison((a, b) => a >= b) },
  Less: { ...comparisonSpec, infer: broadcastingShape, evaluate: comparison((a, b) => a < b) },
  LessOrEqual: { ...comparisonSpec, infer: broadcastingShape, evaluate: comparison((a, b) => a <= b) },
  And: { ...logicalSpec, infer: broadcastingShape, evaluate: comparison((a, b) => a !== 0 && b !== 0) },
  Or: { ...logicalSpec, infer: broadcastingShape, evaluate: comparison((a, b) => a !== 0 || b !== 0) },
  Not: {
    ...logicalSpec,
    inputs: { X: 'bool' },
    outputs: { Y: 'bool' },
    webgpu: 26,
    infer: sameShape,
    evaluate: unary((x) => (x === 0 ? 1 : 0)),
  },
  Where: {
    inputs: { condition: 'bool', X: 'T', Y: 'T' },
    outputs: { output: 'T' },
    types: { T: [...NUMBER, 'uint8'] },
    attributes: {},
    webgpu: 26,
    infer: broadcastingShape,
    evaluate: where,
  },
} satisfies Record<string, Definition>;
