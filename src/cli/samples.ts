import { InvalidData } from '../errors.ts';
import { open } from '../runtime/node.ts';
import { mosaic, picture, type Picture } from '../runtime/picture.ts';
import type { Outputs } from '../runtime/result.ts';
import { same } from '../shape/same.ts';
import { size } from '../shape/size.ts';
import { isClasses, type Condition, type Manifest, type TargetSignature } from '../signature.ts';
import { classTexts } from '../values/element-names.ts';
import { combinations, rowsOf, type Setting, type Settings } from './conditions.ts';

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
}

/** Opens the model in a folder and draws from it. */
export async function drawSamples(folder: string, settings: Settings, drawing: Drawing): Promise<Drawn> {
  const model = await open(folder);
  try {
    const { signature } = model;
    const shownAt = signature.display?.temperature;
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
    // `open` returns a record of them if there are several targets, which its type says of a definition only.
    const shown = signature.target.targets ? (samples as unknown as Several) : { y: samples };
    const seed = 'seed' in samples && typeof samples.seed === 'number' ? samples.seed : undefined;
    return {
      rows: combos.length * count,
      ...(seed !== undefined && { seed }),
      ...(shownAt !== undefined && shownAt !== 1 && { hint: shownAt }),
      picture: (columns, scale = 1) => pictureOf(signature, combos, samples, count, columns, scale),
      csv: () => csv(signature, lines(combos, shown, count)),
      jsonl: () =>
        lines(combos, shown, count)
          .map(
            ({ combo, sample, values }) =>
              `${JSON.stringify({ ...texts(combo), [ownKey(signature, 'sample')]: sample, ...named(signature, values) })}\n`,
          )
          .join(''),
    };
  } finally {
    await model.close();
  }
}

type Combo = Readonly<Record<string, Setting>>;

/** Values of y, or of each of several targets by its name. */
type Several = Readonly<Record<string, Outputs>>;
type Row = Readonly<Record<string, readonly number[]>>;

interface Line {
  readonly combo: Combo;
  readonly sample: number;
  readonly values: Row;
}

const lines = (combos: readonly Combo[], samples: Several, count: number): readonly Line[] =>
  combos.flatMap((combo, at) =>
    Array.from({ length: count }, (_, sample) => ({ combo, sample, values: rowOf(samples, at * count + sample) })),
  );

const rowOf = (samples: Several, row: number): Row =>
  Object.fromEntries(
    Object.entries(samples)
      .filter(([name]) => name !== 'seed' && name !== 'z')
      .map(([name, { data, shape }]) => {
        const length = data.length / (shape[0] ?? 1);
        return [name, Array.from(data.subarray(row * length, (row + 1) * length), short)];
      }),
  );

const targetsOf = ({ target }: Pick<Manifest, 'target'>): readonly (readonly [string, TargetSignature])[] =>
  Object.entries(target.targets ?? { y: target });

/** Rounds a float32 to its digits; whole numbers stay unchanged. */
const short = (value: number): number =>
  Number.isInteger(value) && Math.abs(value) <= 2 ** 24 ? value : Number(value.toPrecision(7));

const csv = (manifest: Manifest, all: readonly Line[]): string => {
  const names = Object.keys(all[0]?.combo ?? {});
  const targets = targetsOf(manifest);
  const columns = targets.flatMap(([name, target]) =>
    columnsOf(manifest, name, target, all[0]?.values[name]?.length ?? 0),
  );
  const rows = all.map(({ combo, sample, values }) => [
    ...names.map((name) => combo[name]?.text ?? ''),
    sample,
    ...targets.flatMap(([name, target]) => valuesOf(target, values[name] ?? [])),
  ]);
  return [[...names, ownKey(manifest, 'sample'), ...columns], ...rows]
    .map((cells) => `${cells.map(cell).join(',')}\n`)
    .join('');
};

/**
 * Returns the names of the columns of y, or of a target of this name: those of its elements, `y_` and a class for its probability,
 * else `y` or `y_1`, `y_2`, …
 */
const columnsOf = (
  { conditions, target: whole }: Manifest,
  y: string,
  target: TargetSignature,
  length: number,
): readonly string[] => {
  if (chancesOf(target, length)) return classTexts(target).map((name) => `${y}_${name}`);
  if (target.names?.length !== length) return Array.from({ length }, (_, i) => (length === 1 ? y : `${y}_${i + 1}`));
  const isTaken = (name: string): boolean =>
    name === 'sample' || Object.hasOwn(conditions, name) || (whole.targets !== undefined && length > 1);
  return target.names.map((name) => (isTaken(name) ? `${y}_${name}` : name));
};

/** Whether numbers are the probabilities of one class each, rather than of the classes of many places, or classes themselves. */
const chancesOf = (target: TargetSignature, length: number): boolean =>
  isClasses(target) && target.dataShape.length === 0 && length === target.shape[0];

/** Returns y's numbers, or the names of the classes that were drawn. */
const valuesOf = (target: TargetSignature, y: readonly number[]): readonly (number | string)[] => {
  const { classes, shape } = target;
  const drawn = isClasses(target) && y.length < size(shape);
  return drawn && typeof classes === 'object' ? y.map((index) => classes[index] ?? index) : y;
};

/** Returns y in a line of JSON: its values, and the same by name if they have names; the values of several targets by theirs. */
const named = (manifest: Manifest, row: Row) => {
  const { target } = manifest;
  if (target.targets)
    return Object.fromEntries(targetsOf(manifest).map(([name, one]) => [name, valuesOf(one, row[name] ?? [])]));
  const y = row['y'] ?? [];
  const values = valuesOf(target, y);
  const isNamed = chancesOf(target, y.length) ? typeof target.classes === 'object' : target.names?.length === y.length;
  if (!isNamed) return { y: values };
  const names = target.names ?? classTexts(target);
  return { y: values, [ownKey(manifest, 'values')]: Object.fromEntries(names.map((name, i) => [name, values[i]])) };
};

/** Returns a key that does not hide one of the conditions. */
const ownKey = (manifest: Pick<Manifest, 'conditions'>, name: string): string =>
  Object.hasOwn(manifest.conditions, name) ? ownKey(manifest, `${name}_`) : name;

const cell = (value: string | number): string =>
  typeof value === 'string' && /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : `${value}`;

/** Returns conditions as they were given, classes by their names; numbers as numbers. */
const texts = (combo: Combo): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(combo).map(([name, { value, text }]) => [name, typeof value === 'number' ? value : text]),
  );

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
