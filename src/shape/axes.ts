import type { Add, Sub } from './arithmetic.ts';
import type { If } from './require.ts';
import type { Shape, ShapeError, Show } from './shape.ts';

// Types of layers that work on any axis. They are tables by rank rather than recursions with `infer`, and their errors
// depend on the length of a spread tuple, so that TypeScript decides them even if dimensions are type parameters: a
// user's generic block compiles, and what it cannot know there is checked where the block is called, or at run time.

export interface ButLast<S extends Shape> {
  1: [];
  2: [S[0]];
  3: [S[0], S[1]];
  4: [S[0], S[1], S[2]];
  5: [S[0], S[1], S[2], S[3]];
  [rank: number]: Shape;
}

export interface ButFirst<S extends Shape> {
  1: [];
  2: [S[1]];
  3: [S[1], S[2]];
  4: [S[1], S[2], S[3]];
  5: [S[1], S[2], S[3], S[4]];
  [rank: number]: Shape;
}

/** All axes but the last. */
export type AllButLast<S extends Shape> = ButLast<S>[S['length']];

/** All axes but the first. */
export type AllButFirst<S extends Shape> = ButFirst<S>[S['length']];

/** The length of axis `A`. */
export type Axis<S extends Shape, A extends number> = S[A];

/** A shape whose axis `A` has the length `N`. */
export type WithAxis<S extends Shape, A extends number, N extends number> = number extends S['length'] | A
  ? Shape
  : { -readonly [K in keyof S]: K extends `${A}` ? N : S[K] };

/** A shape without its axis `A`. */
export type WithoutAxis<S extends Shape, A extends number, Seen extends number[] = []> = number extends S['length'] | A
  ? Shape
  : S extends readonly [infer N extends number, ...infer R extends number[]]
    ? Seen['length'] extends A
      ? [...Seen, ...R]
      : WithoutAxis<R, A, [...Seen, N]>
    : Seen;

/** An error if a shape has no axis `A`. */
export type HasAxis<S extends Shape, A extends number, Op extends string> = number extends S['length'] | A
  ? unknown
  : `${A}` extends keyof S
    ? unknown
    : ShapeError<`${Op}: expected an axis of [${Show<S>}], counted from 0, got ${A}; choose one that it has`>;

/** One element if a range's end is beyond an axis. */
export type EndsBefore<N extends number, E extends number> = number extends N | E
  ? []
  : [Sub<N, E>] extends [never]
    ? [0]
    : [];

/** An error if axis `A` ends before `E`. */
export type Reaches<S extends Shape, A extends number, E extends number> = If<
  EndsBefore<Axis<S, A>, E>,
  ShapeError<`sliceAt: expected an end up to ${Axis<S, A>}, axis ${A} of [${Show<S>}], got ${E}; choose a smaller one`>
>;

/** The length of the last axis, by rank: known for shapes of type parameters too. */
export interface LastAxis<S extends Shape> {
  1: S[0];
  2: S[1];
  3: S[2];
  4: S[3];
  [rank: number]: number;
}

export type Channels<S extends Shape> = LastAxis<S>[S['length']] & number;

/** An error if the last axis ends before `E`. */
export type ReachesLast<S extends Shape, E extends number> = If<
  EndsBefore<Channels<S>, E>,
  ShapeError<`slice: expected an end up to ${Channels<S>}, the last axis of [${Show<S>}], got ${E}; choose a smaller one`>
>;

/** One element if an index is beyond an axis. */
export type IsBeyond<I extends number, N extends number> = number extends I | N
  ? []
  : [Sub<N, Add<I, 1>>] extends [never]
    ? [0]
    : [];

/** An error if the first axis has no entry `I`. */
export type HasEntry<S extends Shape, I extends number> = S['length'] extends 0
  ? ShapeError<`at: expected at least one axis, got []; leave it out`>
  : If<
      IsBeyond<I, S[0]>,
      ShapeError<`at: expected an index below ${S[0]}, the first axis of [${Show<S>}], got ${I}; choose a smaller one`>
    >;

/** The union of a list's indices. */
export type Indices<P extends Shape> = { [K in keyof P]: K extends `${infer I extends number}` ? I : never }[number];

/** An error unless `P` names each axis of a shape once: the union of its elements is that of its indices. */
export type IsOrder<S extends Shape, P extends Shape> = number extends S['length'] | P['length']
  ? unknown
  : P['length'] extends S['length']
    ? [Indices<P>] extends [P[number]]
      ? unknown
      : ShapeError<`permute: expected each axis of [${Show<S>}] once, got ${Show<P>}; name each from 0 once`>
    : ShapeError<`permute: expected ${S['length']} axes, as in [${Show<S>}], got ${Show<P>}; name each from 0 once`>;

/** A shape whose axes are in the order `P`. */
export type Permuted<S extends Shape, P extends Shape> = number extends S['length']
  ? number[]
  : { -readonly [K in keyof P]: P[K] extends keyof S ? S[P[K]] & number : number };

/** A shape for `stack`, which must be that of the first tensor. */
export type Alike<S extends Shape, B extends Shape> = [B] extends [S]
  ? unknown
  : ShapeError<`stack: expected tensors of one shape, got [${Show<S>}] and [${Show<B>}]; reshape or resize one of them`>;

/** The sum of the lengths of axis `A`. */
export type Total<All extends readonly Shape[], A extends number, Out extends number> = All extends readonly []
  ? Out
  : All extends readonly [infer B extends Shape, ...infer R extends Shape[]]
    ? Total<R, A, Add<Out, Axis<B, A>>>
    : number;

/** An error unless two shapes are equal but for axis `A`. */
export type Joins<S extends Shape, A extends number, B extends Shape> = [WithAxis<B, A, 0>] extends [WithAxis<S, A, 0>]
  ? unknown
  : ShapeError<`concatAt: expected shapes equal but for axis ${A}, got [${Show<S>}] and [${Show<B>}]; reshape or resize one of them`>;

export interface LastTwo<S extends Shape> {
  2: [[], S[0], S[1]];
  3: [[S[0]], S[1], S[2]];
  4: [[S[0], S[1]], S[2], S[3]];
  5: [[S[0], S[1], S[2]], S[3], S[4]];
  [rank: number]: [Shape, number, number];
}

/** A shape as a batch of matrices: the axes before the last two, rows, columns. */
export type Matrices<S extends Shape> = LastTwo<S>[S['length']];

export type Differs<A extends number, B extends number> = number extends A | B ? [] : A extends B ? [] : [0];

/** An error unless a has as many columns as b has rows. */
export type Multiplies<A extends Shape, B extends Shape> = If<
  number extends A['length'] | B['length'] ? [] : Differs<Matrices<A>[2], Matrices<B>[1]>,
  ShapeError<`matMul: expected […, m, k] and […, k, n], got [${Show<A>}] and [${Show<B>}]; permute or reshape one of them`>
>;

/** An error unless a shape is that of a series, [steps, channels]. */
export type Series<S extends Shape, Name extends string> = S['length'] extends 2
  ? unknown
  : ShapeError<`${Name}: expected [steps, channels], got [${Show<S>}]; put reshape before it`>;

/** An error if a shape is known not to be that of a vector, with what to do about it. */
export type Vector<
  S extends Shape,
  Name extends string,
  Remedy extends string = `put flatten before it, or write each(${Name}(…)) for each step`,
> = S['length'] extends 1
  ? unknown
  : number extends S['length']
    ? unknown
    : ShapeError<`${Name}: expected one axis, got [${Show<S>}]; ${Remedy}`>;

/** An error if a shape is known not to be that of an image, [height, width, channels]. */
export type Image<S extends Shape, Name extends string> = S['length'] extends 3
  ? unknown
  : number extends S['length']
    ? unknown
    : ShapeError<`${Name}: expected [height, width, channels], got [${Show<S>}]; put reshape before it`>;
