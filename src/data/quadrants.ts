import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import { own } from '../values/own.ts';
import { InvalidData } from '../errors.ts';
import type { Column, Dataset, Examples } from './dataset.ts';
import { flag, oneOf } from '../values/rules.ts';
import { COLUMN, DATASET, taking } from './options.ts';
import { kindOf, mapped } from './stored.ts';
import { changeParts, withTransform } from './transform.ts';

/** How a completion dataset is made. */
export interface QuadrantsOptions {
  /** The name of the condition; `x` by default. */
  readonly condition?: string;
  /** Whether to add a mask that counts only what is not visible, for a target with `mask: true`. */
  readonly mask?: boolean;
}

/**
 * Returns a change to a dataset of images: `y` stays the whole image, and the condition `x` is the visible part of it, with 0
 * elsewhere. Visible is the bottom left quadrant (1), the left half (2), or all but the bottom right (3), as in Sohn, Lee and
 * Yan, figure 3. Throws an `InvalidData` if y is not an image.
 *
 * @example
 * ```ts
 * import { digits, quadrants } from 'cvae-compile/data';
 *
 * const { train } = quadrants(2)(await digits()); // x has the left half of each image
 * console.log(Object.keys(train.columns)); // ['digit', 'y', 'x']
 * ```
 */
export const quadrants = taking(
  'quadrants',
  { args: [oneOf(1, 2, 3)], options: { condition: COLUMN, mask: flag } },
  (seen: 1 | 2 | 3, options: QuadrantsOptions = {}): ((dataset: Dataset) => Dataset) =>
    taking('quadrants', { args: [DATASET] }, (dataset: Dataset) =>
      changeParts(dataset, (examples) => complete(examples, seen, options)),
    ),
);

const complete = (
  examples: Examples,
  seen: 1 | 2 | 3,
  { condition = 'x', mask = false }: QuadrantsOptions,
): Examples => {
  const { y } = examples.columns;
  if (y === undefined || y.shape.length < 2)
    throw new InvalidData(
      `quadrants: expected images as y, got ${y === undefined ? 'no y' : `the shape ${show(y.shape)}`}; give y the shape [height, width, channels]`,
    );
  if (own(examples.columns, condition) !== undefined)
    throw new InvalidData(
      `quadrants: expected data without ${condition}, got some; give the new condition another name: quadrants(${seen}, { condition: 'seen' })`,
    );
  const visible = pattern(y.shape, seen);
  const hidden = visible.map((value) => 1 - value);
  const visibleOf = (values: Column['data'], into: Column['data']): void => {
    for (let i = 0; i < visible.length; i++) into[i] = visible[i] === 1 ? (values[i] ?? 0) : 0;
  };
  const x = mapped(y, kindOf(y), visibleOf);
  const counted = mapped({ ...y, scale: 1 }, 'Uint8Array', (_, into) => into.set(hidden));
  const completed: Examples = {
    ...examples,
    columns: {
      ...examples.columns,
      [condition]: x,
      ...(mask ? { mask: counted } : {}),
    },
  };
  if (examples.transforms === undefined) return completed;
  // y is changed later (binarised, for example), so x must be taken from the result.
  return withTransform(completed, ({ y, [condition]: x }) => {
    for (let i = 0; i < visible.length; i++) if (x && y) x[i] = visible[i] === 1 ? (y[i] ?? 0) : 0;
  });
};

/** Returns 1 for each element of an image that is visible, else 0. */
const pattern = (shape: readonly number[], seen: 1 | 2 | 3): Uint8Array => {
  const [height = 0, width = 0, ...rest] = shape;
  const channels = size(rest);
  return new Uint8Array(size(shape)).map((_, i) => {
    const left = Math.floor(i / channels) % width < width / 2;
    const bottom = Math.floor(i / channels / width) >= height / 2;
    return Number(seen === 1 ? left && bottom : seen === 2 ? left : left || !bottom);
  });
};
