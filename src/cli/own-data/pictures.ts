import { folderOf } from '../../data/images/folder.ts';
import { imageFacts, type ImageFacts } from '../../data/images/image-facts.ts';
import { isSeenGrey } from '../../data/images/seen-grey.ts';
import { LARGEST, sideFor, sized } from '../../making/picture-sizes.ts';
import type { Pictures } from '../../making/pictures.ts';
import { quoted } from '../../making/text.ts';

/** A folder of pictures: what its images are, and how they are read. */
export interface PictureFolder extends Pictures {
  /** Their sizes, as text. */
  readonly found: string;
  /** Whether all are equally wide for their height. */
  readonly hasOneShape: boolean;
  readonly needsSharp: boolean;
}

/** The number of pictures, evenly spread, that are looked at. */
const LOOKED_AT = 2000;
/** The number of these that are decoded, to see whether pictures saved in colours are grey. */
const DECODED = 50;

/** Looks at a folder of pictures by class. @throws InvalidFile or InvalidData if it is none. */
export async function picturesIn(folder: string): Promise<PictureFolder> {
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
    ? sized(sideFor(Math.min(middle(heights), middle(widths))), middle(heights), middle(widths), hasOneShape)
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
      ...(!parts.test && isTestable(all) && { test: '0.1' }),
    },
    found: `${range(widths)} × ${range(heights)} pixels`,
    hasOneShape,
    needsSharp: isSized || facts.some(({ needsSharp }) => needsSharp),
  };
}

/** Of fewer pictures a tenth says nothing. */
const FEW = 20;

/** Whether a part of the pictures can be held out for the test, with one to spare in a class. */
const isTestable = (pictures: readonly { readonly index: number }[]): boolean =>
  pictures.length >= FEW && pictures.length > new Set(pictures.map(({ index }) => index)).size;

/** Many programs save grey pictures in colours. */
const areSeenGrey = async (files: readonly string[]): Promise<boolean> => {
  const step = Math.max(1, Math.floor(files.length / DECODED));
  for (let i = 0; i < files.length; i += step) if (!(await isSeenGrey(files[i] ?? ''))) return false;
  return true;
};

const middle = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? 1;
