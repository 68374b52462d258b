import type { AttributeValue } from '../../../src/onnx/graph.ts';
import type { NETWORKS } from '../../../src/onnx/schema/networks.ts';
import type { DType } from '../../../src/onnx/dtype.ts';
import { noise } from '../ort.ts';
import { floats, int, ints, of, type Malformed } from './malformed.ts';

type Attributes = Readonly<Record<string, AttributeValue>>;

const use = (
  name: string,
  inputs: Malformed['inputs'],
  says: RegExp,
  attributes: Attributes = {},
  more: Partial<Malformed> = {},
): Malformed => ({ of: name, inputs, says, attributes, ...more });

const AXIS = /^expected an axis of \d+, from -\d+ to \d+, got -?\d+;/;

const axes = (inputs: Malformed['inputs'], rank: number): readonly Malformed[] =>
  [rank, -rank - 1].map((axis) => use(`axis ${axis}`, inputs, AXIS, { axis }));

/** Lists that a window cannot have, of operators that move one over an image of 5 × 5. */
const windows = (inputs: Malformed['inputs'], attributes: Attributes = {}, own = true): readonly Malformed[] => {
  const lists: readonly (readonly [string, readonly number[], RegExp])[] = [
    ['strides', [0, 1], /^expected strides to be 2 whole numbers of at least 1, got \[0, 1\];/],
    ['strides', [-1, 1], /^expected strides to be 2 whole numbers of at least 1, got \[-1, 1\];/],
    ['strides', [1], /^expected strides to be 2 whole numbers of at least 1, got \[1\];/],
    ['pads', [1, 1], /^expected pads to be 4 whole numbers of at least 0, got \[1, 1\];/],
    ['kernel_shape', [2], /^expected kernel_shape to be 2 whole numbers of at least 1, got \[2\];/],
    ['kernel_shape', [0, 2], /^expected kernel_shape to be 2 whole numbers of at least 1, got \[0, 2\];/],
    ['kernel_shape', [2, -2], /^expected kernel_shape to be 2 whole numbers of at least 1, got \[2, -2\];/],
    ...(own
      ? ([
          ['dilations', [0, 1], /^expected dilations to be 2 whole numbers of at least 1, got \[0, 1\];/],
          ['dilations', [1, 1, 1], /^expected dilations to be 2 whole numbers of at least 1, got \[1, 1, 1\];/],
        ] as const)
      : []),
  ];
  return lists.map(([name, list, says]) =>
    use(`${name} ${JSON.stringify(list)}`, inputs, says, { ...attributes, [name]: list }),
  );
};

const x = of(1, 4, 5, 5);

/** Whole numbers of a shape. */
const whole = (dtype: DType, ...shape: readonly number[]) => noise(shape, 1, dtype);

const convolution = (op: 'Conv' | 'ConvTranspose'): readonly Malformed[] => {
  const w = op === 'Conv' ? of(6, 4, 2, 2) : of(4, 6, 2, 2);
  return [
    ...windows([x, w]),
    use(
      'negative pads',
      [x, w],
      /^expected pads to be 4 whole numbers of at least 0, got \[-1, 0, 0, 0\];/,
      { pads: [-1, 0, 0, 0] },
      {
        ort: { takes: 'it crops the image', when: 'untold' },
      },
    ),
    use('a kernel_shape that is not the kernel', [x, w], /^expected kernel_shape to be the kernel's, 2, got 3;/, {
      kernel_shape: [3, 3],
    }),
    use(
      'a kernel of another rank',
      [x, op === 'Conv' ? of(6, 4, 2) : of(4, 6, 2)],
      /^expected input 1 to have 4 axes, got the shape/,
    ),
    use(
      'an image without axes',
      [of(1, 4), op === 'Conv' ? of(6, 4) : of(4, 6)],
      /^expected a batch of channels of at least one axis, got \[/,
    ),
    use('other channels', [x, op === 'Conv' ? of(6, 3, 2, 2) : of(3, 6, 2, 2)], /^expected channels of 3, got 4;/),
    use('no groups', [x, w], /^expected at least one group, got 0;/, { group: 0 }, { ort: 'crashes' }),
    use('negative groups', [x, w], /^expected at least one group, got -1;/, { group: -1 }),
    use('a bias of another length', [x, w, of(5)], /^expected a bias of 6, got 5;/),
    use('a bias of another rank', [x, w, of(6, 1)], /^expected input 2 to have 1 axes, got the shape/),
    use(
      'a kernel without elements',
      [x, op === 'Conv' ? of(6, 4, 0, 2) : of(4, 6, 0, 2)],
      /^expected a kernel of at least one element, got 0;/,
      {},
      { ort: 'hangs' },
    ),
  ];
};

const pool: readonly Malformed[] = [
  ...windows([x], { kernel_shape: [2, 2] }, false),
  use('negative pads', [x], /^expected pads to be 4 whole numbers of at least 0, got \[-1, 0, 0, 0\];/, {
    kernel_shape: [2, 2],
    pads: [-1, 0, 0, 0],
  }),
  use('pads of a whole window', [x], /^expected pads smaller than the window, got \[2, 0, 0, 0\];/, {
    kernel_shape: [2, 2],
    pads: [2, 0, 0, 0],
  }),
  use(
    'a window larger than the image',
    [x],
    /^expected axes at least as long as the window, got 5;/,
    {
      kernel_shape: [6, 2],
    },
    { ort: { takes: 'it gives nothing' } },
  ),
  use('an image without axes', [of(1, 4)], /^expected a batch of channels of at least one axis, got \[/, {
    kernel_shape: [],
  }),
];

const reduction: readonly Malformed[] = [
  use('an axis beyond', [of(3, 4), ints(2)], AXIS),
  use('an axis before', [of(3, 4), ints(-3)], AXIS),
  use(
    'an axis twice',
    [of(3, 4), ints(0, -2)],
    /^expected axes that differ, got \[0, -2\];/,
    {},
    { ort: { takes: 'the same axis twice' } },
  ),
  use('an axis that is no row', [of(3, 4), int(0)], /^expected input 1 to have 1 axes, got the shape \[\];/),
  use('an axis beyond, as an attribute', [of(3, 4)], AXIS, { axes: [2] }, { opset: 17 }),
];

const reductionSince13 = reduction.slice(0, -1);

/** Uses of matrix products, convolutions, pooling, normalisation and reductions. */
export const NETWORKS_MALFORMED: Readonly<Record<keyof typeof NETWORKS, readonly Malformed[]>> = {
  Gemm: [
    use('other inner lengths', [of(2, 3), of(4, 5)], /^expected B's inner length of 3, got 4;/),
    use('other inner lengths, transposed', [of(2, 3), of(5, 4)], /^expected B's inner length of 3, got 4;/, {
      transB: 1,
    }),
    use('three axes', [of(2, 3, 1), of(3, 5)], /^expected input 0 to have 2 axes, got the shape/),
    use('one axis', [of(2, 3), of(3)], /^expected input 1 to have 2 axes, got the shape/),
    use('a C that does not fit', [of(2, 3), of(3, 5), of(4)], /^expected C to broadcast to \[2, 5\], got \[4\];/),
    use('a C that is larger', [of(1, 3), of(3, 5), of(2, 5)], /^expected C to broadcast to \[1, 5\], got \[2, 5\];/),
    use(
      'a C of three axes',
      [of(2, 3), of(3, 5), of(1, 2, 5)],
      /^expected C to broadcast to \[2, 5\], got \[1, 2, 5\];/,
    ),
  ],
  MatMul: [
    use('other inner lengths', [of(2, 3), of(4, 5)], /^expected B's inner length of 3, got 4;/),
    use('other inner lengths of vectors', [of(3), of(4)], /^expected B's inner length of 3, got 4;/),
    use('a scalar', [of(), of(4, 5)], /^expected matrices or vectors, got a scalar;/),
    use('other batches', [of(2, 3, 4), of(5, 4, 2)], /^expected batches that broadcast, got/),
  ],
  Conv: [
    ...convolution('Conv'),
    use('channels in groups', [x, of(6, 2, 2, 2)], /^expected channels of 6, got 4;/, { group: 3 }),
    use('features in groups', [x, of(5, 2, 2, 2)], /^expected features in 2 groups, got 5;/, { group: 2 }),
    use('a kernel larger than the image', [x, of(6, 4, 6, 2)], /^expected axes at least as long as the window, got 5;/),
    use(
      'a kernel that dilations make larger',
      [x, of(6, 4, 3, 2)],
      /^expected axes at least as long as the window, got 5;/,
      { dilations: [3, 1] },
    ),
  ],
  ConvTranspose: [
    ...convolution('ConvTranspose'),
    use('channels in groups', [x, of(4, 2, 2, 2)], /^expected channels in 3 groups, got 4;/, { group: 3 }),
    use('pads that leave nothing', [x, of(4, 6, 2, 2)], /^expected pads that leave something, got \[0, 6\];/, {
      pads: [3, 0, 3, 0],
    }),
    use(
      'a negative output_padding',
      [x, of(4, 6, 2, 2)],
      /^expected output_padding to be 2 whole numbers of at least 0, got \[-1, 0\];/,
      {
        output_padding: [-1, 0],
      },
    ),
    use(
      'an output_padding of whole strides',
      [x, of(4, 6, 2, 2)],
      /^expected an output_padding below the stride or the dilation, got 1;/,
      {
        output_padding: [1, 0],
      },
    ),
    use(
      'an output_padding of one axis',
      [x, of(4, 6, 2, 2)],
      /^expected output_padding to be 2 whole numbers of at least 0, got \[0\];/,
      {
        output_padding: [0],
      },
    ),
  ],
  MaxPool: pool,
  AveragePool: pool,
  GlobalAveragePool: [
    use('an image without axes', [of(1, 4)], /^expected a batch of channels of at least one axis, got \[/),
  ],
  Resize: [
    use('neither scales nor sizes', [x], /^expected scales or sizes, got neither;/),
    use(
      'both scales and sizes',
      [x, undefined, floats(1, 1, 2, 2), ints(1, 4, 5, 5)],
      /^expected scales or sizes, got both;/,
    ),
    use('too few scales', [x, undefined, floats(2, 2)], /^expected one number an axis of 4, got 2;/),
    use('too few sizes', [x, undefined, undefined, ints(2, 2)], /^expected one number an axis of 4, got 2;/),
    ...[0, -1, NaN, Infinity].map((scale) =>
      use(
        `a scale of ${scale}`,
        [x, undefined, floats(1, 1, scale, 1)],
        /^expected finite scales and sizes above 0, got/,
      ),
    ),
    ...[0, -1].map((size) =>
      use(
        `a size of ${size}`,
        [x, undefined, undefined, ints(1, 4, size, 1)],
        /^expected finite scales and sizes above 0, got/,
      ),
    ),
    use(
      'a blend of channels',
      [x, undefined, floats(1, 2, 2, 2)],
      /^expected axis 1, which is not blended, of 4, got 8;/,
      { mode: 'linear' },
    ),
    use('a blend of a row', [of(5), undefined, floats(2)], /^expected an image of 2 to 5 axes to blend, got \[5\];/, {
      mode: 'linear',
    }),
    use(
      'a blend of six axes',
      [of(1, 1, 1, 2, 2, 2), undefined, floats(1, 1, 1, 2, 2, 2)],
      /^expected an image of 2 to 5 axes to blend, got/,
      { mode: 'linear' },
    ),
    use(
      'a blend of whole numbers',
      [whole('int32', 1, 1, 4, 4), undefined, floats(1, 1, 2, 2)],
      /^expected fractions to blend, got int32;/,
      { mode: 'linear' },
      { ort: { takes: 'it rounds each in its way' } },
    ),
    use('an axis beyond', [x, undefined, floats(2)], AXIS, { axes: [4] }),
    use('an axis twice', [x, undefined, floats(2, 2)], /^expected axes that differ, got \[2, -2\];/, {
      axes: [2, -2],
    }),
    use(
      'an image without elements',
      [of(1, 1, 0, 5), undefined, undefined, ints(1, 1, 2, 5)],
      /^expected axes of at least one element, got/,
    ),
  ],
  Softmax: [...axes([of(3, 4)], 2), use('a scalar', [of()], /^expected an axis, got a value that has none;/)],
  InstanceNormalization: [
    use(
      'an image without axes',
      [of(3, 4), of(4), of(4)],
      /^expected a batch of channels of at least one axis, got \[/,
    ),
    use('a scale of another length', [of(3, 4, 5), of(5), of(4)], /^expected input 1 to have a length of 4, got 5;/),
    use('a shift of another length', [of(3, 4, 5), of(4), of(5)], /^expected input 2 to have a length of 4, got 5;/),
    use('a scale of another rank', [of(3, 4, 5), of(4, 1), of(4)], /^expected input 1 to have 1 axes, got the shape/),
  ],
  LayerNormalization: [
    use('a scale of another length', [of(3, 4), of(5)], /^expected a scale and a shift of shape \[4\], got \[5\];/),
    use(
      'a shift of another length',
      [of(3, 4), of(4), of(5)],
      /^expected a scale and a shift of shape \[4\], got \[5\];/,
    ),
    use(
      'a scale of another rank',
      [of(3, 4, 5), of(5)],
      /^expected a scale and a shift of shape \[4, 5\], got \[5\];/,
      { axis: 1 },
      { ort: { takes: 'it broadcasts them' } },
    ),
    ...axes([of(3, 4), of(4)], 2),
  ],
  BatchNormalization: [
    ...[1, 2, 3, 4].map((wrong) =>
      use(
        `input ${wrong} of another length`,
        [of(3, 4), ...[1, 2, 3, 4].map((i) => (i === wrong ? of(5) : of(4)))],
        /^expected input \d to have a length of 4, got 5;/,
      ),
    ),
    use(
      'a mean of another rank',
      [of(3, 4), of(4), of(4), of(4, 1), of(4)],
      /^expected input 3 to have 1 axes, got the shape/,
    ),
    use('one axis', [of(4), of(4), of(4), of(4), of(4)], /^expected a batch of channels, got \[/, {}, {}),
  ],
  ReduceSum: reductionSince13,
  ReduceMean: reduction,
  ReduceMax: [
    ...reduction,
    use(
      'nothing',
      [whole('int64', 0, 4), ints(0)],
      /^expected something to reduce, got an axis of 0;/,
      {},
      { ort: { takes: 'the least number' } },
    ),
  ],
  ReduceLogSumExp: reduction,
  ArgMax: [
    ...axes([of(3, 4)], 2),
    use('nothing', [of(0, 4)], /^expected something to reduce, got an axis of 0;/, { axis: 0 }),
    use('a scalar', [int(1)], /^expected an axis, got a value that has none;/),
  ],
};
