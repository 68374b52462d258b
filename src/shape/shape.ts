import type { Add } from './arithmetic.ts';

/**
 * The length of each axis of one example. The batch axis is never included: it belongs to the model, not to the
 * network.
 */
export type Shape = readonly number[];

/** A type that has no values, so that a wrong shape is a compile error whose text explains the problem. */
export interface ShapeError<Message extends string> {
  readonly shapeError: Message;
}

/** A shape as text within a sentence: `28, 28, 1`. */
export type Show<S extends Shape> = S extends readonly [infer A extends number, ...infer R extends number[]]
  ? R extends []
    ? `${A}`
    : `${A}, ${Show<R>}`
  : '';

/**
 * `A` and `B` joined along their last axis, or `never` if the other axes differ. A dimension or number of axes that is
 * known only at run time is checked there.
 */
export type Concat<A extends Shape, B extends Shape> = number extends A['length'] | B['length']
  ? Shape
  : [A, B] extends [
        readonly [...infer LeadA extends number[], infer LastA extends number],
        readonly [...infer LeadB extends number[], infer LastB extends number],
      ]
    ? Agreed<LeadA, LeadB> extends infer Lead extends number[]
      ? [...Lead, Add<LastA, LastB>]
      : never
    : never;

/** The common shape of two shapes, in which `number` matches any dimension; `never` if they differ. */
type Agreed<A extends Shape, B extends Shape, Out extends number[] = []> = [A, B] extends [readonly [], readonly []]
  ? Out
  : [A, B] extends [
        readonly [infer M extends number, ...infer RestA extends number[]],
        readonly [infer N extends number, ...infer RestB extends number[]],
      ]
    ? M extends N
      ? Agreed<RestA, RestB, [...Out, M]>
      : number extends M
        ? Agreed<RestA, RestB, [...Out, N]>
        : never
    : never;
