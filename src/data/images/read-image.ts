import { InvalidFile } from '../../errors.ts';
import { readBytes } from '../files.ts';
import { decodePng } from '../png.ts';
import { decodePhoto } from './photo.ts';
import type { Channels, Pixels } from './pixels.ts';

/** The first bytes of image files; a file's name may claim another format. */
const FORMATS = [
  ['PNG', [0x89, 0x50, 0x4e, 0x47], 0],
  ['JPEG', [0xff, 0xd8, 0xff], 0],
  ['WebP', [0x57, 0x45, 0x42, 0x50], 8],
] as const;

/**
 * Reads the image in a PNG, JPEG or WebP file, by its content, upright and in this many channels: grey from colours as luma,
 * colours from grey as three equal ones, alpha composited over black; by default in its own channels. Throws an `InvalidFile` for
 * a file in another format, damaged or too large, and an `Unavailable` if the package that decodes JPEG and WebP is not
 * installed.
 */
export const readImage = async (path: string, channels?: Channels): Promise<Pixels> => {
  const bytes = await readBytes(path, 'a PNG, JPEG or WebP file', 'correct the path');
  const [format] = FORMATS.find(([, mark, at]) => mark.every((byte, i) => bytes[at + i] === byte)) ?? [];
  if (format === 'PNG') return decodePng(path, bytes, channels);
  if (format !== undefined) return decodePhoto(path, format, bytes, channels);
  throw new InvalidFile(
    `${path}: expected a PNG, JPEG or WebP file, got ${bytes.length === 0 ? 'an empty one' : 'bytes of another kind'}; save the image again, or leave it out`,
  );
};
