import { InvalidData } from '../errors.ts';
import { shownAt } from '../values/shown-at.ts';
import { open } from '../runtime/node.ts';
import { mosaic, picture, type Picture } from '../runtime/picture.ts';
import type { Model } from '../runtime/model.ts';
import type { Outputs, SampleOrigin } from '../runtime/result.ts';
import { same } from '../shape/same.ts';
import type { Condition, Manifest } from '../signature.ts';
import { combinations, rowsOf, type ReadImage, type Settings } from './conditions.ts';
import { readRows, type RowOptions } from './data-rows.ts';
import { csvOfDrawn, jsonOfDrawn, linesOf, type Combo, type Setting, type Several } from '../values/drawn-rows.ts';
import type { NpyArray } from './results.ts';
import { comboOf } from './row-options.ts';

/** What is drawn for each combination of conditions. */
export interface Drawing {
  readonly count: number;
  readonly seed?: number;
  readonly temperature: number;
  readonly draw?: true;
  readonly mean?: true;
  /** A CSV file of conditions, a line for each sample, instead of settings. */
  readonly conditions?: string;
  /** Rows of data whose conditions are used, instead of settings. */
  readonly rows?: RowOptions;
  /** Conditions that are changed once z is drawn. */
  readonly as?: Settings;
}

/** Samples of an exported model, in the formats of files. */
export interface Drawn {
  readonly rows: number;
  /** The temperature at which samples are best shown, if it is not 1. */
  readonly hint?: number;
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
  /** Returns y of all samples. @throws InvalidData if there are several targets. */
  npy(): NpyArray;
  /** A text for each combination of conditions, in order. */
  readonly labels: readonly string[];
}

/** Opens the model in a folder and draws from it. */
export async function drawSamples(folder: string, settings: Settings, drawing: Drawing): Promise<Drawn> {
  const model = await open(folder);
  try {
    const { signature } = model;
    const best = shownAt(signature);
    const hint = best !== undefined && best !== 1 && { hint: best };
    const { readImage } = await import('./png.ts');
    const combos = await combosOf(folder, signature, settings, drawing, readImage);
    const given = Object.fromEntries(
      Object.keys(combos[0] ?? {}).map((name) => [name, combos.map((combo) => combo[name]?.value)]),
    );
    const { count, mean, conditions, rows: _, as, ...options } = drawing;
    const independent = conditions !== undefined;
    const fixed = mean === true || signature.kind === 'predictor';
    if (fixed && count > 1)
      throw new InvalidData(
        `count: expected 1, since ${mean ? "y at the prior's mean" : 'what a predictor gives'} is always the same, got ${count}; leave it out`,
      );
    if (!fixed) {
      const samples = await model.sample(given, { count, ...options, independent });
      if (as === undefined) return { ...drawnOf(signature, combos, samples, count, samples.seed), ...hint };
      const changed = await combinations(pick(signature.conditions, [...as.keys()], 'as'), as, readImage);
      const { combos: all, outputs } = await restyled(model, combos, samples, changed, {
        ...drawing,
        seed: samples.seed,
      });
      return { ...drawnOf(signature, all, outputs, count, samples.seed), ...hint };
    }
    if (as !== undefined)
      throw new InvalidData('as: expected samples, whose z is kept, got --mean or a predictor; leave --as out');
    return drawnOf(signature, combos, await model.mean(given), 1);
  } finally {
    await model.close();
  }
}

/** Returns the combinations of conditions that are asked for: by settings, a file, or rows of data. */
const combosOf = async (
  folder: string,
  signature: Manifest,
  settings: Settings,
  { conditions, rows }: Drawing,
  readImage: ReadImage,
): Promise<readonly Combo[]> => {
  const [set] = settings.keys();
  const others = [...(conditions === undefined ? [] : ['--conditions']), ...(rows === undefined ? [] : ['--example'])];
  if (others.length > 1 || (set !== undefined && others.length > 0))
    throw new InvalidData(
      `conditions: expected them once, got ${[...(set === undefined ? [] : [`--set ${set}`]), ...others].join(' and ')}; give one of these`,
    );
  if (conditions !== undefined) return rowsOf(signature.conditions, conditions, readImage);
  if (rows === undefined) return combinations(signature.conditions, settings, readImage);
  const read = await readRows(folder, signature, rows, false);
  return read.indices.map((index) => comboOf(signature, read, index, rows.data === undefined));
};

/** Returns some of the conditions by name. @throws InvalidData for a name that is none's. */
export const pick = (
  conditions: Manifest['conditions'],
  names: readonly string[],
  option: string,
): Manifest['conditions'] => {
  const unknown = names.find((name) => !Object.hasOwn(conditions, name));
  if (unknown !== undefined)
    throw new InvalidData(
      `${option}: expected a condition of this model, got ${unknown}; give ${Object.keys(conditions).join(', ')}`,
    );
  return Object.fromEntries(Object.entries(conditions).filter(([name]) => names.includes(name)));
};

/** Returns samples under changed conditions while z stays: all of the first combination come first, a change after the other. */
const restyled = async (
  model: Model,
  combos: readonly Combo[],
  { z }: SampleOrigin,
  changes: readonly Combo[],
  { count, seed, draw }: Pick<Drawing, 'count' | 'seed' | 'draw'>,
): Promise<{ readonly combos: readonly Combo[]; readonly outputs: readonly Outputs[] }> => {
  const { latent } = model.signature;
  const all = combos.flatMap((combo, at) => changes.map((change) => ({ combo: { ...combo, ...change }, at })));
  const outputs: Outputs[] = [];
  for (const { combo, at } of all) {
    const data = z.data.subarray(at * count * latent, (at + 1) * count * latent);
    const given = Object.fromEntries(Object.entries(combo).map(([name, { value }]) => [name, value]));
    const how = { ...(seed !== undefined && { seed }), ...(draw && { draw }), independent: true };
    outputs.push(await model.sample(given, { from: { data, shape: [count, latent] }, ...how }));
  }
  return { combos: all.map(({ combo }) => combo), outputs };
};

/** Returns results in the formats of files; they may come in parts, of a combination of conditions each. */
export const drawnOf = (
  signature: Manifest,
  combos: readonly Combo[],
  found: Outputs | readonly Outputs[],
  count: number,
  seed?: number,
): Drawn => {
  const parts = Array.isArray(found) ? (found as readonly Outputs[]) : [found as Outputs];
  const each = combos.length / parts.length;
  const lines = () =>
    parts.flatMap((part, at) => linesOf(combos.slice(at * each, (at + 1) * each), severalOf(signature, part), count));
  return {
    rows: combos.length * count,
    ...(seed !== undefined && { seed }),
    picture: (columns, scale = 1) => pictureOf(signature, combos, parts, count, columns, scale),
    csv: () => csvOfDrawn(signature, lines()),
    jsonl: () => jsonOfDrawn(signature, lines()),
    npy: () => {
      if (signature.target.targets)
        throw new InvalidData('out: expected a single target as .npy, got several; give a .csv or a .jsonl');
      const [first] = parts;
      const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
      let at = 0;
      for (const part of parts) {
        data.set(part.data, at);
        at += part.data.length;
      }
      return { data, shape: [combos.length * count, ...(first?.shape.slice(1) ?? [])] };
    },
    labels: combos.map((combo) => labelOf(combo)),
  };
};

/** Returns results of a single target by its name, as those of several are. */
const severalOf = ({ target }: Pick<Manifest, 'target'>, found: Outputs): Several =>
  // `open` returns a record of them if there are several targets, which its type says of a definition only.
  target.targets ? (found as unknown as Several) : { y: found };

/** Returns a short text of conditions: their values, but for those that are pictures. */
const labelOf = (combo: Combo): string =>
  Object.values(combo)
    .filter(({ value }) => typeof value === 'number' || typeof value === 'string')
    .map(({ text }) => text)
    .join(' ');

const pictureOf = (
  { conditions, target }: Manifest,
  combos: readonly Combo[],
  parts: readonly Outputs[],
  count: number,
  columns: number | undefined,
  scale: number,
): Picture => {
  if (target.targets)
    throw new InvalidData('out: expected a single target as a picture, got several; give a .csv or a .jsonl');
  const seen = Object.entries(conditions).find(([, condition]) => isShown(condition, target.image ?? target.dataShape));
  const all = combos.length * (count + (seen ? 1 : 0));
  const across = columns ?? (seen ? count + 1 : combos.length > 1 ? count : Math.ceil(Math.sqrt(all)));
  checkArea({ target }, all, across, scale);
  const each = parts.flatMap((part) => Array.from({ length: part.shape[0] ?? 0 }, (_, row) => () => part.image(row)));
  const pictures = combos.flatMap((combo, at) => [
    ...(seen ? [picture(pixels(combo[seen[0]]), extentOf(seen[1].shape))] : []),
    ...each.slice(at * count, (at + 1) * count).map((image) => image()),
  ]);
  return mosaic(pictures, across);
};

/** Refuses a picture of more pixels than one may have. @throws InvalidData */
export const checkArea = (
  { target }: Pick<Manifest, 'target'>,
  pictures: number,
  across: number,
  scale: number,
): void => {
  const [height = 0, width = 0] = target.image ?? target.dataShape;
  const area = Math.ceil(pictures / across) * across * height * width * scale ** 2;
  if (area > LARGEST)
    throw new InvalidData(
      `out: expected a picture of at most ${LARGEST} pixels, got ${area}; give a smaller --scale or --columns, or a smaller --count`,
    );
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
