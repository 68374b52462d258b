import {
  concat,
  concatAt,
  conv2d,
  convTranspose2d,
  dense,
  flatten,
  pad2d,
  relu,
  reshape,
  residual,
  silu,
  slice,
  sliceAt,
} from 'cvae-compile';
import type { Tensor } from 'cvae-compile';
import { SIDE } from './pixels.ts';
import type { Settings } from './settings.ts';

type Units = Tensor<[number]>;
type Maps = Tensor<[number, number, number]>;
type Sizes = Pick<Settings, 'hidden' | 'wide' | 'narrow' | 'blocks'>;

const HALF = SIDE / 2;

/** A number of residual blocks: a convolution of 3 × 3 elements, and one of 1 × 1. */
const blocksOf =
  (count: number, channels: number) =>
  (x: Maps): Maps => {
    const body = (h: Maps): Maps => h.pipe(silu, conv2d(channels), silu, conv2d(channels, { kernel: 1 }));
    return Array.from({ length: count }).reduce<Maps>((h) => residual(body)(h), x);
  };

/** Units of maps: convolutions of stride 2, each with residual blocks, then a dense layer. */
export const encoder =
  ({ hidden, wide, narrow, blocks }: Sizes) =>
  (x: Maps): Units =>
    x.pipe(
      conv2d(wide, { kernel: 5, stride: 2 }),
      blocksOf(blocks, wide),
      silu,
      conv2d(narrow, { stride: 2 }),
      blocksOf(blocks, narrow),
      silu,
      flatten,
      dense(hidden),
      relu,
    );

/** Pixels of the upper half and of a lower quarter, in a row, as these two. */
const cornered = (pixels: Units): readonly [Maps, Maps] => [
  pixels.pipe(slice(0, HALF * SIDE), reshape(HALF, SIDE, 1)),
  pixels.pipe(slice(HALF * SIDE, HALF * SIDE + HALF * HALF), reshape(HALF, HALF, 1)),
];

/** The seen pixels in their places; if a quarter next to them is missing, it is 0. */
export const seenMaps =
  ({ quadrants }: Pick<Settings, 'quadrants'>) =>
  (x: Units): Maps => {
    if (quadrants !== 3) return x.pipe(reshape(quadrants === 1 ? HALF : SIDE, HALF, 1));
    const [top, left] = cornered(x);
    const none = [
      [0, 0],
      [0, HALF],
    ] as const;
    return concatAt(0)(top, left.pipe(pad2d(none)));
  };

/** The whole digit, of the seen and the missing pixels. */
export const wholeMaps = ({ quadrants }: Pick<Settings, 'quadrants'>, x: Units, y: Units): Maps => {
  if (quadrants === 2) return concatAt(1)(x.pipe(reshape(SIDE, HALF, 1)), y.pipe(reshape(SIDE, HALF, 1)));
  const quarter = (pixels: Units): Maps => pixels.pipe(reshape(HALF, HALF, 1));
  const [top, lower] = cornered(quadrants === 1 ? y : x);
  return concatAt(0)(top, quadrants === 1 ? concatAt(1)(quarter(x), lower) : concatAt(1)(lower, quarter(y)));
};

/** The logits of the missing pixels, in a row: dense layers, then maps that grow by transposed convolutions. */
export const decoder =
  ({ quadrants, hidden, wide, narrow, blocks }: Sizes & Pick<Settings, 'quadrants'>) =>
  (input: Units): Units => {
    const units: Units = input.pipe(dense(hidden), relu);
    const start = (rows: number, columns: number, channels: number): Maps =>
      units.pipe(dense(rows * columns * channels), relu, reshape(rows, columns, channels), blocksOf(blocks, channels));
    if (quadrants === 2)
      return start(HALF, HALF / 2, wide).pipe(silu, convTranspose2d(1, { kernel: 5, stride: 2 }), flatten);
    const grown: Maps = start(HALF / 2, HALF / 2, narrow).pipe(
      silu,
      convTranspose2d(wide, { stride: 2 }),
      blocksOf(blocks, wide),
      silu,
    );
    if (quadrants === 3) return grown.pipe(conv2d(1), flatten);
    const digit: Maps = grown.pipe(convTranspose2d(1, { kernel: 5, stride: 2 }));
    const [top, bottom]: readonly [Maps, Maps] = [digit.pipe(sliceAt(0)(0, HALF)), digit.pipe(sliceAt(0)(HALF, SIDE))];
    return concat(top.pipe(flatten), bottom.pipe(sliceAt(1)(HALF, SIDE), flatten));
  };
