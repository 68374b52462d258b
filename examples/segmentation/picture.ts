import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { compile, write } from 'cvae-compile/compiler';
import { batch } from 'cvae-compile/data';
import { open } from 'cvae-compile/runtime';
import { loadWeights } from 'cvae-compile/train';
import { data, HIDDEN, hiddenAt, SIDE } from './data.ts';
import model from './pretrained.ts';

/** What a picture shows of a test digit, pixel by pixel from 0 to 1, and how. */
interface Cell {
  readonly pixels: Float32Array;
  /** Grey, or how much samples differ, which is drawn in colours. */
  readonly as: 'grey' | 'heat';
  /** Whether the lost square is outlined. */
  readonly outlined?: boolean;
  /** Whether some space is left before it. */
  readonly apart?: boolean;
}

const SCALE = 3;
const GAP = 4;
const APART = 12;
/** Samples that are shown, and those of which it is measured how much they differ. */
const [SHOWN, DRAWN] = [6, 64];

/**
 * Draws test digits, a row each: the photograph with its lost square outlined, the truth, the guess, samples, and the standard
 * deviation of 64 samples. All from files as their users have them: exported, and run in onnxruntime.
 */
export async function picture(
  file: string,
  run: string,
  rows: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7],
): Promise<void> {
  const { test } = await data();
  if (!test) throw new Error('digits without a test part');
  const moment = { seed: 1, epoch: 0 };
  const { x = new Float32Array(), y = new Float32Array() } = batch(
    test,
    rows,
    { ...model.condition, y: model.target },
    moment,
  );
  const image = (all: ArrayLike<number>, row: number, channels = 1) =>
    Float32Array.from({ length: SIDE * SIDE }, (_, i) => all[(row * SIDE * SIDE + i) * channels + channels - 1] ?? NaN);
  const photographs = rows.map((_, r) => image(x, r));

  const { weights } = await loadWeights(run);
  const folder = join(run, 'onnx');
  await write(folder, compile(model, weights, { name: 'segmentation' }), async () => undefined);
  const exported = await open<typeof model>(folder);
  const guesses = await exported.baseline({ x: photographs });
  const samples = await exported.sample({ x: photographs }, { count: DRAWN, seed: 1 });
  await exported.close();

  const grid = rows.map((index, r) => {
    const drawn = Array.from({ length: DRAWN }, (_, s) => image(samples.data, r * DRAWN + s, 2));
    const cells: readonly Cell[] = [
      { pixels: photographs[r] ?? new Float32Array(), as: 'grey', outlined: true },
      { pixels: image(y, r, 2), as: 'grey', outlined: true },
      { pixels: image(guesses.data, r, 2), as: 'grey', outlined: true, apart: true },
      ...drawn.slice(0, SHOWN).map((pixels, s): Cell => ({ pixels, as: 'grey', outlined: true, apart: s === 0 })),
      { pixels: deviation(drawn), as: 'heat', apart: true },
    ];
    return { cells, at: hiddenAt({ ...moment, index }) };
  });
  const widths = grid[0]?.cells.map(({ apart }) => SIDE * SCALE + (apart === true ? APART : GAP)) ?? [];
  const width = widths.reduce((sum, w) => sum + w, GAP);
  const height = grid.length * (SIDE * SCALE + GAP) + GAP;
  const pixels = new Uint8Array(width * height * 3).fill(255);
  for (const [r, { cells, at }] of grid.entries()) {
    let left = 0;
    for (const [c, cell] of cells.entries()) {
      left += widths[c] ?? 0;
      draw(pixels, width, left - SIDE * SCALE, GAP + r * (SIDE * SCALE + GAP), cell, at);
    }
  }
  await writeFile(file, encode({ width, height, data: pixels, channels: 3, depth: 8 }));
}

/** The standard deviation of each pixel over pictures, twice as bright: of a pixel that is ink or paper it is at most ½. */
const deviation = (pictures: readonly Float32Array[]): Float32Array =>
  Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
    const values = pictures.map((picture) => picture[i] ?? NaN);
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    return 2 * Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
  });

/** Black, purple, orange, yellow. */
const HEAT = [
  [0, 0, 4],
  [81, 18, 124],
  [183, 55, 121],
  [252, 137, 97],
  [252, 253, 191],
] as const;

const colourOf = (value: number, as: Cell['as']): readonly number[] => {
  const v = Math.min(1, Math.max(0, value));
  if (as === 'grey') return [v * 255, v * 255, v * 255];
  const at = Math.min(HEAT.length - 2, Math.floor(v * (HEAT.length - 1)));
  const [from, to] = [HEAT[at], HEAT[at + 1]];
  const share = v * (HEAT.length - 1) - at;
  return [0, 1, 2].map((i) => (from?.[i] ?? 0) * (1 - share) + (to?.[i] ?? 0) * share);
};

const OUTLINE = [64, 156, 255] as const;

const draw = (
  to: Uint8Array,
  width: number,
  left: number,
  top: number,
  { pixels, as, outlined = false }: Cell,
  [hiddenTop, hiddenLeft]: readonly [number, number],
): void => {
  const edge = (at: number, from: number) => at === from * SCALE || at === (from + HIDDEN) * SCALE - 1;
  const within = (at: number, from: number) => at >= from * SCALE && at < (from + HIDDEN) * SCALE;
  for (let row = 0; row < SIDE * SCALE; row++)
    for (let column = 0; column < SIDE * SCALE; column++) {
      const line =
        (edge(row, hiddenTop) && within(column, hiddenLeft)) || (edge(column, hiddenLeft) && within(row, hiddenTop));
      const value = pixels[Math.floor(row / SCALE) * SIDE + Math.floor(column / SCALE)] ?? 0;
      const colour = outlined && line ? OUTLINE : colourOf(value, as);
      to.set(colour.map(Math.round), ((top + row) * width + left + column) * 3);
    }
};
