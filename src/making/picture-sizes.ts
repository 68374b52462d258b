/** The largest side that a first model has of itself; larger pictures are made smaller, to `sideFor`. */
export const LARGEST = 48;

/**
 * Returns the side of a first model of pictures whose median has this shorter side. One of 64 pixels takes four times as long as one of 32,
 * on a processor hours for what this one learns in minutes.
 */
export const sideFor = (shorter: number): number => (shorter >= 32 ? 32 : Math.max(8, 8 * Math.floor(shorter / 8)));

/** Returns a size with this shorter side for pictures of this median one: of the same shape, or square. */
export const sized = (
  side: number,
  height: number,
  width: number,
  keepsShape: boolean,
): readonly [height: number, width: number] => {
  const ratio = Math.max(height, width) / Math.min(height, width);
  const longer = keepsShape ? Math.max(side, 8 * Math.round((side * ratio) / 8)) : side;
  return height <= width ? [side, longer] : [longer, side];
};
