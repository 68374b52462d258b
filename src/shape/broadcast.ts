import type { Shape, ShapeError, Show } from './shape.ts';

/**
 * What the last axes of a shape may be, by its number of axes: `[] | [3] | [2, 3]` of `[2, 3]`. A table, not a
 * recursion, so that it is also known for `[H, W, C]` of type parameters.
 */
export interface LastAxes<S extends Shape> {
  0: [];
  1: [] | [S[0]];
  2: [] | [S[1]] | [S[0], S[1]];
  3: [] | [S[2]] | [S[1], S[2]] | [S[0], S[1], S[2]];
  4: [] | [S[3]] | [S[2], S[3]] | [S[1], S[2], S[3]] | [S[0], S[1], S[2], S[3]];
  5: [] | [S[4]] | [S[3], S[4]] | [S[2], S[3], S[4]] | [S[1], S[2], S[3], S[4]] | [S[0], S[1], S[2], S[3], S[4]];
  [rank: number]: Shape;
}

export type Suffixes<S extends Shape> = LastAxes<S>[S['length']];

export interface UpTo {
  0: 0;
  1: 0 | 1;
  2: 0 | 1 | 2;
  3: 0 | 1 | 2 | 3;
  4: 0 | 1 | 2 | 3 | 4;
  5: 0 | 1 | 2 | 3 | 4 | 5;
  [rank: number]: number;
}

/**
 * The shape to which two shapes broadcast: the one with more axes. Only their lengths are compared, which are known
 * even if dimensions are type parameters. If both shapes are one type parameter S, every branch is S, from which
 * TypeScript knows that the result is S.
 */
export type Wider<A extends Shape, B extends Shape> = B['length'] extends 0
  ? A
  : A['length'] extends 0
    ? B
    : B['length'] extends UpTo[A['length']]
      ? A
      : B;

/**
 * `unknown` if one shape consists of the other's last axes, otherwise an error that says what is wrong. It neither
 * infers nor distributes, so that it is decided even if shapes are type parameters.
 */
export type Fits<A extends Shape, B extends Shape, Op extends string> = B['length'] extends 0
  ? unknown
  : A['length'] extends 0
    ? unknown
    : [B] extends [A | Suffixes<A>]
      ? unknown
      : [A] extends [B | Suffixes<B>]
        ? unknown
        : ShapeError<`${Op}: expected equal shapes, or one with the last axes of the other, got [${Show<A>}] and [${Show<B>}]; reshape or expand one of them`>;
