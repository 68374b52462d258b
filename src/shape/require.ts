import type { Mod } from './arithmetic.ts';
import type { ShapeError } from './shape.ts';

/**
 * `Wrong` if `Test` has one element, otherwise nothing. If that depends on a type parameter, nothing: TypeScript
 * replaces the parameter by a wildcard to ask whether the length may be 1, and the length of a spread wildcard is
 * `number`. So a user's generic block compiles, and is checked where it is called, or at run time.
 *
 * In declarations and errors, a check that is not decided yet is shown by the name of the type whose conditional it is.
 * A layer's own checks are therefore written as this one is, and exported: of `If` its whole test would be shown, which
 * may be of any length.
 */
export type If<Test extends readonly 0[], Wrong> = [...Test]['length'] extends 1 ? Wrong : unknown;

/** `[0]` if `By` leaves a remainder of `N`; a number known only at run time is checked there. */
type Remains<N extends number, By extends number> = By extends 1
  ? []
  : number extends N | By
    ? []
    : Mod<N, By> extends 0
      ? []
      : [0];

/** `[0]` if two lengths differ; of lengths known only at run time, nothing. */
type Differs<T extends number, M extends number> = number extends T | M ? [] : [T] extends [M] ? [] : [0];

/** An error with these words unless a mask has a number for each of `T` steps. */
export type Counts<T extends number, M extends number, Words extends string> = [...Differs<T, M>]['length'] extends 1
  ? ShapeError<Words>
  : unknown;

/** An error with these words unless `By` divides `N`. */
export type Divides<N extends number, By extends number, Words extends string> = [...Remains<N, By>]['length'] extends 1
  ? ShapeError<Words>
  : unknown;
