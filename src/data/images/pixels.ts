import { InvalidFile } from '../../errors.ts';
import { inChannels } from '../../values/channels.ts';

/** An image of [height, width, channels], its values from 0 to 2^depth − 1. */
export interface Pixels {
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly depth: 8 | 16;
  readonly data: Uint8Array | Uint16Array;
}

/** Grey, RGB, or RGB and alpha. */
export type Channels = 1 | 3 | 4;

/** The largest image that is read, in pixels: small files may unpack to gigabytes. */
export const LARGEST = 2 ** 26;

/** Refuses a file whose header declares an image without pixels, or with too many of them. */
export const checkSize = (path: string, width: number, height: number): void => {
  if (!(width > 0 && height > 0))
    throw new InvalidFile(`${path}: expected an image with pixels, got ${width} × ${height}; leave it out`);
  if (width * height > LARGEST)
    throw new InvalidFile(
      `${path}: expected an image of at most ${LARGEST} pixels, got ${width} × ${height}; make it smaller`,
    );
};

/** Converts an image to this many channels; by default its own, except that grey with alpha becomes grey over black. */
export const converted = (pixels: Pixels, channels?: Channels): Pixels => {
  const {
    shape: [height, width, from],
    depth,
    data,
  } = pixels;
  const to = channels ?? (from === 2 ? 1 : from);
  if (to === from) return pixels;
  const length = height * width * to;
  const out = depth === 16 ? new Uint16Array(length) : new Uint8Array(length);
  return { shape: [height, width, to], depth, data: inChannels(data, from, to, 2 ** depth - 1, out) };
};
