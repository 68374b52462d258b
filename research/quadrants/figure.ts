import { join } from 'node:path';
import { compile, write as writeModel } from 'cvae-compile/compiler';
import { mnist, type Dataset } from 'cvae-compile/data';
import { open } from 'cvae-compile/runtime';
import { checkpointsIn, loadWeights } from 'cvae-compile/train';
import { canvas, WORD_HEIGHT, type Colour } from './canvas.ts';
import { write, type Places } from './cell.ts';
import { modelOf } from './models.ts';
import { isSeen, pixelsOf, SIDE } from './pixels.ts';
import { fileOf, nameOf, settingsOf, type Settings } from './settings.ts';

/** What is pictured: cells whose weights are there, and how much of them. */
export interface FigureOptions extends Places {
  readonly cvae?: Settings;
  readonly nn?: Settings;
  readonly images?: Dataset;
  /** Test images, one a row: the first of each class unless given. */
  readonly rows?: readonly number[];
  readonly completions?: number;
}

/** How many pixels of the picture one of a digit is, and what lies between digits and between columns of different kinds. */
const ZOOM = 3;
const GAP = 6;
const APART = 18;
const TILE = SIDE * ZOOM;

/**
 * Draws digits as they are completed, a row each: what is seen (blue), the baseline's guess, completions for z from the prior, the
 * truth. A JSON file next to it records of which cells.
 */
export async function figure(file: string, options: FigureOptions): Promise<void> {
  const { cvae = settingsOf(), nn = settingsOf({ quadrants: cvae.quadrants, model: 'nn' }), completions = 8 } = options;
  const { test } = options.images ?? (await mnist());
  const { y, digit } = test?.columns ?? {};
  if (!y) throw new Error('the images have no test part');
  const rows = options.rows ?? Array.from({ length: 10 }, (_, c) => digit?.data.indexOf(c) ?? c);
  const truth = rows.map((row) =>
    Float32Array.from(y.data.subarray(row * SIDE * SIDE, (row + 1) * SIDE * SIDE), (v) => v * y.scale),
  );

  const shown = { cvae: await exported(options.runs, cvae), nn: await exported(options.runs, nn) };
  const [generator, baseline] = [shown.cvae.opened, shown.nn.opened];
  const guesses = await baseline.mean({ x: truth.map((image) => seenOf(image, nn)) });
  const drawn =
    'sample' in generator
      ? await generator.sample({ x: truth.map((image) => seenOf(image, cvae)) }, { count: completions, seed: 1 })
      : undefined;
  if (!drawn) throw new Error('the cell has no latent');
  await Promise.all([generator.close(), baseline.close()]);

  // The left edges of the columns: what is seen, the guess, completions, the truth; those of one kind are closer.
  const kinds = [0, 1, ...Array.from({ length: completions }, () => 2), 3];
  const edges = kinds.map((kind, c) => GAP + c * (TILE + GAP) + kind * (APART - GAP));
  const [first = 0, second = 0, third = 0] = edges;
  const [lastDrawn = 0, last = 0] = edges.slice(-2);
  const top = WORD_HEIGHT + 3 * GAP;
  const picture = canvas(last + TILE + GAP, top + rows.length * (TILE + GAP));
  picture.write('seen', first + TILE / 2, GAP);
  picture.write('guess', second + TILE / 2, GAP);
  picture.write('completions', (third + lastDrawn + TILE) / 2, GAP);
  picture.write('truth', last + TILE / 2, GAP);
  for (const [r, image] of truth.entries()) {
    const columns = [
      undefined,
      wholeOf(guesses.data, r, nn),
      ...Array.from({ length: completions }, (_, c) => wholeOf(drawn.data, r * completions + c, cvae)),
      image,
    ];
    for (const [c, pixels] of columns.entries())
      for (const [i, given] of image.entries()) {
        const seen = isSeen(i, cvae.quadrants);
        const colour = seen ? between(BLUE, given) : pixels ? between(BLACK, pixels[i] ?? 0) : UNKNOWN;
        const left = (edges[c] ?? 0) + (i % SIDE) * ZOOM;
        picture.fill(left, top + r * (TILE + GAP) + Math.floor(i / SIDE) * ZOOM, ZOOM, ZOOM, colour);
      }
  }
  await write(file, picture.png());
  const note: Figure = { cvae: shown.cvae.pictured, nn: shown.nn.pictured };
  await write(noteOf(file), `${JSON.stringify(note, null, 2)}\n`);
}

/** The JSON file next to a picture that records of which cells it is. */
export const noteOf = (picture: string): string => picture.replace(/(\.png)?$/, '.json');

type Ink = readonly [paper: Colour, ink: Colour];
const BLACK: Ink = [
  [244, 244, 244],
  [16, 16, 16],
];
const BLUE: Ink = [
  [219, 232, 252],
  [17, 63, 158],
];
const UNKNOWN: Colour = [208, 208, 208];

/** This much ink on its paper. */
const between = ([paper, ink]: Ink, share: number): Colour => {
  const at = (i: 0 | 1 | 2) => Math.round(paper[i] + share * (ink[i] - paper[i]));
  return [at(0), at(1), at(2)];
};

/** The condition that a digit gives in a cell's form. */
const seenOf = (image: Float32Array, { form, quadrants }: Settings): Float32Array =>
  form === 'whole'
    ? image.map((v, i) => (isSeen(i, quadrants) ? v : 0))
    : Float32Array.from(pixelsOf(quadrants).seen, (i) => image[i] ?? 0);

/** The whole digit of a row of a cell's results; what is seen of it is not looked at. */
const wholeOf = (data: ArrayLike<number>, row: number, { form, quadrants }: Settings): Float32Array => {
  const pixels = form === 'whole' ? Array.from({ length: SIDE * SIDE }, (_, i) => i) : pixelsOf(quadrants).missing;
  const image = new Float32Array(SIDE * SIDE);
  for (const [at, pixel] of pixels.entries()) image[pixel] = data[row * pixels.length + at] ?? 0;
  return image;
};

/** Which cells a picture shows. */
export interface Figure {
  readonly cvae: Pictured;
  readonly nn: Pictured;
}

/** A cell as it is pictured. */
export interface Pictured {
  readonly name: string;
  /** The epoch whose weights are shown of a cell that is still training. */
  readonly soFar?: number;
}

/** A cell's model as its users have it: exported, and opened in onnxruntime. A cell that is still training: as it is best so far. */
const exported = async (runs: string, settings: Settings) => {
  const name = nameOf(settings);
  const folder = join(runs, fileOf(settings));
  const model = modelOf(settings);
  const finished = await loadWeights(folder).catch(() => undefined);
  const last = finished ? undefined : await checkpointsIn(folder).latest();
  const weights = finished?.weights ?? last?.best;
  if (!weights) throw new Error(`figure: expected weights of ${name}, got none; run that cell first`);
  await writeModel(join(folder, 'onnx'), compile(model, weights, { name }), async () => undefined);
  const pictured: Pictured = { name, ...(last && { soFar: last.bestEpoch }) };
  return { opened: await open<typeof model>(join(folder, 'onnx')), pictured };
};
