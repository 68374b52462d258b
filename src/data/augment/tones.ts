import { normals, stream } from '../../random.ts';
import { above0, between } from '../../values/rules.ts';
import { taking } from '../options.ts';
import type { Augmentation } from './augmentation.ts';
import { OF, ofList, type AugmentationOptions } from './moves.ts';
import { areOfBytes, roundToBytes } from './warp.ts';

/** How far colours change: 0.2 is up to a fifth, either way. */
export interface ColourOptions extends AugmentationOptions {
  /** Of all pixels' values: 0.1. */
  readonly brightness?: number;
  /** Of their distance from the mean of the image: 0.1. */
  readonly contrast?: number;
  /** Of colours' distance from grey: 0.1. */
  readonly saturation?: number;
}

const PART = between('a number from 0 to 1', [0, 1], 'give 0.1, say');

/** An augmentation: makes images brighter or darker, and their contrasts and colours stronger or weaker. Pixels stay from 0 to 1. */
export const colour = taking(
  'colour',
  { options: { brightness: PART, contrast: PART, saturation: PART, of: OF } },
  ({ brightness = 0.1, contrast = 0.1, saturation = 0.1, ...rest }: ColourOptions = {}): Augmentation => ({
    name: 'colour',
    settings: { brightness, contrast, saturation },
    ...ofList(rest),
    draws: 3,
    change: ({ values, shape: [, , channels], arePixels }, drawn) => {
      if (!arePixels) return;
      const areBytes = areOfBytes(values);
      const [light = 1, spread = 1, hue = 1] = [brightness, contrast, saturation].map(
        (most, i) => 1 + most * (2 * (drawn[i] ?? 0.5) - 1),
      );
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      // Alpha is no colour.
      const colours = channels === 4 ? 3 : channels;
      for (let at = 0; at < values.length; at += channels) {
        const grey = colours === 3 ? greyOf(values, at) : 0;
        for (let c = 0; c < colours; c++) {
          const value = values[at + c] ?? 0;
          const own = colours === 3 ? grey + hue * (value - grey) : value;
          values[at + c] = unit(light * (mean + spread * (own - mean)));
        }
      }
      if (areBytes) roundToBytes(values);
    },
  }),
);

/** Luma, by ITU-R BT.601. */
const greyOf = (values: Float32Array, at: number): number =>
  0.299 * (values[at] ?? 0) + 0.587 * (values[at + 1] ?? 0) + 0.114 * (values[at + 2] ?? 0);

const unit = (value: number): number => Math.min(1, Math.max(0, value));

/** How strong noise is. */
export interface NoiseOptions extends AugmentationOptions {
  /** The standard deviation of what is added to each pixel: 0.05 of the way from black to white. */
  readonly deviation?: number;
}

/** An augmentation: adds normal noise to each pixel of images, which stay from 0 to 1. To condition images alone: `{ of: 'x' }`. */
export const noise = taking(
  'noise',
  { options: { deviation: above0('give 0.05, say'), of: OF } },
  ({ deviation = 0.05, ...rest }: NoiseOptions = {}): Augmentation => ({
    name: 'noise',
    settings: { deviation },
    ...ofList(rest),
    draws: 0,
    change: ({ name, values, arePixels }, _, { seed, epoch, index }) => {
      if (!arePixels) return;
      const areBytes = areOfBytes(values);
      const drawn = normals(stream(seed, 'augment noise', name, epoch), 1, values.length, index);
      for (let i = 0; i < values.length; i++) values[i] = unit((values[i] ?? 0) + deviation * (drawn[i] ?? 0));
      if (areBytes) roundToBytes(values);
    },
  }),
);
