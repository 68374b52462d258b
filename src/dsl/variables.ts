import type { Shape } from '../shape/shape.ts';
import { dimensions, whole } from '../values/rules.ts';
import { taking } from './check-arguments.ts';
import type { Tensor } from './tensor.ts';

/** What a model is given, or gives: its shape as networks see it, and the type of the value a user gives for it. */
export interface Variable<S extends Shape = Shape, V = unknown> {
  readonly kind: 'categorical' | 'continuous' | 'image';
  /** As networks see it: one-hot for a class, channels last for an image. */
  readonly shape: S;
  /** The shape of one example's data: that of class indices for categorical variables, otherwise `shape`. */
  readonly dataShape: Shape;
  /** The number of classes, and their names where they have some. */
  readonly classes?: number | readonly string[];
  /** Only a type: what a value of this variable is given as. */
  readonly '~value'?: V;
}

/** Variables by name. */
export type Variables = Readonly<Record<string, Variable>>;

/** A variable as a network's body sees it. */
export type Symbol<V> = V extends { readonly shape: infer S extends Shape } ? Tensor<S> : never;

/** What a value of a variable is given as: a class by its number or name, numbers, pixels. */
export type ValueOf<V> = V extends { readonly '~value'?: infer U } ? U : never;

/**
 * NumbersOf as they are: lengths, temperatures. Networks see them standardised where the data says how.
 *
 * @example
 * ```ts
 * import { continuous } from 'cvae-compile';
 *
 * console.log(continuous(3).shape); // [3]
 * ```
 */
export const continuous = taking(
  'continuous',
  { rest: dimensions },
  <const S extends Shape>(...shape: S): Variable<[...S], NumbersOf<S>> => ({
    kind: 'continuous',
    shape: [...shape],
    dataShape: [...shape],
  }),
);

/** A single number may be given as such. */
export type NumbersOf<S extends Shape> = S extends readonly [] | readonly [1]
  ? number | ArrayLike<number>
  : ArrayLike<number>;

/** An image as a page has it: its `ImageData`, which is RGBA and is converted to the channels that a model takes. */
export interface ImageLike {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
}

/** What an image may be given as: numbers from 0 to 1, bytes from 0 to 255, or a page's `ImageData`. */
export type Pixels = ArrayLike<number> | ImageLike;

/**
 * Pixels from 0 to 1, row by row, channels last.
 *
 * @example
 * ```ts
 * import { image } from 'cvae-compile';
 *
 * console.log(image(28, 28, 1).shape); // [28, 28, 1]
 * ```
 */
export const image = taking(
  'image',
  { args: [whole('as height'), whole('as width'), whole('of channels', 'give 1 for grey, 3 for colours')] },
  <H extends number, W extends number, C extends number>(
    height: H,
    width: W,
    channels: C,
  ): Variable<[H, W, C], Pixels> => ({
    kind: 'image',
    shape: [height, width, channels],
    dataShape: [height, width, channels],
  }),
);
