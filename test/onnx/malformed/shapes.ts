import type { SHAPES } from '../../../src/onnx/schema/shapes.ts';
import { tensorOf } from '../../../src/onnx/tensor.ts';
import { float, floats, int, ints, of, type Malformed } from './malformed.ts';

const AXIS = /^expected an axis of \d+, from -\d+ to \d+, got -?\d+;/;

/** An axis that is not there, on both sides, of an operator that has it as an attribute. */
const axes = (inputs: Malformed['inputs'], rank: number): readonly Malformed[] =>
  [rank, -rank - 1].map((axis) => ({ of: `axis ${axis}`, inputs, attributes: { axis }, says: AXIS }));

const slice = (
  name: string,
  starts: readonly number[],
  ends: readonly number[],
  says: RegExp,
  onAxes?: readonly number[],
  steps?: readonly number[],
): Malformed => ({
  of: name,
  inputs: [of(3, 4), ints(...starts), ints(...ends), onAxes && ints(...onAxes), steps && ints(...steps)],
  says,
});

const split = (name: string, lengths: readonly number[], says: RegExp, outputs = 2): Malformed => ({
  of: name,
  inputs: [of(6), ints(...lengths)],
  outputs,
  says,
});

const parts = (size: number, num: number, outputs: number, says: RegExp, ort?: Malformed['ort']): Malformed => ({
  of: `${size} in ${num} parts to ${outputs} outputs`,
  inputs: [of(size)],
  attributes: { num_outputs: num },
  outputs,
  says,
  ...(ort && { ort }),
});

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

const OUTSIDE = /^expected indices below \d+, got -?\d+;/;

const index = (
  name: string,
  indices: ReturnType<typeof ints>,
  says: RegExp,
  more: Partial<Malformed> = {},
): Malformed => ({ of: name, inputs: [of(3, 4), indices], says, ...more });

const matrix = (...rows: readonly (readonly number[])[]) =>
  tensorOf('int64', [rows.length, rows[0]?.length ?? 0], rows.flat());

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
  Split: [
    split('too little', [2, 3], /^expected lengths that add up to axis 0 of 6, got 5;/),
    split('too much', [4, 3], /^expected lengths that add up to axis 0 of 6, got 7;/),
    split('a negative length', [8, -2], /^expected lengths of at least 0, got \[8, -2\];/),
    split('more lengths than outputs', [2, 2, 2], /^expected as many lengths as outputs, 2, got 3;/),
    split('fewer lengths than outputs', [6], /^expected as many lengths as outputs, 2, got 1;/),
    parts(6, 3, 2, /^expected num_outputs to be as many as outputs, 2, got 3;/, {
      takes: 'as many parts as there are outputs',
    }),
    parts(2, 3, 3, /^expected an axis that 3 parts fill, got one of 2;/),
    parts(5, 4, 4, /^expected an axis that 4 parts fill, got one of 5;/),
    {
      of: 'neither lengths nor parts',
      inputs: [of(6)],
      outputs: 2,
      says: /^expected lengths or num_outputs, got neither;/,
      ort: { takes: 'equal parts', when: 'untold' },
    },
    {
      of: 'both lengths and parts',
      inputs: [of(6), ints(3, 3)],
      attributes: { num_outputs: 2 },
      outputs: 2,
      says: /^expected lengths or num_outputs, got both;/,
    },
    {
      of: 'unlike parts, before they were allowed',
      inputs: [of(5)],
      outputs: 2,
      opset: 13,
      says: /^expected an axis in 2 equal parts, got one of 5;/,
    },
    { of: 'an axis beyond', inputs: [of(6), ints(3, 3)], attributes: { axis: 1 }, outputs: 2, says: AXIS },
  ],
  Slice: [
    slice('more starts than ends', [0, 0], [1], /^expected one number an axis in input 2, a length of 2, got 1;/),
    slice(
      'more starts than axes',
      [0, 0],
      [1, 1],
      /^expected one number an axis in input 3, a length of 2, got 1;/,
      [0],
    ),
    slice(
      'more starts than steps',
      [0, 0],
      [1, 1],
      /^expected one number an axis in input 4, a length of 2, got 1;/,
      [0, 1],
      [1],
    ),
    slice('an axis beyond', [0], [1], AXIS, [2]),
    slice('an axis twice', [0, 0], [1, 1], /^expected axes that differ, got \[0, -2\];/, [0, -2]),
    slice('a step of 0', [0], [1], /^expected steps other than 0, got 0;/, [0], [0]),
    slice('more than there are axes', [0, 0, 0], [1, 1, 1], AXIS),
    {
      of: 'starts that are no row',
      inputs: [of(3, 4), int(0), int(1)],
      says: /^expected input 1 to have 1 axes, got the shape \[\];/,
    },
  ],
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
  Gather: [
    index('beyond', ints(3), OUTSIDE, { late: true }),
    index('before', ints(-4), OUTSIDE, { late: true }),
    index('of nothing', ints(0), OUTSIDE, { inputs: [of(0), ints(0)], late: true }),
    ...axes([of(3, 4), ints(0)], 2),
    { of: 'a scalar', inputs: [of(), ints(0)], says: /^expected an axis, got a value that has none;/ },
  ],
  GatherElements: [
    index('beyond', matrix([3, 0]), OUTSIDE, { late: true }),
    index('before', matrix([-4, 0]), OUTSIDE, { late: true }),
    index('another rank', ints(0), /^expected input 1 to have 2 axes, got the shape/),
    index(
      'more than there is on another axis',
      matrix([0, 0, 0, 0, 0]),
      /^expected indices within axis 1's length of 4, got 5;/,
    ),
    ...axes([of(3, 4), matrix([0])], 2),
  ],
  ScatterElements: [
    index('beyond', ints(), OUTSIDE, { inputs: [of(3, 4), matrix([3]), of(1, 1)], late: true }),
    index('before', ints(), OUTSIDE, { inputs: [of(3, 4), matrix([-4]), of(1, 1)], late: true }),
    index('another rank', ints(), /^expected input 1 to have 2 axes, got the shape/, {
      inputs: [of(3, 4), ints(0), of(1)],
    }),
    index('other updates', ints(), /^expected axis 1 of the updates of 1, got 2;/, {
      inputs: [of(3, 4), matrix([0]), of(1, 2)],
    }),
    index('more than there is on another axis', ints(), /^expected indices within axis 1's length of 4, got 5;/, {
      inputs: [of(3, 4), matrix([0, 0, 0, 0, 0]), of(1, 5)],
    }),
    ...axes([of(3, 4), matrix([0]), of(1, 1)], 2),
    {
      of: 'sums of bools',
      inputs: [tensorOf('bool', [2], [0, 1]), ints(0), tensorOf('bool', [1], [1])],
      attributes: { reduction: 'add' },
      says: /^expected numbers to add, got bool;/,
      ort: { takes: 'it means or' },
    },
  ],
  ScatterND: [
    index('beyond', ints(), OUTSIDE, { inputs: [of(3, 4), matrix([0, 4]), of(1)], late: true }),
    index('before', ints(), OUTSIDE, { inputs: [of(3, 4), matrix([-4, 0]), of(1)], late: true }),
    index('more axes than there are', ints(), /^expected indices into at most 2 axes, got the shape/, {
      inputs: [of(3, 4), matrix([0, 0, 0]), of(1)],
    }),
    index('an index without axes', ints(), /^expected indices into at most 2 axes, got the shape/, {
      inputs: [of(3, 4), int(0), of()],
    }),
    index('other updates', ints(), /^expected axis 0 of the updates of 1, got 2;/, {
      inputs: [of(3, 4), matrix([0, 0]), of(2)],
    }),
    index('updates of another rank', ints(), /^expected input 2 to have 2 axes, got the shape/, {
      inputs: [of(3, 4), matrix([0]), of(4)],
    }),
    {
      of: 'sums of bools',
      inputs: [tensorOf('bool', [2], [0, 1]), matrix([0]), tensorOf('bool', [1], [1])],
      attributes: { reduction: 'add' },
      says: /^expected numbers to add, got bool;/,
      ort: { takes: 'it means or' },
    },
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
