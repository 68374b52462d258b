import { of, use, type Attributes, type Malformed } from './malformed.ts';

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

/** Uses of operators that move a window over an image. */
export const WINDOWS_MALFORMED: Readonly<
  Record<'Conv' | 'ConvTranspose' | 'MaxPool' | 'AveragePool', readonly Malformed[]>
> = {
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
};
