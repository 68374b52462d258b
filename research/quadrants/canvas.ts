import { encode } from 'fast-png';

/** Red, green and blue, from 0 to 255. */
export type Colour = readonly [number, number, number];

/** A white picture to draw on. */
export interface Canvas {
  /** Fills a rectangle. */
  fill(left: number, top: number, width: number, height: number, colour: Colour): void;
  /** Writes a word of the letters below in dark grey, centred on `middle`. */
  write(word: string, middle: number, top: number): void;
  png(): Uint8Array;
}

/** How high a word is, in pixels. */
export const WORD_HEIGHT = 18;

/** A white picture of this size. */
export const canvas = (width: number, height: number): Canvas => {
  const data = new Uint8Array(width * height * 3).fill(255);
  const fill: Canvas['fill'] = (left, top, w, h, colour) => {
    for (let y = top; y < top + h; y++) for (let x = left; x < left + w; x++) data.set(colour, (y * width + x) * 3);
  };
  return {
    fill,
    write: (word, middle, top) => {
      const left = Math.round(middle - (word.length * ADVANCE - DOT) / 2);
      for (const [place, letter] of [...word].entries())
        for (const [row, line] of (LETTERS[letter] ?? []).entries())
          for (const [column, dot] of [...line].entries())
            if (dot === '#') fill(left + place * ADVANCE + column * DOT, top + row * DOT, DOT, DOT, [70, 70, 70]);
    },
    png: () => encode({ width, height, data, channels: 3, depth: 8 }),
  };
};

const DOT = 2;
const ADVANCE = 6 * DOT;

/** The letters that the figure's words need, in dots of 5 × 9, so that drawing them takes no font. */
const LETTERS: Readonly<Record<string, readonly string[]>> = {
  c: ['', '', '.###.', '#...#', '#....', '#...#', '.###.'],
  e: ['', '', '.###.', '#...#', '#####', '#....', '.###.'],
  g: ['', '', '.####', '#...#', '#...#', '.####', '....#', '#...#', '.###.'],
  h: ['#....', '#....', '#.##.', '##..#', '#...#', '#...#', '#...#'],
  i: ['..#..', '', '.##..', '..#..', '..#..', '..#..', '.###.'],
  l: ['.##..', '..#..', '..#..', '..#..', '..#..', '..#..', '.###.'],
  m: ['', '', '##.#.', '#.#.#', '#.#.#', '#.#.#', '#.#.#'],
  n: ['', '', '#.##.', '##..#', '#...#', '#...#', '#...#'],
  o: ['', '', '.###.', '#...#', '#...#', '#...#', '.###.'],
  p: ['', '', '####.', '#...#', '#...#', '####.', '#....', '#....', '#....'],
  r: ['', '', '#.##.', '##..#', '#....', '#....', '#....'],
  s: ['', '', '.####', '#....', '.###.', '....#', '####.'],
  t: ['.#...', '.#...', '####.', '.#...', '.#...', '.#..#', '..##.'],
  u: ['', '', '#...#', '#...#', '#...#', '#..##', '.##.#'],
};
