import type { OnnxBuilder, Value } from '../../../src/onnx/builder.ts';
import type { SHAPES } from '../../../src/onnx/operators/table.ts';
import { tensorOf } from '../../../src/onnx/tensor.ts';
import type { Case } from '../numeric.ts';

const none: Value = { name: '' };
const ints = (shape: readonly number[], values: readonly number[]) => tensorOf('int64', shape, values);

/** Operators that move elements about. */
export const moves: Readonly<Record<keyof typeof SHAPES, readonly Case[] | 'flat' | 'opaque'>> = {
  Concat: [
    {
      name: 'of all',
      inputs: [
        [-3, 2],
        [-3, 1],
        [-3, 4],
      ],
      write: (onnx, a = none, b = none, c = none) => onnx.Concat([a, b, c], { axis: -1 }),
    },
    {
      name: 'of which the last is not differentiated',
      inputs: [
        [-3, 2],
        [-3, 1],
        [-3, 4],
      ],
      by: 2,
      write: (onnx, a = none, b = none, c = none) => onnx.Concat([a, b, c], { axis: 1 }),
    },
    {
      name: 'of channels, one of them twice',
      inputs: [
        [-2, 3, 2, 2],
        [-2, 1, 2, 2],
      ],
      write: (onnx, a = none, b = none) => onnx.Concat([a, b, a], { axis: 1 }),
    },
  ],
  Split: [
    {
      name: 'of which one part is not used',
      inputs: [[-3, 6]],
      write: (onnx, x = none) => {
        const [a = none, , c = none] = onnx.Split(x, [2, 1, 3], { axis: -1 });
        return onnx.Concat([c, a], { axis: 1 });
      },
    },
  ],
  Slice: [
    { name: 'of the last axis', inputs: [[-3, 6]], write: (onnx, x = none) => onnx.Slice(x, [1], [4], [-1]) },
    { name: 'from the end', inputs: [[-3, 6]], write: (onnx, x = none) => onnx.Slice(x, [-3], [2 ** 40], [1]) },
    {
      name: 'of two axes, the batch whole',
      inputs: [[-2, 4, 5]],
      write: (onnx, x = none) => onnx.Slice(x, [0, 1, 0], [2 ** 40, 3, 2], [0, 1, 2], [1, 1, 1]),
    },
    {
      name: 'twice of one value',
      inputs: [[-3, 6]],
      write: (onnx, x = none) => onnx.Mul(onnx.Slice(x, [0], [4], [1]), onnx.Slice(x, [2], [6], [1])),
    },
    { name: 'of axes in order', inputs: [[3, 4]], write: (onnx, x = none) => onnx.Slice(x, [1, 0], [3, 2]) },
  ],
  Reshape: [
    { name: 'a batch', inputs: [[-3, 4]], write: (onnx, x = none) => onnx.Reshape(x, [-1, 2, 2]) },
    { name: 'examples made', inputs: [[-3, 4]], write: (onnx, x = none) => onnx.Reshape(x, [-1, 2]) },
    { name: 'an axis of length 1', inputs: [[4]], write: (onnx, x = none) => onnx.Reshape(x, [1, 4, 1]) },
    {
      name: 'from an unknown batch, twice as long',
      inputs: [[-4, 3]],
      write: (onnx, x = none) => onnx.Reshape(onnx.Tile(x, [2, 1]), [0, 3, 1]),
    },
  ],
  Transpose: [
    { name: 'of an image', inputs: [[-2, 3, 4, 2]], write: (onnx, x = none) => onnx.Transpose(x, [0, 3, 1, 2]) },
    { name: 'of a cycle', inputs: [[2, 3, 4]], write: (onnx, x = none) => onnx.Transpose(x, [1, 2, 0]) },
  ],
  Squeeze: [{ name: 'an axis', inputs: [[-3, 1, 2]], write: (onnx, x = none) => onnx.Squeeze(x, [1]) }],
  Unsqueeze: [{ name: 'two axes', inputs: [[-3, 2]], write: (onnx, x = none) => onnx.Unsqueeze(x, [0, -1]) }],
  Expand: [
    {
      name: 'to each example of a batch',
      inputs: [[4], [-3, 4]],
      write: (onnx, x = none, y = none) => onnx.Mul(onnx.Expand(x, onnx.Shape(y)), y),
    },
    { name: 'a length of 1', inputs: [[2, 1]], write: (onnx, x = none) => onnx.Expand(x, [3, 2, 4]) },
  ],
  Tile: [
    {
      name: 'each example, side by side',
      inputs: [[-2, 3]],
      write: (onnx, x = none) => onnx.Reshape(onnx.Tile(onnx.Unsqueeze(x, [1]), [1, 4, 1]), [-1, 3]),
    },
    { name: 'two axes', inputs: [[2, 3]], write: (onnx, x = none) => onnx.Tile(x, [2, 3]) },
    { name: 'none', inputs: [[-2, 3]], write: (onnx, x = none) => onnx.Tile(x, [1, 1]) },
  ],
  Pad: [
    { name: 'on both sides', inputs: [[-2, 3]], write: (onnx, x = none) => onnx.Pad(x, [0, 1, 0, 2], 5) },
    { name: 'of negative length', inputs: [[-2, 5]], write: (onnx, x = none) => onnx.Pad(x, [0, -1, 0, 2]) },
  ],
  Gather: [
    {
      name: 'rows, some twice',
      inputs: [[4, 3]],
      write: (onnx, x = none) => onnx.Gather(x, onnx.constant(ints([2, 2], [1, 3, 1, 0]))),
    },
    {
      name: 'columns, some twice',
      inputs: [[-2, 4, 3]],
      write: (onnx, x = none) => onnx.Gather(x, onnx.constant(ints([3], [3, 0, 3])), { axis: 1 }),
    },
    {
      name: 'one row',
      inputs: [[4, 3]],
      write: (onnx, x = none) => onnx.Gather(x, onnx.constant(2, 'int64')),
    },
    {
      name: 'a block of columns of the last axis',
      inputs: [[-2, 4]],
      write: (onnx, x = none) => onnx.Gather(x, onnx.constant(ints([2, 2], [3, 0, 3, 1])), { axis: -1 }),
    },
  ],
  GatherElements: [
    {
      name: 'of which some twice',
      inputs: [[2, 3]],
      write: (onnx, x = none) => onnx.GatherElements(x, onnx.constant(ints([2, 2], [2, 2, 0, 1])), { axis: 1 }),
    },
  ],
  ScatterElements: [
    {
      name: 'in place of others',
      inputs: [
        [2, 4],
        [2, 2],
      ],
      write: (onnx, x = none, u = none) =>
        onnx.ScatterElements(x, onnx.constant(ints([2, 2], [3, 0, 1, 2])), u, { axis: 1 }),
    },
    {
      name: 'added',
      inputs: [
        [2, 4],
        [2, 2],
      ],
      write: (onnx, x = none, u = none) =>
        onnx.ScatterElements(x, onnx.constant(ints([2, 2], [3, 3, 1, 2])), u, { axis: 1, reduction: 'add' }),
    },
  ],
  ScatterND: 'opaque',
  TopK: [undefined, 0, 1].map((axis) => ({
    name: `along axis ${axis ?? -1}`,
    inputs: [[-3, 4, 5]],
    write: (onnx: OnnxBuilder, x: Value = none) =>
      onnx.TopK(x, 2, { ...(axis !== undefined && { axis }), ...(axis === 1 && { largest: 0 as const }) })[0] ?? none,
  })),
  Trilu: [
    { name: 'above', inputs: [[-3, 4, 5]], write: (onnx, x = none) => onnx.Trilu(x, 1) },
    { name: 'below', inputs: [[-3, 4, 5]], write: (onnx, x = none) => onnx.Trilu(x, 0, { upper: 0 }) },
  ],
  Shape: 'flat',
  Range: 'opaque',
  ConstantOfShape: 'flat',
  Constant: 'flat',
};
