/**
 * Exact arithmetic on literal dimensions, so that shapes stay literal through `concat`, `flatten` and strided layers.
 *
 * Numbers are processed digit by digit, as in written arithmetic, as strings with the least significant digit first
 * (`784` is `'487'`). A digit is a tuple of that many elements, so no tuple ever holds more than 27 and `Mul<14, 6272>`
 * costs as little as `Mul<2, 3>`. A dimension that is known only as `number` stays `number`.
 */
type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';

interface Tally {
  '0': [];
  '1': [0];
  '2': [0, 0];
  '3': [0, 0, 0];
  '4': [0, 0, 0, 0];
  '5': [0, 0, 0, 0, 0];
  '6': [0, 0, 0, 0, 0, 0];
  '7': [0, 0, 0, 0, 0, 0, 0];
  '8': [0, 0, 0, 0, 0, 0, 0, 0];
  '9': [0, 0, 0, 0, 0, 0, 0, 0, 0];
}
type Ten = [...Tally['9'], 0];

type Reverse<S extends string, Out extends string = ''> = S extends `${infer D}${infer R}`
  ? Reverse<R, `${D}${Out}`>
  : Out;
type Digits<N extends number> = Reverse<`${N}`>;

/** The number written by these digits, most significant first, ignoring leading zeros. */
type Read<S extends string> = S extends `0${infer R}`
  ? R extends ''
    ? 0
    : Read<R>
  : S extends `${infer N extends number}`
    ? N
    : never;

type Head<S extends string> = S extends `${infer D extends Digit}${string}` ? D : '0';
type Tail<S extends string> = S extends `${Digit}${infer R}` ? R : '';
type Length<T extends 0[]> = `${T['length'] & number}`;

type Sum<A extends string, B extends string, Carry extends 0[] = [], Out extends string = ''> = [A, B] extends ['', '']
  ? Carry extends [0]
    ? `${Out}1`
    : Out
  : [...Tally[Head<A>], ...Tally[Head<B>], ...Carry] extends infer Column extends 0[]
    ? Column extends [...Ten, ...infer Rest extends 0[]]
      ? Sum<Tail<A>, Tail<B>, [0], `${Out}${Length<Rest>}`>
      : Sum<Tail<A>, Tail<B>, [], `${Out}${Length<Column>}`>
    : never;

/** `A − B`, or `never` if `B` is larger. */
type Difference<A extends string, B extends string, Borrow extends 0[] = [], Out extends string = ''> = [A, B] extends [
  '',
  '',
]
  ? Borrow extends []
    ? Out
    : never
  : Tally[Head<A>] extends [...Tally[Head<B>], ...Borrow, ...infer Rest extends 0[]]
    ? Difference<Tail<A>, Tail<B>, [], `${Out}${Length<Rest>}`>
    : [...Ten, ...Tally[Head<A>]] extends [...Tally[Head<B>], ...Borrow, ...infer Rest extends 0[]]
      ? Difference<Tail<A>, Tail<B>, [0], `${Out}${Length<Rest>}`>
      : never;

/** `A` added to `Out` as many times as `Times` has elements. */
type AddTimes<A extends string, Times extends 0[], Out extends string> = Times extends [0, ...infer Rest extends 0[]]
  ? AddTimes<A, Rest, Sum<A, Out>>
  : Out;

/** Long multiplication; `B` is written most significant digit first. */
type Long<A extends string, B extends string, Out extends string = ''> = B extends `${infer D extends Digit}${infer R}`
  ? Long<A, R, AddTimes<A, Tally[D], `0${Out}`>>
  : Out;

/** How many times `By` goes into `Left`, and what is left over; both are written least significant digit first. */
type Goes<Left extends string, By extends string, Times extends 0[] = []> =
  Difference<Left, By> extends infer D extends string
    ? [D] extends [never]
      ? [Length<Times>, Left]
      : Goes<D, By, [...Times, 0]>
    : never;

/** The quotient and the remainder by long division; `N` is written most significant digit first, as the quotient is. */
type Divided<
  N extends string,
  By extends string,
  Left extends string = '',
  Out extends string = '',
> = N extends `${infer D}${infer R}`
  ? Goes<`${D}${Left}`, By> extends [infer Q extends string, infer Rest extends string]
    ? Divided<R, By, Rest, `${Out}${Q}`>
    : never
  : [Out, Left];

/** `A + B` */
export type Add<A extends number, B extends number> = number extends A | B
  ? number
  : Read<Reverse<Sum<Digits<A>, Digits<B>>>>;

/** `A − B`, or `never` if that is negative. */
export type Sub<A extends number, B extends number> = number extends A | B
  ? number
  : Difference<Digits<A>, Digits<B>> extends infer D extends string
    ? Read<Reverse<D>>
    : never;

/** `A · B` */
export type Mul<A extends number, B extends number> = number extends A | B
  ? number
  : Read<Reverse<Long<Digits<A>, `${B}`>>>;

/** `⌊N / By⌋`, or `never` for a division by 0. */
export type Div<N extends number, By extends number> = number extends N | By
  ? number
  : By extends 0
    ? never
    : Read<Divided<`${N}`, Digits<By>>[0]>;

/** `N mod By`, or `never` for a division by 0. */
export type Mod<N extends number, By extends number> = number extends N | By
  ? number
  : By extends 0
    ? never
    : Read<Reverse<Divided<`${N}`, Digits<By>>[1]>>;

/** `⌈N / By⌉`, or `never` for a division by 0. */
export type CeilDiv<N extends number, By extends number> = number extends N | By
  ? number
  : By extends 0
    ? never
    : Divided<`${N}`, Digits<By>> extends [infer Q extends string, infer Left extends string]
      ? Read<Reverse<Left>> extends 0
        ? Read<Q>
        : Add<Read<Q>, 1>
      : never;

/** `⌊N / 2⌋` */
export type HalfDown<N extends number> = Div<N, 2>;

/** `⌈N / 2⌉` */
export type HalfUp<N extends number> = CeilDiv<N, 2>;

/** The number of elements of a shape. */
export type Product<S extends readonly number[], Out extends number = 1> = S extends readonly [
  infer D extends number,
  ...infer R extends number[],
]
  ? Product<R, Mul<D, Out>>
  : number extends S['length']
    ? number
    : Out;
