import { columnsOfSignature } from '../data/signature-variables.ts';
import { InvalidData } from '../errors.ts';
import { shownAt } from '../values/shown-at.ts';
import { open, readManifest } from '../runtime/node.ts';
import { mosaic, picture, type Picture } from '../runtime/picture.ts';
import type { Model } from '../runtime/model.ts';
import type { Outputs, SampleOrigin } from '../runtime/result.ts';
import { same } from '../shape/same.ts';
import type { Condition, Manifest } from '../signature.ts';
import { byCondition, combinations, rowsOf, type ReadImage, type Settings } from './conditions.ts';
import { readRows, type RowOptions } from './data-rows.ts';
import {
  csvOfDrawn,
  jsonOfDrawn,
  linesOf,
  type Combo,
  type DrawnLine,
  type Setting,
  type Several,
} from '../values/drawn-rows.ts';
import { comboOf } from './row-options.ts';
import { checkPicture } from './truths.ts';

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

/** Receives how many samples have been written by now. */
type Progress = (rows: number) => void;

/** Samples of an exported model, in the formats of files: in pieces, so that there may be more of them than memory holds. */
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
  picture(columns?: number, scale?: number): Promise<Picture>;
  /** Yields a header, then a line for each sample: conditions, the sample's number, y's elements by name. */
  csv(at?: Progress): AsyncGenerator<string>;
  /** Yields a JSON object per line: conditions, `sample`, `y`, and y's elements by name in `values`, if they have names. */
  jsonl(at?: Progress): AsyncGenerator<string>;
  /** Yields all samples by target (`y` if there is a single one), in arrays of some rows each. */
  arrays(at?: Progress): AsyncGenerator<Several>;
  /** A text for each combination of conditions, in order. */
  readonly labels: readonly string[];
}

/** Draws from the model in a folder. */
export async function drawSamples(folder: string, settings: Settings, drawing: Drawing): Promise<Drawn> {
  const signature = await readManifest(folder);
  const { readImage } = await import('./png.ts');
  const combos = await combosOf(folder, signature, settings, drawing, readImage);
  const given = Object.fromEntries(
    Object.keys(combos[0] ?? {}).map((name) => [name, combos.map((combo) => combo[name]?.value)]),
  );
  const { count, mean, conditions, rows: _, as, ...options } = drawing;
  const independent = conditions !== undefined;
  if (mean === true || signature.kind === 'predictor') {
    if (count > 1)
      throw new InvalidData(
        `count: expected 1, since ${mean ? "y at the prior's mean" : "a predictor's y"} is always the same, got ${count}; leave it out`,
      );
    if (as !== undefined)
      throw new InvalidData('as: expected samples, whose z is kept, got --mean or a predictor; leave --as out');
    return drawnOf(signature, combos, [await opened(folder, (model) => model.mean(given))], 1);
  }
  const best = shownAt(signature);
  const hint = best !== undefined && best !== 1 && { hint: best };
  const seed = drawing.seed ?? Math.floor(Math.random() * 2 ** 32);
  const how = { ...options, count, independent, seed };
  if (as === undefined) {
    const parts = { [Symbol.asyncIterator]: () => streamed(folder, given, how) };
    return { ...drawnOf(signature, combos, parts, count, seed), ...hint };
  }
  const changed = await changesOf(signature, as, readImage);
  const { combos: all, outputs } = await opened(folder, async (model) =>
    restyled(model, combos, await model.sample(given, how), changed, { ...drawing, seed }),
  );
  return { ...drawnOf(signature, all, outputs, count, seed), ...hint };
}

/** Opens the model in a folder for as long as it is used. */
const opened = async <T>(folder: string, use: (model: Model) => Promise<T>): Promise<T> => {
  const model = await open(folder);
  try {
    return await use(model);
  } finally {
    await model.close();
  }
};

/** Yields samples of the model in a folder, which is open as long as they are read. */
async function* streamed(folder: string, ...[given, how]: Parameters<Model['stream']>): AsyncGenerator<Outputs> {
  const model = await open(folder);
  try {
    yield* model.stream(given, how);
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
  if (conditions !== undefined)
    return rowsOf(signature.conditions, columnsOfSignature(signature), conditions, readImage);
  if (rows === undefined) {
    const set = byCondition(signature.conditions, columnsOfSignature(signature), settings);
    return combinations(signature.conditions, set, readImage);
  }
  const read = await readRows(folder, signature, rows, false);
  return read.indices.map((index) => comboOf(signature, read, index, rows.data === undefined));
};

/** Returns the combinations of values that `--as` gives the conditions that it names. @throws InvalidData for a name that is none's. */
export const changesOf = (signature: Manifest, as: Settings, readImage: ReadImage): ReturnType<typeof combinations> => {
  const set = byCondition(signature.conditions, columnsOfSignature(signature), as);
  return combinations(pick(signature.conditions, [...set.keys()], 'as'), set, readImage);
};

/** Returns some of the conditions by name. @throws InvalidData for a name that is none's. */
const pick = (conditions: Manifest['conditions'], names: readonly string[], option: string): Manifest['conditions'] => {
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

/** Results in order, some rows at a time. */
export type Parts = Iterable<Outputs> | AsyncIterable<Outputs>;

/** Returns results in the formats of files: of each combination of conditions as many rows as `count`. */
export const drawnOf = (
  signature: Manifest,
  combos: readonly Combo[],
  parts: Parts,
  count: number,
  seed?: number,
): Drawn => {
  async function* read(at?: Progress) {
    let row = 0;
    for await (const part of parts) {
      const several = severalOf(signature, part);
      const rows = several[Object.keys(signature.target.targets ?? several)[0] ?? '']?.shape[0] ?? 0;
      yield { several, rows, row };
      row += rows;
      at?.(row);
    }
  }
  async function* lines(text: (all: readonly DrawnLine[], isFirst: boolean) => string, at?: Progress) {
    for await (const { several, rows, row } of read(at))
      yield text(linesOf(combos, several, count, rows, row), row === 0);
  }
  return {
    rows: combos.length * count,
    ...(seed !== undefined && { seed }),
    picture: (columns, scale = 1) => pictureOf(signature, combos, parts, count, columns, scale),
    csv: (at) => lines((all, isFirst) => csvOfDrawn(signature, all, isFirst), at),
    jsonl: (at) => lines((all) => jsonOfDrawn(signature, all), at),
    arrays: async function* (at) {
      const names = Object.keys(signature.target.targets ?? { y: signature.target });
      for await (const { several } of read(at))
        yield Object.fromEntries(names.flatMap((name) => (several[name] ? [[name, several[name]] as const] : [])));
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

const pictureOf = async (
  { conditions, target }: Manifest,
  combos: readonly Combo[],
  parts: Parts,
  count: number,
  columns: number | undefined,
  scale: number,
): Promise<Picture> => {
  checkPicture(target);
  const seen = Object.entries(conditions).find(([, condition]) => isShown(condition, target.image ?? target.dataShape));
  const all = combos.length * (count + (seen ? 1 : 0));
  const across = columns ?? (seen ? count + 1 : combos.length > 1 ? count : Math.ceil(Math.sqrt(all)));
  checkArea({ target }, all, across, scale);
  const each: Picture[] = [];
  for await (const part of parts) for (let row = 0; row < (part.shape[0] ?? 0); row++) each.push(part.image(row));
  const pictures = combos.flatMap((combo, at) => [
    ...(seen ? [picture(pixels(combo[seen[0]]), extentOf(seen[1].shape))] : []),
    ...each.slice(at * count, (at + 1) * count),
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
