import { above0, between, number, oneOf, optional, rule, whole } from '../../values/rules.ts';
import { isNames, taking } from '../options.ts';
import type { Augmentation } from './augmentation.ts';
import { move, places, warp } from './warp.ts';

/** The options of every augmentation. */
export interface AugmentationOptions {
  /** The variables that are changed, which must be images; by default all of them, in the same way, with their masks. */
  readonly of?: string | readonly string[];
}

/** The rule for the variables of an augmentation. */
export const OF = rule(
  'the name of a variable, or several,',
  (value) => (typeof value === 'string' ? value !== '' : isNames(value)),
  "give 'x', or leave it out for all images",
);

/** Returns the variables of an augmentation as a list. */
export const ofList = ({ of }: AugmentationOptions): Pick<Augmentation, 'of'> =>
  of === undefined ? {} : { of: [of].flat() };

/** The rule for a share of examples. */
const SHARE = between('a number from 0 to 1', [0, 1], 'give 0.5 for every second image');

const OUTSIDE = number('give a value of pixels, or leave it out to repeat the edge');

/** Which way images are flipped, and how many. */
export interface FlipOptions extends AugmentationOptions {
  /** Left and right are exchanged, by default, or top and bottom, or both, each for itself. */
  readonly axis?: 'horizontal' | 'vertical' | 'both';
  /** The share of images that are flipped: 0.5. */
  readonly share?: number;
}

/** An augmentation: exchanges left and right, or top and bottom, of some images. */
export const flip = taking(
  'flip',
  { options: { axis: oneOf('horizontal', 'vertical', 'both'), share: SHARE, of: OF } },
  ({ axis = 'horizontal', share = 0.5, ...rest }: FlipOptions = {}): Augmentation => ({
    name: 'flip',
    settings: { axis, share },
    ...ofList(rest),
    draws: 2,
    change: (raster, [across = 1, down = 1]) => {
      const isAcross = axis !== 'vertical' && across < share;
      const isDown = axis !== 'horizontal' && down < share;
      const [height, width] = raster.shape;
      if (isAcross || isDown)
        move(
          raster,
          places(height, (row) => (isDown ? height - 1 - row : row), false),
          places(width, (column) => (isAcross ? width - 1 - column : column), false),
        );
    },
  }),
);

/** How far images are shifted. */
export interface ShiftOptions extends AugmentationOptions {
  /** The largest shift in pixels, up or down and left or right: 2. */
  readonly pixels?: number;
  /** What appears at the edge: the edge itself, repeated, or this value. */
  readonly outside?: number;
}

/** An augmentation: shifts images by whole pixels, all shifts equally likely, including none. */
export const shift = taking(
  'shift',
  { options: { pixels: whole('', '2 suits small images'), outside: optional(OUTSIDE), of: OF } },
  ({ pixels = 2, outside, ...rest }: ShiftOptions = {}): Augmentation => ({
    name: 'shift',
    settings: { pixels, ...(outside !== undefined && { outside }) },
    ...ofList(rest),
    draws: 2,
    change: (raster, drawn) => {
      const [dy = 0, dx = 0] = Array.from(drawn, (u) => Math.floor(u * (2 * pixels + 1)) - pixels);
      const [height, width] = raster.shape;
      const isFilled = outside !== undefined && raster.arePixels;
      if (dy !== 0 || dx !== 0)
        move(
          raster,
          places(height, (row) => row - dy, isFilled),
          places(width, (column) => column - dx, isFilled),
          outside,
        );
    },
  }),
);

/** How much of images is kept. */
export interface CropOptions extends AugmentationOptions {
  /** The least share of a side that is kept: 0.8. */
  readonly least?: number;
}

/** An augmentation: cuts a part out of images, somewhere, and enlarges it to their size. */
export const crop = taking(
  'crop',
  { options: { least: between('a share from 0.1 to 1', [0.1, 1], 'give 0.8, say'), of: OF } },
  ({ least = 0.8, ...rest }: CropOptions = {}): Augmentation => ({
    name: 'crop',
    settings: { least },
    ...ofList(rest),
    draws: 3,
    change: (raster, [part = 1, top = 0, left = 0]) => {
      const share = least + (1 - least) * part;
      const [height, width] = raster.shape;
      // Pixel centres of the part are spread over the whole.
      const start = (side: number, u: number): number => u * (1 - share) * side + share / 2 - 0.5;
      const [y, x] = [start(height, top), start(width, left)];
      if (share < 1) warp(raster, [share, 0, y, 0, share, x]);
    },
  }),
);

/** How far images are turned. */
export interface RotateOptions extends AugmentationOptions {
  /** The largest angle, in degrees, either way: 10. */
  readonly degrees?: number;
  /** What appears in the corners: the edge, repeated, or this value. */
  readonly outside?: number;
}

/** An augmentation: turns images about their middle, all angles equally likely. */
export const rotate = taking(
  'rotate',
  { options: { degrees: above0('give 10, say'), outside: optional(OUTSIDE), of: OF } },
  ({ degrees = 10, outside, ...rest }: RotateOptions = {}): Augmentation => ({
    name: 'rotate',
    settings: { degrees, ...(outside !== undefined && { outside }) },
    ...ofList(rest),
    draws: 1,
    change: (raster, [u = 0.5]) => {
      const angle = ((2 * u - 1) * degrees * Math.PI) / 180;
      const [sine, cosine] = [rounded(Math.sin(angle)), rounded(Math.cos(angle))];
      const [height, width] = raster.shape;
      const [middle, centre] = [(height - 1) / 2, (width - 1) / 2];
      const [y, x] = [middle - cosine * middle + sine * centre, centre - sine * middle - cosine * centre];
      warp(raster, [cosine, -sine, y, sine, cosine, x], outside);
    },
  }),
);

/** Rounds to a millionth: the last digits of sines differ between engines. */
const rounded = (value: number): number => Math.round(value * 2 ** 20) / 2 ** 20;
