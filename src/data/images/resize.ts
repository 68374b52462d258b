import { InvalidFile, reasonOf } from '../../errors.ts';
import { loadSharp } from './load-sharp.ts';
import { converted, type Channels, type Pixels } from './pixels.ts';

/** How pictures of different sizes become alike. */
export interface Fitting {
  readonly size: readonly [height: number, width: number];
  /**
   * `cover` fills the size and cuts what is beyond it, the same on both sides; `contain` shows all of the picture, with the background
   * around it; `fill` stretches it.
   */
  readonly fit: 'cover' | 'contain' | 'fill';
}

/** A colour of red, green and blue, from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** Returns a colour that is written as `#rrggbb` or `#rgb`, or as three numbers; undefined for anything else. */
export const colourOf = (value: unknown): Colour | undefined => {
  if (typeof value === 'string') {
    const [, short, long] = /^#(?:([\da-f]{3})|([\da-f]{6}))$/i.exec(value) ?? [];
    const text = long ?? short?.replaceAll(/./g, '$&$&');
    if (text === undefined) return undefined;
    const at = (i: number): number => Number.parseInt(text.slice(i, i + 2), 16);
    return [at(0), at(2), at(4)];
  }
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [red, green, blue]: readonly unknown[] = value;
  const isByte = (one: unknown): one is number => typeof one === 'number' && one >= 0 && one <= 255;
  return isByte(red) && isByte(green) && isByte(blue) ? [red, green, blue] : undefined;
};

/** Returns a picture whose transparent pixels are laid over a colour, without alpha; unchanged if it has none. */
export const laidOver = (pixels: Pixels, colour: Colour): Pixels => {
  if (pixels.shape[2] % 2 !== 0) return pixels;
  const { shape, depth, data } = pixels.shape[2] === 2 ? converted(pixels, 4) : pixels;
  const [height, width] = shape;
  const most = 2 ** depth - 1;
  const out = depth === 16 ? new Uint16Array(height * width * 3) : new Uint8Array(height * width * 3);
  for (let pixel = 0; pixel < height * width; pixel++) {
    const alpha = (data[4 * pixel + 3] ?? 0) / most;
    for (const [c, one] of colour.entries())
      out[3 * pixel + c] = Math.round((data[4 * pixel + c] ?? 0) * alpha + (one / 255) * most * (1 - alpha));
  }
  return { shape: [height, width, 3], depth, data: out };
};

/** Returns a picture in a size, with the optional package `sharp`; the place around it has this colour, or is transparent. */
export const resized = async (
  path: string,
  pixels: Pixels,
  { size: [height, width], fit }: Fitting,
  [r, g, b]: Colour,
): Promise<Pixels> => {
  const [from, across, channels] = pixels.shape;
  if (from === height && across === width) return pixels;
  const sharp = await loadSharp(path, 'changes the size of pictures', 'make all images of one size');
  const raw = { width: across, height: from, channels: channels as Channels }; // grey with alpha has been converted
  // What is around a transparent picture is transparent too.
  const background = { r, g, b, alpha: channels === 4 ? 0 : 1 };
  const out = await sharp(eightBits(pixels), { raw })
    .resize(width, height, { fit, background })
    // sharp returns three channels for grey ones otherwise.
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((error: unknown) => {
      throw new InvalidFile(
        `${path}: expected a picture that can be made ${width} × ${height}, got one that cannot (${reasonOf(error).slice(0, 120)}); save the image again`,
      );
    });
  return converted(
    { shape: [out.info.height, out.info.width, out.info.channels], depth: 8, data: new Uint8Array(out.data) },
    channels as Channels,
  );
};

/** Returns the pixels of a picture as bytes. */
export const eightBits = ({ depth, data }: Pixels): Uint8Array =>
  data instanceof Uint8Array ? data : Uint8Array.from(data, (value) => Math.round((value * 255) / (2 ** depth - 1)));
