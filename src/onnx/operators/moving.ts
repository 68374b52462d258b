import type { Dim } from '../graph.ts';
import { ALL, type OperatorSpec } from './spec.ts';

export const moveSpec = {
  inputs: { data: 'T' },
  outputs: { output: 'T' },
  types: { T: ALL },
  attributes: {},
  webgpu: 26,
} satisfies OperatorSpec;

export const replaced = (shape: readonly Dim[], axis: number, length: Dim): readonly Dim[] =>
  shape.map((dim, k) => (k === axis ? length : dim));
