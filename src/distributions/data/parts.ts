import { stream, uniforms } from '../../random.ts';

/** What is known or not as one: an element, one of several targets, or the elements of a rectangle of a picture. */
export type PartUnit = 'element' | 'target' | 'block';

/** One example of a target: its number of elements, and their shape, [height, width, channels] where it is a picture. */
export interface PartShape {
  readonly length: number;
  readonly dataShape: readonly number[];
  readonly image?: readonly number[];
}

/** One example of each target, by name. */
export type PartShapes = Readonly<Record<string, PartShape>>;

/** A rule by which parts of a target are known. */
export interface Parts {
  readonly kind: 'parts';
  /** The rule as text, which a fingerprint includes. */
  readonly text: string;
  /** Returns what is known of an example: 1 for each such element of a target, otherwise 0. Something is always left to draw. */
  draw(shapes: PartShapes, at: { readonly seed: number; readonly epoch: number; readonly index: number }): PartMasks;
}

/** What is known of an example, by target. */
export type PartMasks = Readonly<Record<string, Uint8Array>>;

/** Returns the rule that a share of these units is known, uniform between two. */
export const partsOf = (units: readonly PartUnit[], [least, most]: readonly [number, number]): Parts => ({
  kind: 'parts',
  text: `any part, by ${units.join(' or ')}, ${least}–${most}`,
  draw: (shapes, { seed, epoch, index }) => {
    const [which = 0, level = 0, back = 0] = uniforms(stream(seed, 'known', epoch), 1, 3, index);
    const unit = units[Math.floor(which * units.length)] ?? 'element';
    const share = least + level * (most - least);
    const masks = Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => {
        const mask = new Uint8Array(shape.length);
        const noise = uniforms(stream(seed, 'known', epoch, name), 1, Math.max(4, mask.length), index);
        return [name, FILL[unit](mask, share, noise, shape)];
      }),
    );
    leaveOne(Object.values(masks), back);
    return masks;
  },
});

/** Marks what is known of one target, with uniform noise. */
type Fill = (mask: Uint8Array, share: number, noise: Float32Array, shape: PartShape) => Uint8Array;

const FILL: Readonly<Record<PartUnit, Fill>> = {
  element: (mask, share, noise) => mask.map((_, i) => Number((noise[i] ?? 0) < share)),
  target: (mask, share, [first = 0]) => mask.fill(first < share ? 1 : 0),
  block: (mask, share, noise, { dataShape, image = dataShape }) => {
    const [height = 1, width = 1, channels = 1] = image.length === 1 ? [1, ...image] : image;
    const [inside = 0, stretch = 0, up = 0, left = 0] = noise;
    // The rectangle is what is known, or what is missing: both are as likely.
    const isKnown = inside < 0.5;
    const area = isKnown ? share : 1 - share;
    // Its height is between the area's share of the picture's, if it is as wide, and the whole.
    const rows = Math.round(height * area ** stretch);
    const columns = Math.min(width, Math.round((area * height * width) / Math.max(1, rows)));
    const [top, start] = [Math.floor(up * (height - rows + 1)), Math.floor(left * (width - columns + 1))];
    mask.fill(isKnown ? 0 : 1);
    for (let row = top; row < top + rows; row++) {
      const from = (row * width + start) * channels;
      mask.fill(isKnown ? 1 : 0, from, from + columns * channels);
    }
    return mask;
  },
};

/** Takes one element out of what is known, chosen by uniform noise, if everything is: there would be nothing to learn. */
const leaveOne = (masks: readonly Uint8Array[], noise: number): void => {
  if (!masks.every((mask) => mask.every((known) => known === 1))) return;
  const total = masks.reduce((sum, { length }) => sum + length, 0);
  let at = Math.floor(noise * total);
  for (const mask of masks) {
    if (at < mask.length) {
      mask[at] = 0;
      return;
    }
    at -= mask.length;
  }
};
