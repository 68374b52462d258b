import { join } from 'node:path';
import { encode } from 'fast-png';
import { compile, write as writeModel } from 'cvae-compile/compiler';
import { mnist, type Dataset } from 'cvae-compile/data';
import { open } from 'cvae-compile/runtime';
import { loadWeights } from 'cvae-compile/train';
import { write, type Places } from './cell.ts';
import { modelOf } from './models.ts';
import { nameOf, settingsOf, type Settings } from './settings.ts';

/** What is pictured: cells whose weights are there, and how much of them. */
export interface FigureOptions extends Places {
  readonly cvae?: Settings;
  readonly nn?: Settings;
  readonly images?: Dataset;
  /** Test images, one a row: the first of each class unless given. */
  readonly rows?: readonly number[];
  readonly completions?: number;
}

const SIDE = 28;
const GAP = 2;

/**
 * Draws digits as they are completed, a row each: what is seen, the baseline's guess, completions for z from the prior, the truth.
 * What is seen is drawn over every picture, a little darker.
 */
export async function figure(file: string, options: FigureOptions): Promise<void> {
  const {
    cvae = settingsOf(),
    nn = settingsOf({ ...cvae, model: 'nn', learningRate: 1e-3 }),
    completions = 8,
  } = options;
  const { test } = options.images ?? (await mnist());
  const { y, digit } = test?.columns ?? {};
  if (!y) throw new Error('the images have no test part');
  const rows = options.rows ?? Array.from({ length: 10 }, (_, c) => digit?.data.indexOf(c) ?? c);
  const truth = rows.map((row) =>
    Float32Array.from(y.data.subarray(row * SIDE * SIDE, (row + 1) * SIDE * SIDE), (v) => v * y.scale),
  );
  const seen = truth.map((image) => image.map((v, i) => (isSeen(i, cvae.quadrants) ? v : 0)));

  const [generator, baseline] = await Promise.all([exported(options.runs, cvae), exported(options.runs, nn)]);
  const guesses = await baseline.mean({ x: seen });
  const drawn =
    'sample' in generator ? await generator.sample({ x: seen }, { count: completions, seed: 1 }) : undefined;
  if (!drawn) throw new Error('the cell has no latent');
  await Promise.all([generator.close(), baseline.close()]);

  const at = (data: ArrayLike<number>, index: number) =>
    Float32Array.from({ length: SIDE * SIDE }, (_, i) => data[index * SIDE * SIDE + i] ?? 0);
  const columns = completions + 3;
  const width = columns * (SIDE + GAP) + GAP;
  const height = rows.length * (SIDE + GAP) + GAP;
  const data = new Uint8Array(width * height).fill(255);
  for (const [r, image] of truth.entries()) {
    const cells = [
      (seen[r] ?? image).map((v, i) => (isSeen(i, cvae.quadrants) ? v : 0.25)),
      at(guesses.data, r),
      ...Array.from({ length: completions }, (_, c) => at(drawn.data, r * completions + c)),
      image,
    ];
    for (const [c, pixels] of cells.entries())
      for (let i = 0; i < SIDE * SIDE; i++) {
        const given = isSeen(i, cvae.quadrants) && c > 0 && c < columns - 1;
        const value = given ? (image[i] ?? 0) * 0.7 + 0.15 : (pixels[i] ?? 0);
        const row = r * (SIDE + GAP) + GAP + Math.floor(i / SIDE);
        data[row * width + c * (SIDE + GAP) + GAP + (i % SIDE)] = Math.round(value * 255);
      }
  }
  await write(file, encode({ width, height, data, channels: 1, depth: 8 }));
}

const isSeen = (pixel: number, quadrants: Settings['quadrants']): boolean => {
  const left = pixel % SIDE < SIDE / 2;
  const bottom = pixel >= (SIDE * SIDE) / 2;
  return quadrants === 1 ? left && bottom : quadrants === 2 ? left : left || !bottom;
};

/** A cell's model as its users have it: exported, and opened in onnxruntime. */
const exported = async (runs: string, settings: Settings) => {
  const folder = join(runs, nameOf(settings));
  const model = modelOf(settings);
  const { weights } = await loadWeights(folder);
  await writeModel(join(folder, 'onnx'), compile(model, weights, { name: nameOf(settings) }), async () => undefined);
  return open<typeof model>(join(folder, 'onnx'));
};
