import type { Add, CeilDiv, Mul, Sub } from '../shape/arithmetic.ts';
import type { ShapeError } from '../shape/shape.ts';
import type { Padding } from './window.ts';

/** One number for both sides of an image, or one for each: [height, width]. */
export type Pair = number | readonly [number, number];

/** The one of height, and the one of width. */
export type Down<K> = K extends readonly [infer A extends number, number] ? A : K & number;
export type Across<K> = K extends readonly [number, infer B extends number] ? B : K & number;

/** The number of places of a window along an axis without padding, n − (k − 1)·d; `never` if that is negative. */
type Places<N extends number, K extends number, D extends number> = Sub<N, Mul<Sub<K, 1>, D>>;

/**
 * The length of an axis after a window has moved over it: ⌈n / s⌉, or ⌈(n − (k − 1)·d) / s⌉ without padding, and 0 if
 * no window fits, which is an error.
 */
export type Shrunk<
  N extends number,
  K extends number,
  S extends number,
  D extends number,
  P extends Padding,
> = P extends 'same' ? (S extends 1 ? N : CeilDiv<N, S>) : Unpadded<N, K, S, D>;

/** The length of an axis after a window without padding: ⌈(n − (k − 1)·d) / s⌉. */
export type Unpadded<N extends number, K extends number, S extends number, D extends number> =
  Places<N, K, D> extends infer M extends number ? ([M] extends [never] ? 0 : CeilDiv<M, S>) : 0;

/** The length of an axis after a transposed convolution: n·s, or (n − 1)·s + (k − 1)·d + 1 without padding. */
export type Grown<
  N extends number,
  K extends number,
  S extends number,
  D extends number,
  P extends Padding,
> = P extends 'same' ? Mul<N, S> : Add<Mul<Sub<N, 1>, S>, Add<Mul<Sub<K, 1>, D>, 1>>;

/** `[0]` if no window fits an axis that is not padded. */
type Short<N extends number, K extends number, D extends number, P extends Padding> = P extends 'same'
  ? []
  : number extends N | K | D
    ? []
    : [Places<N, K, D>] extends [never]
      ? [0]
      : Places<N, K, D> extends 0
        ? [0]
        : [];

/** An error if no window fits an axis that is not padded; `Of` is what the axis counts. */
export type Fitting<
  N extends number,
  K extends number,
  D extends number,
  P extends Padding,
  Name extends string,
  Of extends string,
> = [...Short<N, K, D, P>]['length'] extends 1
  ? ShapeError<`${Name}: expected at least ${Add<Mul<Sub<K, 1>, D>, 1>} ${Of}, as the kernel, got ${N}; use padding 'same'`>
  : unknown;
