import type { Add } from './arithmetic.ts';

/** The extent of each axis of one example. The batch axis is never written: it is the model's, not the network's. */
export type Shape = readonly number[];

/** A type that no value has, so that a wrong shape is a compile error that says what is wrong. */
export interface ShapeError<Message extends string> {
  readonly shapeError: Message;
}

/** A shape as it reads in a sentence: `28, 28, 1`. */
export type Show<S extends Shape> = S extends readonly [infer A extends number, ...infer R extends number[]]
  ? R extends []
    ? `${A}`
    : `${A}, ${Show<R>}`
  : '';

/**
 * `A` and `B` joined along their last axis, or `never` where the others differ. What is known only at run time, a dimension or
 * the number of axes, is checked there.
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

/** The shape that two shapes are, `number` standing for any dimension; `never` where they differ. */
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
