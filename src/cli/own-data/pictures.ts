import { folderOf } from '../../data/images/folder.ts';
import { imageFacts, type ImageFacts } from '../../data/images/image-facts.ts';
import { isSeenGrey } from '../../data/images/seen-grey.ts';
import type { WrittenDefinition } from '../../making/definition.ts';
import { called, quoted } from '../../making/text.ts';

/** A folder of pictures: what its images are, and how they are read. */
export interface Pictures {
  readonly count: number;
  /** The shape that all get. */
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly classes: readonly string[];
  /** The options of `imageFolder`, as text. */
  readonly options: { readonly channels?: string; readonly size?: string; readonly background?: string };
  /** Their sizes, as text. */
  readonly found: string;
  /** Whether all are equally wide for their height. */
  readonly hasOneShape: boolean;
  readonly needsSharp: boolean;
}

/** The number of pictures, evenly spread, that show what all are like. */
const LOOKED_AT = 2000;
/** The number of them that are decoded, to see whether pictures saved in colour are grey. */
const DECODED = 50;
/** The largest side that a first model is written for. */
const LARGEST = 96;

/** Looks at a folder of pictures by class. @throws InvalidFile or InvalidData if it is none. */
export async function picturesIn(folder: string): Promise<Pictures> {
  const { classes, parts } = await folderOf(folder);
  const all = parts.train.pictures;
  const step = Math.max(1, Math.floor(all.length / LOOKED_AT));
  const facts: ImageFacts[] = [];
  for (let i = 0; i < all.length; i += step) facts.push(await imageFacts(all[i]?.file ?? ''));
  const of = (side: 'height' | 'width') => facts.map((one) => one[side]).sort((a, b) => a - b);
  const [heights, widths] = [of('height'), of('width')];
  const [least, most] = [(sides: readonly number[]) => sides[0] ?? 1, (sides: readonly number[]) => sides.at(-1) ?? 1];
  const isOne = least(heights) === most(heights) && least(widths) === most(widths);
  const shares = facts.map(({ height, width }) => width / height);
  const hasOneShape = Math.max(...shares) / Math.min(...shares) < 1.02;
  const isSized = !isOne || Math.max(most(heights), most(widths)) > LARGEST;
  const [height, width] = isSized
    ? sizeFor(middle(heights), middle(widths), hasOneShape)
    : [most(heights), most(widths)];
  const areSavedGrey = facts.every(({ isGrey }) => isGrey);
  const areGrey = areSavedGrey || (await areSeenGrey(all.map(({ file }) => file)));
  const isOpaque = !facts.some(({ hasAlpha }) => hasAlpha);
  const range = (sides: readonly number[]): string =>
    least(sides) === most(sides) ? `${most(sides)}` : `${least(sides)} to ${most(sides)}`;
  return {
    count: all.length,
    shape: [height, width, areGrey ? 1 : 3],
    classes,
    options: {
      ...(isSized && { size: height === width ? `${height}` : `[${height}, ${width}]` }),
      ...(!areSavedGrey || isSized || !isOpaque ? { channels: areGrey ? '1' : '3' } : {}),
      ...(!isOpaque && { background: quoted('#ffffff') }),
    },
    found: `${range(widths)} × ${range(heights)} pixels`,
    hasOneShape,
    needsSharp: isSized || facts.some(({ needsSharp }) => needsSharp),
  };
}

/** Many programs save grey pictures in colours. */
const areSeenGrey = async (files: readonly string[]): Promise<boolean> => {
  const step = Math.max(1, Math.floor(files.length / DECODED));
  for (let i = 0; i < files.length; i += step) if (!(await isSeenGrey(files[i] ?? ''))) return false;
  return true;
};

const middle = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? 1;

/** Returns a size for pictures of this median one: 64 or 32 pixels on the shorter side, of the same shape or square. */
const sizeFor = (height: number, width: number, keepsShape: boolean): readonly [height: number, width: number] => {
  const shorter = Math.min(height, width);
  const side = shorter >= 64 ? 64 : shorter >= 32 ? 32 : Math.max(8, 8 * Math.floor(shorter / 8));
  const longer = keepsShape ? Math.max(side, 8 * Math.round((side * Math.max(height, width)) / shorter / 8)) : side;
  return height <= width ? [side, longer] : [longer, side];
};

/** Writes the definition of a model that draws pictures of a class; `address` is the folder's, as seen from it. */
export const picturesDefinition = (
  { count, shape, classes, options }: Pictures,
  address: string,
): WrittenDefinition => {
  const [height, width, channels] = shape;
  // As many halvings as both sides allow, down to 4 pixels or so.
  const levels = [1, 2, 3].filter((n) => [height, width].every((side) => side % 2 ** n === 0 && side >> n >= 3)).length;
  const widths = [16, 32, 64].slice(0, levels);
  const latent = 32;
  const settings = Object.entries(options)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
  const hasClasses = classes.length > 1;
  const told = hasClasses ? ['label'] : [];
  const list = (values: readonly number[]): string => values.join(', ');
  const [encoder, decoder] =
    levels > 0
      ? [
          `convEncoder({ channels: [${list(widths)}] })`,
          `convDecoder(${list(shape)}, { channels: [${list(widths.toReversed())}] })`,
        ]
      : ['flatten, mlp([512])', `mlp([512]), dense(${height * width * channels}), reshape(${list(shape)})`];
  const uses = [
    ...(hasClasses ? ['categorical', 'concat'] : []),
    ...(levels > 0 ? ['convDecoder', 'convEncoder'] : ['dense', 'flatten', 'reshape']),
    'bernoulli',
    'cvae',
    'gaussian',
    'mlp',
  ];
  const features = `y.pipe(${encoder})`;
  const seen = hasClasses
    ? `concat(${features}, label).pipe(mlp([256]), gaussian(${latent}))`
    : `${features}.pipe(mlp([256]), gaussian(${latent}))`;
  const text = [
    `import { ${uses.sort().join(', ')} } from 'cvae-compile';`,
    "import { imageFolder } from 'cvae-compile/data';",
    "import type { TrainOptions } from 'cvae-compile/train';",
    '',
    `/** Draws a picture of ${width} × ${height} pixels${channels === 1 ? ', grey' : ', in colour'}${hasClasses ? ', of a given class' : ''}. */`,
    'export default cvae({',
    hasClasses ? `  condition: { label: ${called('categorical', classes.map(quoted), 2)} },` : '  condition: {},',
    `  target: bernoulli(${list(shape)}),`,
    `  latent: ${latent},`,
    `  recognition: ({ ${['y', ...told].join(', ')} }) => ${seen},`,
    `  decoder: ({ ${['z', ...told].join(', ')} }) => ${hasClasses ? 'concat(z, label)' : 'z'}.pipe(${levels > 0 ? 'mlp([256]), ' : ''}${decoder}),`,
    '});',
    '',
    `/** ${count.toLocaleString('en')} pictures, in a folder for each class. */`,
    `export const data = () => imageFolder(new URL(${quoted(address)}, import.meta.url)${settings === '' ? '' : `, { ${settings} }`});`,
    '',
    '/** Training ends where validation gets no better. */',
    `export const training: TrainOptions = { batch: ${count < 5000 ? 32 : 128} };`,
    '',
  ];
  return {
    text: text.join('\n'),
    sample: `${hasClasses ? '--set label=all ' : ''}--count 8 --temperature 0.7 --out out/pictures.png`,
  };
};
