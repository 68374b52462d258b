import type { Shape } from '../shape/shape.ts';
import { dimensions, flag, whole } from '../values/rules.ts';
import type { Parts } from '../distributions/data/parts.ts';
import { taking } from './check-arguments.ts';
import type { Tensor } from './tensor.ts';

/**
 * An input or output of a model: its shape as networks see it, and the type of the values that a user provides for it.
 */
export interface Variable<S extends Shape = Shape, V = unknown> {
  readonly kind: 'categorical' | 'continuous' | 'image';
  /** The shape as networks see it: one-hot for a class, channels last for an image. */
  readonly shape: S;
  /** The shape of one example's data: that of class indices for categorical variables, otherwise `shape`. */
  readonly dataShape: Shape;
  /**
   * Whether batches and files hold classes by their indices, in the shape of the data; decided by the networks of a
   * model, and set on its conditions.
   */
  readonly indices?: true;
  /** Whether networks take it as a mask, which decides by being 0 or not; decided by them, and set on a model's conditions. */
  readonly asMask?: true;
  /** Whether values may be missing, so that examples come with a mask of them. */
  readonly mask?: boolean | string;
  /** The condition whose mask this is: 1 for each known element of it, otherwise 0. */
  readonly maskOf?: string;
  /** The target of which this gives what is known, or whose mask it is, and the rule by which examples to train on have parts of it. */
  readonly knownOf?: { readonly target: string; readonly parts: Parts };
  /** The shape in which networks see it, if that is not `shape`. */
  readonly seenShape?: Shape;
  /** Whether networks see numbers standardised; if omitted, they do. */
  readonly scalable?: boolean;
  /** The number of classes, or their names if they have any. */
  readonly classes?: number | readonly string[];
  /** Exists only as a type: the type of this variable's values. */
  readonly '~value'?: V;
}

/** Variables by name. */
export type Variables = Readonly<Record<string, Variable>>;

/** A variable as a network's body sees it. */
export type Symbol<V> = V extends { readonly '~seen': infer N extends Shape }
  ? Tensor<N>
  : V extends { readonly shape: infer S extends Shape }
    ? Tensor<S>
    : never;

/** The type of a variable's values: a class by its number or name, numbers, or pixels. */
export type ValueOf<V> = V extends { readonly '~value'?: infer U } ? U : never;

/** An option of conditions: whether values may be missing. */
export interface MissingOption {
  /**
   * With `true`, a value or an element of it may be missing (null in data, an empty cell of a table). Networks see 0 in
   * its place, the mean of what is known, and are given a mask in the shape of the condition, `age_mask`.
   */
  readonly mask?: boolean;
}

/** Declares a variable of real numbers. */
export interface Continuous {
  <const S extends Shape>(...shape: S): Variable<[...S], NumbersOf<S>>;
  <const S extends Shape, const M extends boolean = false>(
    ...args: readonly [...shape: S, options: MissingOption & { readonly mask?: M }]
  ): Variable<[...S], NumbersOf<S>> & (M extends true ? { readonly mask: true } : unknown);
}

/**
 * Declares a variable of real numbers, such as lengths or temperatures. Networks see them standardised if the data
 * provides a scaling; zeros and ones that a network takes as the `mask` of a layer, in `where` or as a factor stay what they
 * are. With `{ mask: true }`, values may be missing.
 *
 * @example
 * ```ts
 * import { continuous } from 'cvae-compile';
 *
 * console.log(continuous(3).shape); // [3]
 * ```
 */
export const continuous: Continuous = taking(
  'continuous',
  { rest: dimensions, options: { mask: flag } },
  (...args: readonly (number | MissingOption)[]): Variable<number[], never> => {
    const shape = args.filter((arg) => typeof arg === 'number');
    const { mask }: MissingOption = args.find((arg) => typeof arg === 'object') ?? {};
    return { kind: 'continuous', shape, dataShape: [...shape], ...(mask !== undefined && { mask }) };
  },
);

/** A single number may be given without a list. */
export type NumbersOf<S extends Shape> = S extends readonly [] | readonly [1]
  ? number | ArrayLike<number>
  : ArrayLike<number>;

/**
 * An image as a browser page holds it: its `ImageData`, which is RGBA and is converted to the channels that a model
 * takes.
 */
export interface ImageLike {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
}

/** The forms in which an image may be given: numbers from 0 to 1, bytes from 0 to 255, or a browser's `ImageData`. */
export type Pixels = ArrayLike<number> | ImageLike;

/**
 * Declares an image: pixels from 0 to 1, row by row, channels last.
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
