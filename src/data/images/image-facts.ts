import { open } from 'node:fs/promises';
import { InvalidFile, reasonOf } from '../../errors.ts';
import { reason } from '../../files/whole.ts';
import { loadSharp } from './load-sharp.ts';

/** What the beginning of an image file says. */
export interface ImageFacts {
  readonly height: number;
  readonly width: number;
  readonly isGrey: boolean;
  /** Whether pixels may be transparent. */
  readonly hasAlpha: boolean;
  /** Whether the optional package `sharp` decodes it. */
  readonly needsSharp: boolean;
}

/** Reads what a PNG, JPEG or WebP file says of its image, without decoding it. @throws InvalidFile or Unavailable */
export const imageFacts = async (path: string): Promise<ImageFacts> => {
  const start = Buffer.alloc(26);
  try {
    const file = await open(path);
    await file.read(start, 0, start.length, 0).finally(() => file.close());
  } catch (error) {
    throw new InvalidFile(`${path}: expected an image, got ${reason(error)}; correct the path`);
  }
  if (start.toString('latin1', 1, 4) === 'PNG') {
    const type = start.readUInt8(25);
    return {
      width: start.readUInt32BE(16),
      height: start.readUInt32BE(20),
      isGrey: type === 0 || type === 4,
      hasAlpha: type >= 4 || type === 3,
      needsSharp: false,
    };
  }
  const sharp = await loadSharp(path, 'decodes JPEG and WebP', 'save the images as PNG');
  const about = await sharp(path)
    .metadata()
    .catch((error: unknown) => {
      throw new InvalidFile(
        `${path}: expected a PNG, JPEG or WebP file, got one that cannot be read (${reasonOf(error).slice(0, 120)}); save the image again`,
      );
    });
  const isTurned = (about.orientation ?? 1) > 4;
  const [width, height] = isTurned ? [about.height, about.width] : [about.width, about.height];
  return { width, height, isGrey: about.space === 'b-w', hasAlpha: about.hasAlpha, needsSharp: true };
};
