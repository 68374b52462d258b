import { stream, uniforms } from '../random.ts';
import type { Shape } from '../shape/shape.ts';
import { size } from '../shape/size.ts';
import { oneOf, rule } from '../values/rules.ts';
import { taking } from './check-arguments.ts';

/** What is known or not as one: an element, one of several targets, or the elements of a rectangle of a picture. */
export type PartUnit = 'element' | 'target' | 'block';

/** Which parts of a target are known while a model is trained and measured. */
export interface AnyPartOptions {
  /** What is known as one; of several units each example has one of them, at random. `element` by default. */
  readonly by?: PartUnit | readonly PartUnit[];
  /** The least and the largest share that is known, which is uniform between them: [0, 1] by default. */
  readonly share?: readonly [least: number, most: number];
}

/** The shapes of one example of each target, [height, width, channels] where it is a picture, by name. */
export type PartShapes = Readonly<Record<string, { readonly dataShape: Shape; readonly image?: Shape }>>;

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

const UNITS: readonly PartUnit[] = ['element', 'target', 'block'];
const unit = oneOf(...UNITS);

/**
 * Returns the rule that any part of the target may be known, for the member `known` of a definition. While the model is trained, a part
 * of each example that is drawn anew in each epoch is given to all networks, as `known` and `known_mask`, and only the rest counts in the
 * loss: p(rest | part, x), as in Ivanov, Figurnov and Vetrov, "Variational Autoencoder with Arbitrary Conditioning" (ICLR 2019). The
 * trained model then draws what is missing, given any part.
 *
 * @throws InvalidModel for units that there are not, and shares outside 0 to 1.
 *
 * @example
 * ```ts
 * import { anyPart, concat, cvae, gaussian, mlp, normal } from 'cvae-compile';
 *
 * export default cvae({
 *   condition: {},
 *   target: normal(4),
 *   latent: 2,
 *   known: anyPart(),
 *   prior: ({ known, known_mask }) => concat(known, known_mask).pipe(mlp([32]), gaussian(2)),
 *   recognition: ({ y, known_mask }) => concat(y, known_mask).pipe(mlp([32]), gaussian(2)),
 *   decoder: ({ z, known, known_mask }) => concat(z, known, known_mask).pipe(mlp([32, 4])),
 * });
 * ```
 */
export const anyPart = taking(
  'anyPart',
  {
    options: {
      by: rule(
        'element, target or block, or a list of these',
        (value) => (Array.isArray(value) ? value.length > 0 && value.every(unit.holds) : unit.holds(value)),
        "write by: 'element'",
      ),
      share: rule(
        'two numbers from 0 to 1, the smaller first',
        (value) =>
          Array.isArray(value) &&
          value.length === 2 &&
          value.every((one) => typeof one === 'number' && one >= 0 && one <= 1) &&
          Number(value[0]) <= Number(value[1]),
        'write share: [0, 1]',
      ),
    },
  },
  ({ by = 'element', share = [0, 1] }: AnyPartOptions = {}): Parts => {
    const units = typeof by === 'string' ? [by] : by;
    return {
      kind: 'parts',
      text: `any part, by ${units.join(' or ')}, ${share.join('–')}`,
      draw: (shapes, { seed, epoch, index }) => {
        const key = stream(seed, 'known', epoch);
        const [which = 0, level = 0, back = 0] = uniforms(key, 1, 3, index);
        const of = units[Math.floor(which * units.length)] ?? 'element';
        const known = share[0] + level * (share[1] - share[0]);
        const masks = Object.fromEntries(
          Object.entries(shapes).map(([name, shape]) => {
            const noise = uniforms(stream(seed, 'known', epoch, name), 1, size(shape.dataShape) + 4, index);
            return [name, FILL[of](new Uint8Array(size(shape.dataShape)), known, noise, shape)];
          }),
        );
        leaveOne(Object.values(masks), back);
        return masks;
      },
    };
  },
);

/** Marks what is known of one target, with uniform noise. */
type Fill = (mask: Uint8Array, share: number, noise: Float32Array, shape: PartShapes[string]) => Uint8Array;

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
