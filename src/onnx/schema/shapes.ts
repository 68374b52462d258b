import { ALL, INDEX, flag, oneOf, optional, required, type OperatorSpec } from './spec.ts';

const move = {
  inputs: { data: 'T' },
  outputs: { output: 'T' },
  types: { T: ALL },
  attributes: {},
  webgpu: 26,
} satisfies OperatorSpec;

const scatter = {
  ...move,
  inputs: { data: 'T', indices: 'Tind', updates: 'T' },
  types: { T: ALL, Tind: INDEX },
} satisfies OperatorSpec;

const reduction = oneOf(['none', 'add', 'mul', 'max', 'min'], { since: 16 });

/** Operators that move elements, look them up, or create them from a shape. */
export const SHAPES = {
  Concat: { ...move, inputs: { inputs: 'T*' }, attributes: { axis: required('int') } },
  Split: {
    ...move,
    inputs: { input: 'T', split: 'int64?' },
    outputs: { outputs: 'T*' },
    attributes: { axis: optional('int', 0), num_outputs: optional('int', undefined, { since: 18 }) },
  },
  Slice: {
    ...move,
    inputs: { data: 'T', starts: 'Tind', ends: 'Tind', axes: 'Tind?', steps: 'Tind?' },
    types: { T: ALL, Tind: INDEX },
  },
  Reshape: { ...move, inputs: { data: 'T', shape: 'int64' }, attributes: { allowzero: flag(0, { since: 14 }) } },
  Transpose: { ...move, attributes: { perm: optional('ints') }, webgpu: 24 },
  Squeeze: { ...move, inputs: { data: 'T', axes: 'int64?' }, webgpu: 24 },
  Unsqueeze: { ...move, inputs: { data: 'T', axes: 'int64' } },
  Expand: { ...move, inputs: { input: 'T', shape: 'int64' } },
  Tile: { ...move, inputs: { input: 'T', repeats: 'int64' } },
  Pad: {
    ...move,
    inputs: { data: 'T', pads: 'int64', constant_value: 'T?', axes: { slot: 'Tind?', since: 18 } },
    types: { T: ALL, Tind: INDEX },
    attributes: { mode: oneOf(['constant', 'reflect', 'edge']) },
    webgpu: 23,
  },
  Gather: {
    ...move,
    inputs: { data: 'T', indices: 'Tind' },
    types: { T: ALL, Tind: INDEX },
    attributes: { axis: optional('int', 0) },
  },
  GatherElements: {
    ...move,
    inputs: { data: 'T', indices: 'Tind' },
    types: { T: ALL, Tind: INDEX },
    attributes: { axis: optional('int', 0) },
  },
  ScatterElements: { ...scatter, attributes: { axis: optional('int', 0), reduction }, webgpu: 0 },
  ScatterND: { ...scatter, types: { T: ALL, Tind: ['int64'] }, attributes: { reduction } },
  /** The `K` largest or smallest elements along an axis, in order; of equal ones, the first comes first. */
  TopK: {
    ...move,
    inputs: { X: 'T', K: 'int64' },
    outputs: { Values: 'T', Indices: 'int64?' },
    types: { T: ['float32', 'float64', 'int32', 'int64'] },
    attributes: { axis: optional('int', -1), largest: flag(1), sorted: optional('int', 1, { only: [1] }) },
  },
  Trilu: {
    ...move,
    since: 14,
    inputs: { input: 'T', k: 'int64?' },
    types: { T: ['float32', 'float64', 'int64'] },
    attributes: { upper: flag(1) },
  },
  Shape: {
    ...move,
    outputs: { shape: 'int64' },
    attributes: { start: optional('int', 0, { since: 15 }), end: optional('int', undefined, { since: 15 }) },
  },
  Range: {
    ...move,
    inputs: { start: 'T', limit: 'T', delta: 'T' },
    types: { T: ['float32', 'float64', 'int32', 'int64'] },
  },
  ConstantOfShape: {
    ...move,
    inputs: { input: 'int64' },
    outputs: { output: 'T' },
    attributes: { value: optional('tensor') },
    webgpu: 0,
  },
  Constant: {
    ...move,
    inputs: {},
    attributes: {
      value: optional('tensor'),
      value_float: optional('float'),
      value_floats: optional('floats'),
      value_int: optional('int'),
      value_ints: optional('ints'),
    },
  },
} satisfies Record<string, OperatorSpec>;
