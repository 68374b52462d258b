/** What of an image is seen: all of it, the bottom left quadrant, the left half, or all but the bottom right one. */
export type Seen = 'all' | 1 | 2 | 3;

/** What can be chosen, in words. */
export const SEEN: readonly { readonly seen: Seen; readonly label: string }[] = [
  { seen: 1, label: 'Bottom left quarter' },
  { seen: 2, label: 'Left half' },
  { seen: 3, label: 'All but the bottom right quarter' },
  { seen: 'all', label: 'Everything' },
];

/** Whether the pixel at a row and a column is seen. */
export const isSeen = (seen: Seen, row: number, column: number, height: number, width: number): boolean => {
  if (seen === 'all') return true;
  const left = column < width / 2;
  const bottom = row >= height / 2;
  return seen === 1 ? left && bottom : seen === 2 ? left : left || !bottom;
};

/** An image of [height, width, channels] with 0, or what stands for it, for what is not seen. */
export const masked = (
  pixels: Float32Array,
  seen: Seen,
  [height = 0, width = 0, channels = 1]: readonly number[],
  unseen = 0,
): Float32Array =>
  seen === 'all'
    ? pixels
    : pixels.map((value, i) => {
        const place = Math.floor(i / channels);
        return isSeen(seen, Math.floor(place / width), place % width, height, width) ? value : unseen;
      });

/** The quadrants that `part` shows of `whole`, the fewest; `undefined` where it is no such part. */
export const seenOf = (part: Float32Array, whole: Float32Array, shape: readonly number[]): Seen | undefined =>
  ([1, 2, 3, 'all'] as const).find((seen) => masked(whole, seen, shape).every((value, i) => value === part[i]));
