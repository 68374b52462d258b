import { fileName } from './file.ts';
import {
  choice,
  count,
  listed,
  metrics,
  object,
  oneOf,
  optional,
  whole,
  some,
  text,
  texts,
  type TypeOf,
} from './schema.ts';

const yes = optional(some('true', (value): value is true => value === true));

const HEAD = {
  epoch: whole,
  /** Whether it shows the weights that were kept in the end. */
  kept: yes,
} as const;

/** The content of a column of pictures. */
const SHOWN = ['given', 'truth', 'guess', 'sample', 'reconstruction'] as const;
export type Shown = (typeof SHOWN)[number];
const isShown = (value: unknown): value is Shown => SHOWN.some((one) => one === value);

/**
 * Pictures of held-out examples: a row for each, labelled by its conditions. `file` is one PNG of all of them, in cells of
 * `cell` pixels [height, width] that lie a gap apart.
 */
const images = object({
  kind: oneOf('images'),
  ...HEAD,
  file: fileName,
  cell: some(
    '[height, width]',
    (value): value is readonly [height: number, width: number] =>
      Array.isArray(value) && value.length === 2 && value.every((side) => Number.isSafeInteger(side) && side >= 1),
  ),
  rows: some(
    'a list of texts, one at least',
    (value): value is readonly string[] =>
      Array.isArray(value) && value.length > 0 && value.every((row) => typeof row === 'string'),
  ),
  columns: some(
    `a list of ${SHOWN.join(' or ')}`,
    (value): value is readonly Shown[] => Array.isArray(value) && value.length > 0 && value.every(isShown),
  ),
});
export interface ImagesSnapshot extends TypeOf<typeof images> {}

/** Values of one element of y over held-out examples: the true ones, and those that the model draws under the same conditions. */
const element = object({
  name: text,
  truth: metrics,
  drawn: metrics,
  /** The names of the classes that the values are indices of, if it is of one of several targets. */
  classes: optional(texts),
  /** Whether its likelihood is learned from the data and so of any form: normal scores, of which a hurdle may take some values out. */
  anyForm: yes,
});
export interface Element extends TypeOf<typeof element> {}

/** What a model draws if y is not an image: one draw from p(y|x), or one mean of p(y|x,z), for each held-out example. */
const numbers = object({
  kind: oneOf('numbers'),
  ...HEAD,
  /** The elements that vary most. */
  elements: listed<Element>(element),
  /** The number of elements of y. */
  of: count,
  /** The names of the classes that the values are indices of. */
  classes: optional(texts),
  /**
   * Whether `drawn` holds means of p(y|x,z), with z drawn: the target's distribution cannot be drawn from here, or is not one.
   */
  means: yes,
});
export interface NumbersSnapshot extends TypeOf<typeof numbers> {}

/** A model's results for a few held-out examples after an epoch: pictures, or numbers if y is not an image. */
export type Snapshot = ImagesSnapshot | NumbersSnapshot;
const either = object({ kind: oneOf('images', 'numbers') });

/** A file in a run's `looks/`. */
export const snapshot = choice<Snapshot>((value) => {
  const { kind }: { readonly kind?: unknown } = Object(value);
  return kind === 'images' ? images : kind === 'numbers' ? numbers : (either as never); // which refuses all else
});

/** A snapshot, and the files that belong to it. */
export interface Taken {
  readonly snapshot: Snapshot;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Pixels between two pictures of a sheet. */
export const GAP = 2;

/** Returns the size in pixels, [height, width], of a sheet with these numbers of rows and columns of cells. */
export const sheetSize = (
  rows: number,
  columns: number,
  [height, width]: readonly [number, number],
): readonly [number, number] => [rows * (height + GAP) - GAP, columns * (width + GAP) - GAP];
