import { InvalidFile, messageOf, reasonOf } from '../../errors.ts';
import { loadSharp } from './load-sharp.ts';
import { checkSize, converted, LARGEST, type Channels, type Pixels } from './pixels.ts';

/**
 * Decodes the bytes of a JPEG or WebP file, upright (by its EXIF orientation), in this many channels, with the optional package
 * `sharp`. Throws an `InvalidFile` for one that is damaged or animated, an `Unavailable` without sharp.
 */
export const decodePhoto = async (
  path: string,
  format: 'JPEG' | 'WebP',
  bytes: Uint8Array,
  channels?: Channels,
): Promise<Pixels> => {
  const sharp = await loadSharp(path, `decodes ${format}`, 'save the images as PNG');
  try {
    // Strict: pixels that a decoder has to guess are not those of the image.
    const image = sharp(bytes, { failOn: 'warning', limitInputPixels: LARGEST, animated: false });
    const about = await image.metadata();
    checkSize(path, about.width ?? 0, about.height ?? 0);
    if ((about.pages ?? 1) > 1)
      throw new InvalidFile(`${path}: expected an image, got an animation; save one of its pictures as PNG`);
    const { data, info } = await image.rotate().raw().toBuffer({ resolveWithObject: true });
    const values = new Uint8Array(data.buffer, data.byteOffset, data.length);
    const own = { shape: [info.height, info.width, info.channels], depth: 8, data: values } as const;
    // sharp returns three channels for grey files.
    return converted(about.space === 'b-w' ? converted(own, 1) : own, channels);
  } catch (error) {
    if (error instanceof InvalidFile) throw error;
    const tooLarge = /pixel limit/i.test(messageOf(error));
    throw new InvalidFile(
      tooLarge
        ? `${path}: expected an image of at most ${LARGEST} pixels, got a larger one; make it smaller`
        : `${path}: expected a ${format} file, got one that cannot be read (${reasonOf(error).slice(0, 120)}); save the image again`,
    );
  }
};
