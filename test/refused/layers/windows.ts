import { js, on, onImage, onSeries, type Refused } from '../loose.ts';
import { tensorOnly } from './tensor-only.ts';

const windows = (
  name: string,
  layer: (options: unknown) => unknown,
  side: string,
  { onX = onImage, of = 'pixels', length = 'side', pair = ', or [height, width],' } = {},
): readonly Refused[] => {
  const options = side === 'kernel' ? 'kernel, stride, padding, dilation, groups' : 'size, stride, padding';
  return [
    [
      'a misspelt stride',
      onX((x) => x.pipe(layer({ stide: 2 }))),
      `net/${name}_1: expected the options ${options}, got stide; did you mean stride?`,
    ],
    [
      'a stride in the plural',
      onX((x) => x.pipe(layer({ strides: 2 }))),
      `net/${name}_1: expected the options ${options}, got strides; did you mean stride?`,
    ],
    [
      'a stride of 0',
      onX((x) => x.pipe(layer({ stride: 0 }))),
      `net/${name}_1: expected a positive whole number${pair} as stride, got 0; give how far the window moves`,
    ],
    [
      'a stride as text',
      onX((x) => x.pipe(layer({ stride: '2' }))),
      `net/${name}_1: expected a positive whole number${pair} as stride, got "2"; give how far the window moves`,
    ],
    [
      'half an element a side',
      onX((x) => x.pipe(layer({ [side]: 2.5 }))),
      `net/${name}_1: expected a positive whole number of ${of}${pair} as ${side}, got 2.5; give the ${length} of the window`,
    ],
    [
      'three sides',
      onX((x) => x.pipe(layer({ [side]: [3, 3, 3] }))),
      `net/${name}_1: expected a positive whole number of ${of}${pair} as ${side}, got an array of 3; give the ${length} of the window`,
    ],
    [
      'padding in capitals',
      onX((x) => x.pipe(layer({ padding: 'SAME' }))),
      `net/${name}_1: expected same or valid as padding, got "SAME"; give one of them`,
    ],
    [
      'padding in pixels',
      onX((x) => x.pipe(layer({ padding: 1 }))),
      `net/${name}_1: expected same or valid as padding, got 1; give one of them`,
    ],
    [
      'options that are null',
      onX((x) => x.pipe(layer(null))),
      `net/${name}_1: expected options as an object, got null; give { ${options} }, or nothing`,
    ],
  ];
};

const SERIES = { onX: onSeries, of: 'steps', length: 'length', pair: '' };

/** What layers with a window refuse. */
export const WINDOWS = {
  conv1d: [
    [
      'an image',
      onImage((x) => x.pipe(js.conv1d(2))),
      'net/conv1d_1: expected [length, channels], got [8, 8, 2]; put reshape before it',
    ],
    [
      'a series shorter than its kernel',
      onSeries((x) => x.pipe(js.conv1d(2, { kernel: 65, padding: 'valid' }))),
      "net/conv1d_1: expected at least 65 steps, as the kernel, got 64; use padding 'same'",
    ],
    [
      'groups that do not divide the channels',
      onSeries((x) => x.pipe(js.conv1d(6, { groups: 3 }))),
      'net/conv1d_1: expected channels that 3 groups divide, got 2; change one of them',
    ],
    [
      'no groups',
      onSeries((x) => x.pipe(js.conv1d(2, { groups: 0 }))),
      'net/conv1d_1: expected a positive whole number of groups as groups, got 0; give one that divides channels and filters',
    ],
    ...windows('conv1d', (options) => js.conv1d(2, options), 'kernel', SERIES),
  ],
  convTranspose1d: [
    [
      'an image',
      onImage((x) => x.pipe(js.convTranspose1d(2))),
      'net/convTranspose1d_1: expected [length, channels], got [8, 8, 2]; put reshape before it',
    ],
    ...windows('convTranspose1d', (options) => js.convTranspose1d(2, options), 'kernel', SERIES),
  ],
  maxPool1d: [
    [
      'an image',
      onImage((x) => x.pipe(js.maxPool1d())),
      'net/maxPool1d_1: expected [length, channels], got [8, 8, 2]; put reshape before it',
    ],
    ...windows('maxPool1d', js.maxPool1d, 'size', SERIES),
  ],
  avgPool1d: [...windows('avgPool1d', js.avgPool1d, 'size', SERIES)],
  upsample1d: [
    [
      'an image',
      onImage((x) => x.pipe(js.upsample1d())),
      'net/upsample1d_1: expected [length, channels], got [8, 8, 2]; put reshape before it',
    ],
    [
      'half a step',
      onSeries((x) => x.pipe(js.upsample1d(1.5))),
      'net/upsample1d_1: expected a positive whole number as factor, got 1.5; give how many times larger, or nothing: x.pipe(upsample1d())',
    ],
  ],
  conv2d: [
    [
      'no filters',
      onImage((x) => x.pipe(js.conv2d())),
      'net/conv2d_1: expected a positive whole number of filters, got nothing; give how many features it computes',
    ],
    [
      'half a filter',
      onImage((x) => x.pipe(js.conv2d(1.5))),
      'net/conv2d_1: expected a positive whole number of filters, got 1.5; give how many features it computes',
    ],
    [
      'options first',
      onImage((x) => x.pipe(js.conv2d({ filters: 3 }))),
      'net/conv2d_1: expected a positive whole number of filters, got a record of filters; give how many features it computes',
    ],
    [
      'a kernel without its name',
      onImage((x) => x.pipe(js.conv2d(2, 3))),
      'net/conv2d_1: expected options as an object, got 3; give { kernel, stride, padding, dilation, groups }, or nothing',
    ],
    [
      'a third argument',
      onImage((x) => x.pipe(js.conv2d(2, {}, 'same'))),
      'net/conv2d_1: expected at most 2 arguments, got also "same"; leave it out',
    ],
    [
      'a vector',
      on((x) => x.pipe(js.conv2d(2))),
      'net/conv2d_1: expected [height, width, channels], got [4]; put reshape before it',
    ],
    [
      'groups that do not divide the filters',
      onImage((x) => x.pipe(js.conv2d(3, { groups: 2 }))),
      'net/conv2d_1: expected filters that 2 groups divide, got 3; change one of them',
    ],
    [
      'a dilation beyond the image, without padding',
      onImage((x) => x.pipe(js.conv2d(2, { dilation: [1, 4], padding: 'valid' }))),
      "net/conv2d_1: expected at least 9 pixels a side, as the kernel, got 8; use padding 'same'",
    ],
    [
      'half a dilation',
      onImage((x) => x.pipe(js.conv2d(2, { dilation: [1, 0.5] }))),
      'net/conv2d_1: expected a positive whole number, or [height, width], as dilation, got an array of 2; give how far apart the elements of the kernel are',
    ],
    ...windows('conv2d', (options) => js.conv2d(2, options), 'kernel'),
  ],
  convTranspose2d: [
    [
      '−1 filters',
      onImage((x) => x.pipe(js.convTranspose2d(-1))),
      'net/convTranspose2d_1: expected a positive whole number of filters, got -1; give how many features it computes',
    ],
    [
      'filters as text',
      onImage((x) => x.pipe(js.convTranspose2d('2'))),
      'net/convTranspose2d_1: expected a positive whole number of filters, got "2"; give how many features it computes',
    ],
    [
      'an image larger than a file',
      onImage((x) => x.pipe(js.convTranspose2d(2 ** 27))),
      'net/convTranspose2d_1: expected less than 2 GiB for its result, got [8, 8, 134217728] with 32.0 GiB; make it smaller',
    ],
    [
      'groups that do not divide the channels',
      onImage((x) => x.pipe(js.convTranspose2d(3, { groups: 3 }))),
      'net/convTranspose2d_1: expected channels that 3 groups divide, got 2; change one of them',
    ],
    ...windows('convTranspose2d', (options) => js.convTranspose2d(2, options), 'kernel'),
  ],
  maxPool2d: [
    [
      'a kernel, which is called size',
      onImage((x) => x.pipe(js.maxPool2d({ kernel: 3 }))),
      'net/maxPool2d_1: expected the options size, stride, padding, got kernel; correct it or leave it out',
    ],
    [
      'a size without its name',
      onImage((x) => x.pipe(js.maxPool2d(2))),
      'net/maxPool2d_1: expected options as an object, got 2; give { size, stride, padding }, or nothing',
    ],
    [
      'no call',
      onImage((x) => x.pipe(js.maxPool2d, js.relu)),
      'net/maxPool2d_1: expected options as an object, got a tensor of shape [8, 8, 2]; make it first, and apply what maxPool2d(…) gives',
    ],
    ...windows('maxPool2d', js.maxPool2d, 'size'),
  ],
  avgPool2d: [
    [
      'two sizes',
      onImage((x) => x.pipe(js.avgPool2d(2, 2))),
      'net/avgPool2d_1: expected options as an object, got 2; give { size, stride, padding }, or nothing',
    ],
    ...windows('avgPool2d', js.avgPool2d, 'size'),
  ],
  globalAvgPool2d: [
    ...tensorOnly('globalAvgPool2d', js.globalAvgPool2d),
    [
      'a vector',
      on((x) => x.pipe(js.globalAvgPool2d)),
      'net/globalAvgPool2d_1: expected [height, width, channels], got [4]; put reshape before it',
    ],
  ],
  upsample2d: [
    [
      'half a pixel',
      onImage((x) => x.pipe(js.upsample2d(1.5))),
      'net/upsample2d_1: expected a positive whole number as factor, got 1.5; give how many times larger, or nothing: x.pipe(upsample2d())',
    ],
    [
      'a factor by name',
      onImage((x) => x.pipe(js.upsample2d({ factor: 2 }))),
      'net/upsample2d_1: expected a positive whole number as factor, got a record of factor; give how many times larger, or nothing: x.pipe(upsample2d())',
    ],
    [
      'a factor for each axis',
      onImage((x) => x.pipe(js.upsample2d(2, 2))),
      'net/upsample2d_1: expected one argument, got also 2; leave it out',
    ],
    [
      'no call',
      onImage((x) => x.pipe(js.upsample2d, js.relu)),
      'net/upsample2d_1: expected a positive whole number as factor, got a tensor of shape [8, 8, 2]; make it first, and apply what upsample2d(…) gives',
    ],
    [
      'an image that no engine holds',
      onImage((x) => x.pipe(js.upsample2d(2 ** 20))),
      'net/upsample2d_1: expected less than 2 GiB for its result, got [8388608, 8388608, 2] with 524288.0 GiB; make it smaller',
    ],
  ],
} satisfies Readonly<Record<string, readonly Refused[]>>;
