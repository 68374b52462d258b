import { InvalidData } from '../errors.ts';
import type { Picture } from '../runtime/picture.ts';
import { GLYPHS, HEIGHT, UNKNOWN, WIDTH } from './glyphs.ts';

/** The longest label in letters; longer ones are cut. */
const LONGEST = 32;

/**
 * Returns a picture with a text before each of its rows, black on white: as many rows of the same height as there are labels.
 *
 * @throws InvalidData for rows that are lower than letters.
 */
export const labelled = (picture: Picture, labels: readonly string[]): Picture => {
  const { width, height, channels, data } = picture;
  const row = height / labels.length;
  if (row < HEIGHT + 1)
    throw new InvalidData(
      `labels: expected rows of at least ${HEIGHT + 1} pixels, got ${row}; give a larger --scale, or leave --labels out`,
    );
  const scale = row >= 2 * HEIGHT + 2 ? 2 : 1;
  const texts = labels.map(lettersOf);
  const longest = Math.max(...texts.map(({ length }) => length));
  const margin = (longest * (WIDTH + 1) + 3) * scale;
  const across = width + margin;
  const all = new Uint8ClampedArray(across * height * channels).fill(255);
  for (let y = 0; y < height; y++)
    all.set(data.subarray(y * width * channels, (y + 1) * width * channels), (y * across + margin) * channels);
  const isAlpha = (c: number): boolean => channels % 2 === 0 && c === channels - 1;
  const dot = (x: number, y: number): void => {
    for (let c = 0; c < channels; c++) if (!isAlpha(c)) all[(y * across + x) * channels + c] = 0;
  };
  for (const [at, letters] of texts.entries()) {
    const top = Math.floor(at * row + (row - HEIGHT * scale) / 2);
    for (const [i, letter] of letters.entries())
      for (const [x, y] of dotsOf(letter))
        for (let k = 0; k < scale ** 2; k++)
          dot((2 + i * (WIDTH + 1) + x) * scale + (k % scale), top + y * scale + Math.floor(k / scale));
  }
  return { width: across, height, channels, data: all };
};

/** Returns the letters of a label, without accents. */
const lettersOf = (label: string): readonly string[] => {
  const letters = [...label.normalize('NFD').replace(/\p{Mn}/gu, '')];
  return letters.length > LONGEST ? [...letters.slice(0, LONGEST - 3), '.', '.', '.'] : letters;
};

/** Returns the dots of a letter, from its upper left corner. */
const dotsOf = (letter: string): readonly (readonly [x: number, y: number])[] => {
  const glyph = GLYPHS.get(letter) ?? UNKNOWN;
  return Array.from(glyph, (sign, y) => [Number.parseInt(sign, 32), y] as const).flatMap(([bits, y]) =>
    Array.from({ length: WIDTH }, (_, x) => x)
      .filter((x) => (bits >> (WIDTH - 1 - x)) & 1)
      .map((x) => [x, y] as const),
  );
};
