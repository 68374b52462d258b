import type { SHAPES } from '../../../src/onnx/operators/table.ts';
import { tensorOf } from '../../../src/onnx/tensor.ts';
import { AXIS, axes } from './axes.ts';
import { CUTS_MALFORMED } from './cuts.ts';
import { INDEXING_MALFORMED } from './indexing.ts';
import { float, floats, int, ints, of, use, type Malformed } from './malformed.ts';

const reshape = (name: string, shape: readonly number[], says: RegExp, attributes = {}): Malformed => ({
  of: name,
  inputs: [of(2, 3), ints(...shape)],
  attributes,
  says,
});

const pad = (
  name: string,
  pads: readonly number[],
  says: RegExp,
  {
    mode = 'constant',
    on,
    length = 4,
    ort,
  }: {
    readonly mode?: string;
    readonly on?: readonly number[];
    readonly length?: number;
    readonly ort?: Malformed['ort'];
  } = {},
): Malformed => ({
  of: `${name}, ${mode}`,
  inputs: [of(3, length), ints(...pads), undefined, on && ints(...on)],
  attributes: { mode },
  says,
  ...(ort && { ort }),
});

/** Uses of operators that move elements about. */
export const SHAPES_MALFORMED: Readonly<Record<keyof typeof SHAPES, readonly Malformed[]>> = {
  Concat: [
    {
      of: 'other ranks',
      inputs: [of(2, 3), of(2)],
      attributes: { axis: 0 },
      says: /^expected input 1 to have 2 axes, got the shape/,
    },
    {
      of: 'other lengths',
      inputs: [of(2, 3), of(2, 4)],
      attributes: { axis: 0 },
      says: /^expected axis 1 of input 1 of 3, got 4;/,
    },
    {
      of: 'scalars',
      inputs: [of(), of()],
      attributes: { axis: 0 },
      says: /^expected an axis, got a value that has none;/,
    },
    ...axes([of(2, 3), of(2, 3)], 2),
  ],
  ...CUTS_MALFORMED,
  Reshape: [
    reshape('too many', [7], /^expected a size of 6, got 7;/),
    reshape('a length that does not divide', [-1, 5], /^expected a shape of size 6, got \[-1, 5\];/),
    reshape('two lengths left open', [-1, -1], /^expected one -1 at most, got \[-1, -1\];/),
    reshape('a negative length', [-2, -3], /^expected lengths of at least -1, got -2;/),
    reshape('a length kept that is not there', [2, 3, 0], /^expected a 0 only for one of 2 axes, got \[2, 3, 0\];/),
    reshape('a length of 0', [0, -1], /^expected a shape of size 6, got \[0, -1\];/, { allowzero: 1 }),
    reshape('far too many', [2 ** 52, 4], /^expected a size of 6, got 18014398509481984;/),
    reshape('more than there can be', [2 ** 52, 2 ** 52, 2 ** 52], /^expected a size of 6, got/),
    {
      of: 'nothing, left open',
      inputs: [of(0, 3), ints(-1, 0)],
      attributes: { allowzero: 1 },
      says: /^expected a shape of size 0, got \[-1, 0\];/,
      ort: { takes: 'it gives [3, 0]', when: 'untold' },
    },
    {
      of: 'a shape that is no row',
      inputs: [of(6), int(6)],
      says: /^expected input 1 to have 1 axes, got the shape \[\];/,
    },
  ],
  Transpose: [
    {
      of: 'too few axes',
      inputs: [of(2, 3)],
      attributes: { perm: [0] },
      says: /^expected perm to order 2 axes, got \[0\];/,
    },
    {
      of: 'an axis twice',
      inputs: [of(2, 3)],
      attributes: { perm: [0, 0] },
      says: /^expected perm to order 2 axes, got \[0, 0\];/,
    },
    {
      of: 'an axis beyond',
      inputs: [of(2, 3)],
      attributes: { perm: [0, 2] },
      says: /^expected perm to order 2 axes, got \[0, 2\];/,
    },
    {
      of: 'a negative axis',
      inputs: [of(2, 3)],
      attributes: { perm: [0, -1] },
      says: /^expected perm to order 2 axes, got \[0, -1\];/,
    },
  ],
  Squeeze: [
    {
      of: 'a long axis',
      inputs: [of(1, 3), ints(1)],
      says: /^expected axis 1, which is squeezed, to have a length of 1, got 3;/,
    },
    { of: 'an axis beyond', inputs: [of(1, 3), ints(2)], says: AXIS },
    {
      of: 'an axis twice',
      inputs: [of(1, 3), ints(0, -2)],
      says: /^expected axes that differ, got \[0, -2\];/,
      ort: { takes: 'the same axis twice' },
    },
  ],
  Unsqueeze: [
    { of: 'an axis beyond', inputs: [of(3), ints(2)], says: AXIS },
    { of: 'an axis before', inputs: [of(3), ints(-3)], says: AXIS },
    { of: 'an axis twice', inputs: [of(3), ints(0, 0)], says: /^expected axes that differ, got \[0, 0\];/ },
  ],
  Expand: [
    { of: 'another length', inputs: [of(3), ints(2)], says: /^expected a shape that \[3\] broadcasts to, got \[2\];/ },
    { of: 'a negative length', inputs: [of(1), ints(-1)], says: /^expected lengths of at least 0, got \[-1\];/ },
    { of: 'none', inputs: [of(3), ints(0)], says: /^expected a shape that \[3\] broadcasts to, got \[0\];/ },
  ],
  Tile: [
    { of: 'too few repeats', inputs: [of(2, 3), ints(2)], says: /^expected as many repeats as axes of 2, got 1;/ },
    {
      of: 'negative repeats',
      inputs: [of(2, 3), ints(1, -1)],
      says: /^expected repeats of at least 0, got \[1, -1\];/,
    },
    {
      of: 'negative repeats of nothing',
      inputs: [of(0), ints(-1)],
      says: /^expected repeats of at least 0, got \[-1\];/,
    },
  ],
  Pad: [
    pad('too few', [1, 1], /^expected twice as many pads as axes of 4, got 2;/),
    pad('too many', [1, 1, 1, 1, 1, 1], /^expected twice as many pads as axes of 4, got 6;/),
    pad('more taken away than there is', [-4, 0, 0, 0], /^expected pads that leave something, got \[-4, 0, 0, 0\];/),
    pad(
      'more taken away than there is, and put back',
      [-4, 0, 5, 0],
      /^expected pads that leave something, got \[-4, 0, 5, 0\];/,
      { ort: { takes: 'it pads nothing' } },
    ),
    pad('an axis beyond', [1, 1], AXIS, { on: [2] }),
    pad('an axis twice', [1, 1, 1, 1], /^expected axes that differ, got \[1, -1\];/, {
      on: [1, -1],
      ort: { takes: 'the same axis twice', when: 'untold' },
    }),
    pad(
      'as long as the axis',
      [0, 4, 0, 0],
      /^expected reflected pads below axis 1's length of 4, got \[0, 4, 0, 0\];/,
      { mode: 'reflect' },
    ),
    pad(
      'as long as what is left',
      [0, 2, 0, -2],
      /^expected reflected pads below axis 1's length of 2, got \[0, 2, 0, -2\];/,
      { mode: 'reflect' },
    ),
    pad('of nothing', [0, 1, 0, 0], /^expected axes with something to repeat, got the lengths \[3, 0\];/, {
      mode: 'edge',
      length: 0,
    }),
    {
      of: 'several values',
      inputs: [of(3), ints(1, 1), floats(1, 2)],
      says: /^expected a scalar to pad with, got the shape/,
    },
  ],
  ...INDEXING_MALFORMED,
  TopK: [
    ...axes([of(3, 4), ints(1)], 2),
    use(
      'more than there are',
      [of(3, 4), ints(5)],
      /^expected at most the 4 elements of axis 1, got 5;/,
      {},
      { outputs: 2 },
    ),
    use('fewer than none', [of(3, 4), ints(-1)], /^expected a number of elements from 0, got -1;/, {}, { outputs: 2 }),
    use(
      'two numbers',
      [of(3, 4), ints(1, 2)],
      /^expected one number of elements, a length of 1, got 2;/,
      {},
      { outputs: 2 },
    ),
    use('a scalar', [of(), ints(1)], /^expected an axis, got a value that has none;/, {}, { outputs: 2 }),
  ],
  Trilu: [
    use('a row', [of(4)], /^expected matrices, got the shape \[/),
    use('two diagonals', [of(3, 4), ints(1, 2)], /^expected one diagonal, a number of 1, got 2;/),
  ],
  Shape: [],
  Range: [
    { of: 'a step of 0', inputs: [int(0), int(3), int(0)], says: /^expected a step other than 0, got 0;/ },
    {
      of: 'several starts',
      inputs: [ints(0, 1), int(3), int(1)],
      says: /^expected input 0 to have 0 axes, got the shape/,
    },
    {
      of: 'no end',
      inputs: [float(0), float(Infinity), float(1)],
      says: /^expected a range that ends, got 0 to Infinity by 1;/,
      late: true,
    },
    {
      of: 'no number',
      inputs: [float(0), float(NaN), float(1)],
      says: /^expected a range that ends, got 0 to NaN by 1;/,
      late: true,
    },
  ],
  ConstantOfShape: [
    { of: 'a negative length', inputs: [ints(2, -1)], says: /^expected whole lengths of at least 0, got \[2, -1\];/ },
    {
      of: 'two values',
      inputs: [ints(2)],
      attributes: { value: tensorOf('float32', [2], [1, 2]) },
      says: /^expected a value of one element, got 2;/,
    },
    {
      of: 'no value',
      inputs: [ints(2)],
      attributes: { value: tensorOf('float32', [0], []) },
      says: /^expected a value of one element, got 0;/,
    },
    { of: 'a shape that is no row', inputs: [int(2)], says: /^expected input 0 to have 1 axes, got the shape \[\];/ },
  ],
  Constant: [
    { of: 'no value', inputs: [], says: /^expected one value, got 0;/ },
    {
      of: 'two values',
      inputs: [],
      attributes: { value_int: 1, value_float: 1 },
      says: /^expected one value, got 2;/,
      ort: { takes: 'one of them' },
    },
  ],
};
