import type { OnnxBuilder, Value } from '../../../src/onnx/builder.ts';
import type { SHAPES } from '../../../src/onnx/operators/table.ts';
import { tensorOf } from '../../../src/onnx/tensor.ts';
import { noise } from '../ort.ts';
import { at, type Case } from './case.ts';

const ints = (shape: readonly number[], numbers: readonly number[]) => tensorOf('int64', shape, numbers);
const END = Number.MAX_SAFE_INTEGER;

/** Cases for each operator that moves elements about. */
export const SHAPES_CASES: Readonly<Record<keyof typeof SHAPES, readonly Case[]>> = {
  Concat: [
    { inputs: [noise([3, 2]), noise([3, 4], 2)], build: (onnx, ...x) => onnx.Concat(x, { axis: 1 }) },
    {
      inputs: [noise([3, 2]), noise([3, 4], 2), noise([3, 1], 3)],
      build: (onnx, ...x) => onnx.Concat(x, { axis: -1 }),
    },
    { inputs: [noise([3, 2]), noise([1, 2], 2)], build: (onnx, ...x) => onnx.Concat(x, { axis: 0 }) },
    { inputs: [noise([2, 3, 1, 2]), noise([2, 1, 1, 2], 2)], build: (onnx, ...x) => onnx.Concat(x, { axis: -3 }) },
    { of: 'one', inputs: [noise([3, 2])], build: (onnx, ...x) => onnx.Concat(x, { axis: 0 }) },
  ],
  Split: [
    { inputs: [noise([3, 6])], build: (onnx, ...x) => onnx.Split(at(x, 0), [3, 3], { axis: 1 }) },
    { inputs: [noise([3, 6])], build: (onnx, ...x) => onnx.Split(at(x, 0), [1, 2, 3], { axis: -1 }) },
    { inputs: [noise([6, 2, 2])], build: (onnx, ...x) => onnx.Split(at(x, 0), [5, 1], { axis: 0 }) },
  ],
  Slice: [
    { inputs: [noise([3, 8])], build: (onnx, ...x) => onnx.Slice(at(x, 0), [1], [5], [1]) },
    { inputs: [noise([3, 8])], build: (onnx, ...x) => onnx.Slice(at(x, 0), [0, 2], [END, -1], [0, 1]) },
    { of: 'steps', inputs: [noise([3, 8])], build: (onnx, ...x) => onnx.Slice(at(x, 0), [1], [END], [-1], [3]) },
    { of: 'backwards', inputs: [noise([3, 8])], build: (onnx, ...x) => onnx.Slice(at(x, 0), [-1], [-END], [1], [-2]) },
    {
      of: 'backwards, part',
      inputs: [noise([3, 8])],
      build: (onnx, ...x) => onnx.Slice(at(x, 0), [6], [1], [1], [-2]),
    },
    { of: 'without axes', inputs: [noise([3, 8])], build: (onnx, ...x) => onnx.Slice(at(x, 0), [0, -3], [2, 7]) },
    { of: 'beyond the ends', inputs: [noise([3, 4])], build: (onnx, ...x) => onnx.Slice(at(x, 0), [-9], [9], [1]) },
    { of: 'nothing', inputs: [noise([3, 4])], build: (onnx, ...x) => onnx.Slice(at(x, 0), [3], [1], [1]) },
  ],
  Reshape: [
    { inputs: [noise([3, 8])], build: (onnx, ...x) => onnx.Reshape(at(x, 0), [-1, 2, 4]) },
    { inputs: [noise([3, 8])], build: (onnx, ...x) => onnx.Reshape(at(x, 0), [0, 2, -1]) },
    { inputs: [noise([3, 2, 4])], build: (onnx, ...x) => onnx.Reshape(at(x, 0), [0, -1]) },
    { of: 'to a scalar', inputs: [noise([1, 1])], build: (onnx, ...x) => onnx.Reshape(at(x, 0), []) },
    {
      of: 'to a shape that is computed',
      inputs: [noise([3, 2, 4])],
      build: (onnx, ...x) => {
        const batch = onnx.Slice(onnx.Shape(at(x, 0)), [0], [1]);
        return onnx.Reshape(at(x, 0), onnx.Concat([batch, onnx.constant([8], 'int64')], { axis: 0 }));
      },
    },
    {
      of: 'a product of lengths',
      inputs: [noise([3, 2, 4])],
      build: (onnx, ...x) => {
        const shape = onnx.Shape(at(x, 0));
        const index = (i: number) => onnx.Gather(shape, onnx.constant([i], 'int64'));
        return onnx.Reshape(at(x, 0), onnx.Concat([onnx.Mul(index(0), index(1)), index(2)], { axis: 0 }));
      },
    },
  ],
  Transpose: [
    { inputs: [noise([3, 4])], build: (onnx, ...x) => onnx.Transpose(at(x, 0), [1, 0]) },
    { inputs: [noise([3, 2, 4, 5])], build: (onnx, ...x) => onnx.Transpose(at(x, 0), [0, 2, 3, 1]) },
    { inputs: [noise([3, 2, 4, 5])], build: (onnx, ...x) => onnx.Transpose(at(x, 0), [3, 2, 0, 1]) },
    { inputs: [noise([3, 1, 1])], build: (onnx, ...x) => onnx.Transpose(at(x, 0), [2, 0, 1]) },
  ],
  Squeeze: [
    { inputs: [noise([3, 1, 4])], build: (onnx, ...x) => onnx.Squeeze(at(x, 0), [1]) },
    { inputs: [noise([3, 1, 4, 1])], build: (onnx, ...x) => onnx.Squeeze(at(x, 0), [-1, 1]) },
  ],
  Unsqueeze: [
    { inputs: [noise([3, 4])], build: (onnx, ...x) => onnx.Unsqueeze(at(x, 0), [1]) },
    { inputs: [noise([3, 4])], build: (onnx, ...x) => onnx.Unsqueeze(at(x, 0), [-1, 0]) },
  ],
  Expand: [
    { inputs: [noise([3, 1])], build: (onnx, ...x) => onnx.Expand(at(x, 0), [3, 4]) },
    { inputs: [noise([4])], build: (onnx, ...x) => onnx.Expand(at(x, 0), [2, 3, 1]) },
    { of: 'a shape of fewer axes', inputs: [noise([3, 1])], build: (onnx, ...x) => onnx.Expand(at(x, 0), [1]) },
    {
      of: "another value's shape",
      inputs: [noise([4]), noise([3, 4])],
      build: (onnx, ...x) => onnx.Expand(at(x, 0), onnx.Shape(at(x, 1))),
    },
  ],
  Tile: [
    { inputs: [noise([3, 2])], build: (onnx, ...x) => onnx.Tile(at(x, 0), [2, 3]) },
    { inputs: [noise([3, 1, 2])], build: (onnx, ...x) => onnx.Tile(at(x, 0), [1, 4, 2]) },
  ],
  Pad: [
    { inputs: [noise([3, 4])], build: (onnx, ...x) => onnx.Pad(at(x, 0), [0, 1, 0, 2]) },
    { inputs: [noise([3, 4])], build: (onnx, ...x) => onnx.Pad(at(x, 0), [1, 0, 0, 3], 0.5) },
    { of: 'cut', inputs: [noise([3, 4])], build: (onnx, ...x) => onnx.Pad(at(x, 0), [0, -1, 0, -2]) },
    {
      inputs: [noise([3, 4])],
      build: (onnx, ...x) => onnx.Pad(at(x, 0), [0, 2, 0, 3], undefined, { mode: 'reflect' }),
    },
    { inputs: [noise([3, 2])], build: (onnx, ...x) => onnx.Pad(at(x, 0), [1, 2, 1, 3], undefined, { mode: 'edge' }) },
    { inputs: [noise([3, 2, 4, 5])], build: (onnx, ...x) => onnx.Pad(at(x, 0), [0, 0, 1, 2, 0, 0, 0, 1]) },
  ],
  Gather: [
    { inputs: [noise([5, 3]), ints([2], [4, -1])], build: (onnx, ...x) => onnx.Gather(at(x, 0), at(x, 1)) },
    {
      inputs: [noise([3, 5]), ints([2, 2], [0, 1, 4, -5])],
      build: (onnx, ...x) => onnx.Gather(at(x, 0), at(x, 1), { axis: 1 }),
    },
    {
      of: 'a scalar index',
      inputs: [noise([3, 5]), ints([], [2])],
      build: (onnx, ...x) => onnx.Gather(at(x, 0), at(x, 1), { axis: -1 }),
    },
    {
      of: 'int32',
      inputs: [noise([5, 3]), tensorOf('int32', [3], [4, 0, 1])],
      build: (onnx, ...x) => onnx.Gather(at(x, 0), at(x, 1)),
    },
  ],
  GatherElements: [
    {
      inputs: [noise([3, 4]), ints([3, 2], [0, 3, 1, 1, -1, 2])],
      build: (onnx, ...x) => onnx.GatherElements(at(x, 0), at(x, 1), { axis: 1 }),
    },
    {
      inputs: [noise([3, 4]), ints([2, 4], [0, 2, 1, 1, -1, 2, 0, 0])],
      build: (onnx, ...x) => onnx.GatherElements(at(x, 0), at(x, 1)),
    },
  ],
  ScatterElements: [
    {
      inputs: [noise([3, 4]), ints([3, 2], [0, 3, 1, 2, -1, 2]), noise([3, 2], 2)],
      build: (onnx, ...x) => onnx.ScatterElements(at(x, 0), at(x, 1), at(x, 2), { axis: 1 }),
    },
    {
      of: 'added, some to one place',
      inputs: [noise([6]), ints([4], [0, 5, 0, 0]), noise([4], 2)],
      build: (onnx, ...x) => onnx.ScatterElements(at(x, 0), at(x, 1), at(x, 2), { reduction: 'add' }),
    },
    ...(['mul', 'max', 'min'] as const).map((reduction) => ({
      of: reduction,
      inputs: [noise([3, 3]), ints([2, 3], [0, 2, 0, 1, 2, 2]), noise([2, 3], 2)],
      build: (onnx: Parameters<Case['build']>[0], ...x: Parameters<Case['build']>[1][]) =>
        onnx.ScatterElements(at(x, 0), at(x, 1), at(x, 2), { reduction }),
    })),
  ],
  ScatterND: [
    {
      inputs: [noise([5, 3]), ints([2, 1], [4, 1]), noise([2, 3], 2)],
      build: (onnx, ...x) => onnx.ScatterND(at(x, 0), at(x, 1), at(x, 2)),
    },
    {
      inputs: [noise([3, 4]), ints([2, 2], [0, 1, 2, -1]), noise([2], 2)],
      build: (onnx, ...x) => onnx.ScatterND(at(x, 0), at(x, 1), at(x, 2)),
    },
    {
      of: 'added',
      inputs: [noise([3, 2]), ints([3, 1], [0, 1, 0]), noise([3, 2], 2)],
      build: (onnx, ...x) => onnx.ScatterND(at(x, 0), at(x, 1), at(x, 2), { reduction: 'add' }),
    },
  ],
  TopK: [
    ...[{}, { largest: 0 }, { axis: 0 }, { axis: 1 }].map((attributes) => ({
      of: JSON.stringify(attributes),
      inputs: [noise([3, 4, 5])],
      build: (onnx: OnnxBuilder, ...x: readonly Value[]) => onnx.TopK(at(x, 0), 2, attributes),
    })),
    {
      of: 'equal ones',
      inputs: [tensorOf('float32', [6], [1, 3, 3, 1, 3, 2])],
      build: (onnx: OnnxBuilder, ...x: readonly Value[]) => onnx.TopK(at(x, 0), 5),
    },
  ],
  Trilu: [{}, { upper: 0 }].flatMap((attributes) =>
    [0, 1, -2, 9].map((k) => ({
      of: `${k}, ${JSON.stringify(attributes)}`,
      inputs: [noise([3, 4, 5])],
      build: (onnx: OnnxBuilder, ...x: readonly Value[]) => onnx.Trilu(at(x, 0), k, attributes),
    })),
  ),
  Shape: [
    { inputs: [noise([3, 4, 1])], build: (onnx, ...x) => onnx.Shape(at(x, 0)) },
    { inputs: [noise([3, 4, 1])], build: (onnx, ...x) => onnx.Shape(at(x, 0), { start: 1 }) },
    { inputs: [noise([3, 4, 1])], build: (onnx, ...x) => onnx.Shape(at(x, 0), { start: -2, end: -1 }) },
  ],
  Range: [
    {
      inputs: [],
      build: (onnx) => onnx.Range(onnx.constant(2, 'int64'), onnx.constant(9, 'int64'), onnx.constant(3, 'int64')),
    },
    { inputs: [], build: (onnx) => onnx.Range(onnx.constant(1), onnx.constant(0), onnx.constant(-0.25)) },
    {
      of: 'a length that is computed',
      inputs: [noise([3, 4])],
      build: (onnx, ...x) => {
        const length = onnx.Squeeze(onnx.Shape(at(x, 0), { start: 0, end: 1 }), [0]);
        return onnx.Range(onnx.constant(0, 'int64'), length, onnx.constant(1, 'int64'));
      },
    },
  ],
  ConstantOfShape: [
    { inputs: [], build: (onnx) => onnx.ConstantOfShape([2, 3]) },
    { inputs: [], build: (onnx) => onnx.ConstantOfShape([2], tensorOf('int64', [1], [7])) },
    {
      of: "another value's shape",
      inputs: [noise([3, 4])],
      build: (onnx, ...x) => onnx.ConstantOfShape(onnx.Shape(at(x, 0))),
    },
  ],
  Constant: [
    { inputs: [], build: (onnx) => onnx.Constant(noise([2, 3])) },
    { of: 'a scalar', inputs: [], build: (onnx) => onnx.Constant(tensorOf('int64', [], [-3])) },
  ],
};
