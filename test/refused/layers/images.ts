import { js, on, onImage, onSeries, type Refused } from '../loose.ts';

/** What layers refuse that resize, frame or rearrange images. */
export const IMAGES = {
  resize2d: [
    [
      'no width',
      onImage((x) => x.pipe(js.resize2d(16))),
      'net/resize2d_1: expected a positive whole number of pixels, got nothing; give the width',
    ],
    [
      'a size as a list',
      onImage((x) => x.pipe(js.resize2d([16, 16]))),
      'net/resize2d_1: expected a positive whole number of pixels, got an array of 2; give the height',
    ],
    [
      'a mode that others have',
      onImage((x) => x.pipe(js.resize2d(16, 16, { mode: 'bicubic' }))),
      'net/resize2d_1: expected bilinear or nearest as mode, got "bicubic"; give one of them',
    ],
    [
      'a vector',
      on((x) => x.pipe(js.resize2d(16, 16))),
      'net/resize2d_1: expected [height, width, channels], got [4]; put reshape before it',
    ],
  ],
  pixelShuffle: [
    [
      'no factor',
      onImage((x) => x.pipe(js.pixelShuffle())),
      'net/pixelShuffle_1: expected a positive whole number as factor, got nothing; give how many times larger',
    ],
    [
      'too few channels',
      onImage((x) => x.pipe(js.pixelShuffle(2))),
      'net/pixelShuffle_1: expected channels that 4 divides, got 2; change their number',
    ],
    [
      'a series',
      onSeries((x) => x.pipe(js.pixelShuffle(2))),
      'net/pixelShuffle_1: expected [height, width, channels], got [64, 2]; put reshape before it',
    ],
  ],
  crop2d: [
    [
      'nothing',
      onImage((x) => x.pipe(js.crop2d())),
      'net/crop2d_1: expected a whole number of pixels from 0, [height, width] or [[top, bottom], [left, right]], got nothing; give how many pixels on each side',
    ],
    [
      'one side of two',
      onImage((x) => x.pipe(js.crop2d([[1, 2], 3]))),
      'net/crop2d_1: expected a whole number of pixels from 0, [height, width] or [[top, bottom], [left, right]], got an array of 2; give how many pixels on each side',
    ],
    [
      'all of it',
      onImage((x) => x.pipe(js.crop2d([1, 4]))),
      'net/crop2d_1: expected a crop below [8, 8], got [2, 8]; crop less',
    ],
  ],
  pad2d: [
    [
      'less than nothing',
      onImage((x) => x.pipe(js.pad2d(-1))),
      'net/pad2d_1: expected a whole number of pixels from 0, [height, width] or [[top, bottom], [left, right]], got -1; give how many pixels on each side',
    ],
    [
      'a second argument',
      onImage((x) => x.pipe(js.pad2d(1, 1))),
      'net/pad2d_1: expected one argument, got also 1; leave it out',
    ],
    [
      'a vector',
      on((x) => x.pipe(js.pad2d(1))),
      'net/pad2d_1: expected [height, width, channels], got [4]; put reshape before it',
    ],
  ],
} satisfies Readonly<Record<string, readonly Refused[]>>;
