import { LARGEST, sideFor, sized } from '../../../src/making/picture-sizes.ts';

/** What pictures are, as far as a few of them show. */
export interface PictureFacts {
  readonly height: number;
  readonly width: number;
  /** Whether all that were looked at have one size, or at least one shape. */
  readonly isOneSize: boolean;
  readonly hasOneShape: boolean;
  readonly isGrey: boolean;
  readonly hasAlpha: boolean;
}

/** The form that all pictures get. */
export interface PictureForm {
  readonly height: number;
  readonly width: number;
  readonly isGrey: boolean;
}

/** The sides that may be chosen. */
const SIDES = [16, 24, 32, 48, 64] as const;

/** Returns the sizes that may be chosen, the one to begin with, which `init` takes as well, first. */
export const sizesFor = ({
  height,
  width,
  isOneSize,
  hasOneShape,
}: PictureFacts): readonly (readonly [height: number, width: number])[] => {
  const own = isOneSize && Math.max(height, width) <= 64 ? [[height, width] as const] : [];
  const shorter = Math.min(height, width);
  const usual = sized(sideFor(shorter), height, width, hasOneShape);
  const others = SIDES.filter((side) => side <= Math.max(32, shorter)).map((side) =>
    sized(side, height, width, hasOneShape),
  );
  const first = own[0] && Math.max(height, width) <= LARGEST ? own[0] : usual;
  const all = [first, ...own, ...others];
  const isFirst = (one: readonly number[], i: number): boolean => all.findIndex((o) => `${o}` === `${one}`) === i;
  return all.filter(isFirst);
};
