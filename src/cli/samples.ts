import { InvalidData } from '../errors.ts';
import { open } from '../runtime/node.ts';
import { mosaic, picture, type Picture } from '../runtime/picture.ts';
import type { Outputs } from '../runtime/result.ts';
import { same } from '../shape/same.ts';
import type { Condition, Manifest } from '../signature.ts';
import { combinations, rowsOf, type Setting, type Settings } from './conditions.ts';
import { csvOfDrawn, jsonOfDrawn, linesOf, severalOf, type Combo } from './drawn.ts';

/** What is drawn for each combination of conditions. */
export interface Drawing {
  readonly count: number;
  readonly seed?: number;
  readonly temperature: number;
  readonly draw?: true;
  readonly mean?: true;
  /** A CSV file of conditions, a line for each sample, instead of settings. */
  readonly conditions?: string;
}

/** Samples of an exported model, in the formats of files. */
export interface Drawn {
  readonly rows: number;
  /** Left out if nothing was random. */
  readonly seed?: number;
  /**
   * Returns all samples side by side; a condition that is an image of the target's size precedes its samples. @throws InvalidData
   * for more pixels than a picture may have, each drawn as a square of `scale` by `scale`.
   */
  picture(columns?: number, scale?: number): Picture;
  /** Returns a header, then a line for each sample: conditions, the sample's number, y's elements by name. */
  csv(): string;
  /** Returns a JSON object per line: conditions, `sample`, `y`, and y's elements by name in `values`, if they have names. */
  jsonl(): string;
}

/** Opens the model in a folder and draws from it. */
export async function drawSamples(folder: string, settings: Settings, drawing: Drawing): Promise<Drawn> {
  const model = await open(folder);
  try {
    const { signature } = model;
    const { readImage } = await import('./png.ts');
    const { conditions } = drawing;
    if (conditions !== undefined && settings.size > 0)
      throw new InvalidData(
        `conditions: expected a file of all conditions, or settings, got both; leave --set ${[...settings.keys()][0]} out`,
      );
    const combos =
      conditions === undefined
        ? await combinations(signature.conditions, settings, readImage)
        : await rowsOf(signature.conditions, conditions, readImage);
    const given = Object.fromEntries(
      Object.keys(combos[0] ?? {}).map((name) => [name, combos.map((combo) => combo[name]?.value)]),
    );
    const { count, mean, conditions: _, ...options } = drawing;
    const independent = conditions !== undefined;
    const fixed = mean === true || signature.kind === 'predictor';
    if (fixed && count > 1)
      throw new InvalidData(
        `count: expected 1, since ${mean ? "y at the prior's mean" : 'what a predictor gives'} is always the same, got ${count}; leave it out`,
      );
    const samples = fixed ? await model.mean(given) : await model.sample(given, { count, ...options, independent });
    const shown = severalOf(signature, samples);
    const seed = 'seed' in samples && typeof samples.seed === 'number' ? samples.seed : undefined;
    return {
      rows: combos.length * count,
      ...(seed !== undefined && { seed }),
      picture: (columns, scale = 1) => pictureOf(signature, combos, samples, count, columns, scale),
      csv: () => csvOfDrawn(signature, linesOf(combos, shown, count)),
      jsonl: () => jsonOfDrawn(signature, linesOf(combos, shown, count)),
    };
  } finally {
    await model.close();
  }
}

const pictureOf = (
  { conditions, target }: Manifest,
  combos: readonly Combo[],
  samples: Outputs,
  count: number,
  columns: number | undefined,
  scale: number,
): Picture => {
  if (target.targets)
    throw new InvalidData('out: expected a single target as a picture, got several; give a .csv or a .jsonl');
  const seen = Object.entries(conditions).find(([, condition]) => isShown(condition, target.image ?? target.dataShape));
  const [height = 0, width = 0] = target.image ?? target.dataShape;
  const all = combos.length * (count + (seen ? 1 : 0));
  const across = columns ?? (seen ? count + 1 : combos.length > 1 ? count : Math.ceil(Math.sqrt(all)));
  const area = Math.ceil(all / across) * across * height * width * scale ** 2;
  if (area > LARGEST)
    throw new InvalidData(
      `out: expected a picture of at most ${LARGEST} pixels, got ${area}; give a smaller --scale or --columns, or a smaller --count`,
    );
  if (seen === undefined) return samples.grid(columns ?? (combos.length > 1 ? count : undefined));
  const [name, { shape }] = seen;
  const pictures = combos.flatMap((combo, at) => [
    picture(pixels(combo[name]), extentOf(shape)),
    ...Array.from({ length: count }, (_, i) => samples.image(at * count + i)),
  ]);
  return mosaic(pictures, columns ?? count + 1);
};

/** The number of pixels of the largest picture that is drawn: 64 million. */
const LARGEST = 2 ** 26;

const isShown = ({ kind, shape }: Condition, view: readonly number[]): boolean => kind === 'image' && same(shape, view);

const pixels = (setting: Setting | undefined): Float32Array =>
  setting?.value instanceof Float32Array ? setting.value : new Float32Array();

const extentOf = ([height = 0, width = 0, channels = 1]: readonly number[]): [number, number, number] => [
  height,
  width,
  channels,
];
