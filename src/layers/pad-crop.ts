import { layer } from '../dsl/check-arguments.ts';
import { apply, type Tensor } from '../dsl/tensor.ts';
import { ShapeMismatch } from '../errors.ts';
import { exampleOp } from '../graph/lift.ts';
import type { Op } from '../graph/op.ts';
import type { Add, Mul, Sub } from '../shape/arithmetic.ts';
import type { Axis, Image } from '../shape/axes.ts';
import type { Shape, ShapeError } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { isWhole, rule } from '../values/rules.ts';
import { imageOf } from './window.ts';

/** Pixels on all four sides; or on each side along [height, width]; or [[top, bottom], [left, right]]. */
export type Frame =
  number | readonly [number, number] | readonly [readonly [number, number], readonly [number, number]];

/** How many pixels a frame has along height (0) or width (1), on both sides together. */
export type Framed<F, A extends 0 | 1> = F extends readonly [unknown, unknown]
  ? F[A] extends readonly [infer B extends number, infer E extends number]
    ? Add<B, E>
    : F[A] extends number
      ? Mul<F[A], 2>
      : number
  : F extends number
    ? Mul<F, 2>
    : number;

/** Pixels before and after each of an image's sides. */
interface Attrs {
  readonly before: readonly [top: number, left: number];
  readonly after: readonly [bottom: number, right: number];
}

const attrsOf = (frame: Frame): Attrs => {
  const [down, across] = typeof frame === 'number' ? [frame, frame] : frame;
  const [[top, bottom], [left, right]] = [pair(down), pair(across)];
  return { before: [top, left], after: [bottom, right] };
};

const pair = (one: number | readonly [number, number]): readonly [number, number] =>
  typeof one === 'number' ? [one, one] : one;

const isPair = (value: unknown, holds: (one: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length === 2 && value.every(holds);
const isCount = (value: unknown): boolean => isWhole(value, 0);

/** A frame, as the only argument of a layer. */
const FRAME = rule(
  'a whole number of pixels from 0, [height, width] or [[top, bottom], [left, right]]',
  (value) => isCount(value) || isPair(value, isCount) || isPair(value, (one) => isPair(one, (count) => isCount(count))),
  'give how many pixels on each side',
);

const padded: Op<Attrs> = exampleOp({
  name: 'pad2d',
  shape: ([x], { before, after }) => {
    const { sides, channels } = imageOf(2, x);
    return [...sides.map((side, i) => side + (before[i] ?? 0) + (after[i] ?? 0)), channels];
  },
  run: (tf, [x], { before, after }) =>
    tf.pad(x, [
      [0, 0],
      [before[0], after[0]],
      [before[1], after[1]],
      [0, 0],
    ]),
  lower: (onnx, [x], { before, after }) => onnx.Pad(x, [0, ...before, 0, 0, ...after, 0]),
});

const cropped: Op<Attrs> = exampleOp({
  name: 'crop2d',
  shape: ([x], { before, after }) => {
    const { sides, channels } = imageOf(2, x);
    const all = sides.map((_, i) => (before[i] ?? 0) + (after[i] ?? 0));
    const left = sides.map((side, i) => side - (all[i] ?? 0));
    if (left.some((side) => side < 1))
      throw new ShapeMismatch(`expected a crop below ${show(sides)}, got ${show(all)}; crop less`);
    return [...left, channels];
  },
  run: (tf, [x], { before }, _, { shape }) => tf.slice(x, [0, ...before, 0], [x.shape[0] ?? 0, ...shape]),
  lower: (onnx, [x], { before }, _, { shape: [height = 0, width = 0] }) =>
    onnx.Slice(x, before, [before[0] + height, before[1] + width], [1, 2]),
});

/** `[0]` if nothing is left of an axis. */
type Nothing<N extends number, All extends number> = number extends N | All
  ? []
  : [Sub<N, Add<All, 1>>] extends [never]
    ? [0]
    : [];
type Either<A extends readonly 0[], B extends readonly 0[]> = A extends [0] ? A : B;

/** An error if nothing is left of an image. */
export type Cropped<H extends number, W extends number, Down extends number, Across extends number> = [
  ...Either<Nothing<H, Down>, Nothing<W, Across>>,
]['length'] extends 1
  ? ShapeError<`crop2d: expected a crop below [${H}, ${W}], got [${Down}, ${Across}]; crop less`>
  : unknown;

/**
 * Adds a frame of zeros around an image: of `n` pixels on all sides, of [height, width] pixels on each side along them,
 * or of [[top, bottom], [left, right]].
 *
 * @example
 * ```ts
 * import { constant, pad2d } from 'cvae-compile';
 *
 * console.log(constant([28, 28, 1], 0).pipe(pad2d(2)).shape); // [32, 32, 1]
 * ```
 */
export const pad2d = layer(
  'pad2d',
  { args: [FRAME] },
  <const F extends Frame>(frame: F) =>
    <X extends Shape>(
      x: Tensor<X> & Image<X, 'pad2d'>,
    ): Tensor<[Add<Axis<X, 0>, Framed<F, 0>>, Add<Axis<X, 1>, Framed<F, 1>>, Axis<X, 2>]> =>
      apply(padded, [x], attrsOf(frame)),
);

/**
 * Takes a frame off an image: `n` pixels on all sides, [height, width] pixels on each side along them, or [[top,
 * bottom], [left, right]].
 *
 * @example
 * ```ts
 * import { constant, crop2d } from 'cvae-compile';
 *
 * const x = constant([32, 32, 3], 0);
 * console.log(x.pipe(crop2d(2)).shape, x.pipe(crop2d([2, 1])).shape); // [28, 28, 3] [28, 30, 3]
 * ```
 */
export const crop2d = layer(
  'crop2d',
  { args: [FRAME] },
  <const F extends Frame>(frame: F) =>
    <X extends Shape>(
      x: Tensor<X> & Image<X, 'crop2d'> & Cropped<Axis<X, 0>, Axis<X, 1>, Framed<F, 0>, Framed<F, 1>>,
    ): Tensor<[Sub<Axis<X, 0>, Framed<F, 0>>, Sub<Axis<X, 1>, Framed<F, 1>>, Axis<X, 2>]> =>
      apply(cropped, [x], attrsOf(frame)),
);
