import { float, signed, unsigned } from './bytes.ts';

/** The types of values in WebAssembly that kernels use: a whole number or an address, a number, four numbers. */
export type Type = 'i32' | 'f32' | 'v128';

/** The code that leaves a value of type `T` on WebAssembly's stack. Its value is computed each time that it is used. */
export interface Expr<T extends Type> {
  readonly type: T;
  readonly code: readonly number[];
}

/** A whole number, or a number that is known while code is made. */
export type Int = Expr<'i32'> | number;

const made = <T extends Type>(type: T, ...code: readonly (readonly number[])[]): Expr<T> => ({
  type,
  code: code.flat(),
});

const asInt = (value: Int): Expr<'i32'> => (typeof value === 'number' ? made('i32', [0x41], signed(value)) : value);

const constantOf = ({ code }: Expr<'i32'>): number | undefined => CONSTANTS.get(code);
const CONSTANTS = new WeakMap<readonly number[], number>();

/** Returns a whole number as an expression; what is known of it while code is made is computed then. */
export const int = (value: Int): Expr<'i32'> => {
  const made = asInt(value);
  if (typeof value === 'number') CONSTANTS.set(made.code, value);
  return made;
};

const whole =
  (opcode: number, known: (a: number, b: number) => number, neutral?: number) =>
  (a: Int, b: Int): Expr<'i32'> => {
    const [left, right] = [int(a), int(b)];
    const [x, y] = [constantOf(left), constantOf(right)];
    if (x !== undefined && y !== undefined) return int(known(x, y) | 0);
    if (y !== undefined && y === neutral) return left;
    return made('i32', left.code, right.code, [opcode]);
  };

/** Arithmetic of whole numbers; comparisons are 1 or 0, of unsigned numbers unless they say otherwise. */
export const i32 = {
  add: whole(0x6a, (a, b) => a + b, 0),
  sub: whole(0x6b, (a, b) => a - b, 0),
  mul: whole(0x6c, (a, b) => Math.imul(a, b), 1),
  /** The quotient, without its rest, and the rest. */
  div: whole(0x6e, (a, b) => Math.trunc(a / b), 1),
  rest: whole(0x70, (a, b) => a % b),
  shl: whole(0x74, (a, b) => a << b, 0),
  shr: whole(0x76, (a, b) => a >>> b, 0),
  and: whole(0x71, (a, b) => a & b),
  or: whole(0x72, (a, b) => a | b),
  lt: whole(0x49, (a, b) => Number(a >>> 0 < b >>> 0)),
  gt: whole(0x4b, (a, b) => Number(a >>> 0 > b >>> 0)),
  ge: whole(0x4f, (a, b) => Number(a >>> 0 >= b >>> 0)),
  ltSigned: whole(0x48, (a, b) => Number(a < b)),
  eq: whole(0x46, (a, b) => Number(a === b)),
  load: (at: Int, offset = 0): Expr<'i32'> => made('i32', int(at).code, [0x28, 2], unsigned(offset)),
  load16: (at: Int, offset = 0): Expr<'i32'> => made('i32', int(at).code, [0x2f, 1], unsigned(offset)),
  load8: (at: Int, offset = 0): Expr<'i32'> => made('i32', int(at).code, [0x2c, 0], unsigned(offset)),
  /** Truncates a number towards 0; what no whole number holds is the nearest one, NaN is 0. */
  truncate: (x: Expr<'f32'>): Expr<'i32'> => made('i32', x.code, [0xfc, 0]),
  select: (condition: Int, a: Int, b: Int): Expr<'i32'> =>
    made('i32', int(a).code, int(b).code, int(condition).code, [0x1b]),
};

type Number1 = Expr<'f32'> | number;
const num = (value: Number1): Expr<'f32'> => (typeof value === 'number' ? made('f32', [0x43], float(value)) : value);
const two = (opcode: number) => (a: Number1, b: Number1) => made('f32', num(a).code, num(b).code, [opcode]);

/** Arithmetic of single numbers. */
export const f32 = {
  of: num,
  add: two(0x92),
  sub: two(0x93),
  mul: two(0x94),
  div: two(0x95),
  min: two(0x96),
  max: two(0x97),
  gt: (a: Expr<'f32'>, b: Expr<'f32'>): Expr<'i32'> => made('i32', a.code, b.code, [0x5e]),
  load: (at: Int, offset = 0): Expr<'f32'> => made('f32', int(at).code, [0x2a, 2], unsigned(offset)),
  /** The number of a whole number, which is not negative. */
  from: (x: Int): Expr<'f32'> => made('f32', int(x).code, [0xb3]),
  fromSigned: (x: Int): Expr<'f32'> => made('f32', int(x).code, [0xb2]),
  /** The number with these 32 bits. */
  reinterpret: (x: Int): Expr<'f32'> => made('f32', int(x).code, [0xbe]),
  /** The first of four. */
  first: (x: Expr<'v128'>): Expr<'f32'> => made('f32', x.code, [0xfd, ...unsigned(0x1f), 0]),
  lane: (x: Expr<'v128'>, lane: number): Expr<'f32'> => made('f32', x.code, [0xfd, ...unsigned(0x1f), lane]),
};

type Four = Expr<'v128'>;
const simd = (opcode: number, ...given: readonly Expr<Type>[]): Four =>
  made('v128', ...given.map(({ code }) => code), [0xfd, ...unsigned(opcode)]);
const unary = (opcode: number) => (a: Four) => simd(opcode, a);
const binary = (opcode: number) => (a: Four, b: Four) => simd(opcode, a, b);

/** Arithmetic of four numbers at a time; comparisons have all bits of a lane set, or none. */
export const v128 = {
  load: (at: Int, offset = 0): Four => made('v128', int(at).code, [0xfd, 0, 2], unsigned(offset)),
  /** One number in all four lanes. */
  loadSplat: (at: Int, offset = 0): Four => made('v128', int(at).code, [0xfd, ...unsigned(9), 2], unsigned(offset)),
  splat: (x: Number1): Four =>
    typeof x === 'number' ? made('v128', [0xfd, 12], float(x), float(x), float(x), float(x)) : simd(0x13, x),
  add: binary(0xe4),
  sub: binary(0xe5),
  mul: binary(0xe6),
  div: binary(0xe7),
  min: binary(0xe8),
  max: binary(0xe9),
  /** b < a ? b : a, which costs less than `min`; a where one of both is NaN. */
  pmin: binary(0xea),
  pmax: binary(0xeb),
  abs: unary(0xe0),
  neg: unary(0xe1),
  sqrt: unary(0xe3),
  ceil: unary(0x67),
  floor: unary(0x68),
  trunc: unary(0x69),
  nearest: unary(0x6a),
  eq: binary(0x41),
  ne: binary(0x42),
  lt: binary(0x43),
  gt: binary(0x44),
  le: binary(0x45),
  ge: binary(0x46),
  and: binary(0x4e),
  /** a and not b. */
  andNot: binary(0x4f),
  or: binary(0x50),
  xor: binary(0x51),
  not: unary(0x4d),
  /** Bits of a where the mask has ones, else of b. */
  select: (mask: Four, a: Four, b: Four): Four => simd(0x52, a, b, mask),
  /** Lanes of two vectors in any order: 0 to 3 of the first, 4 to 7 of the second. */
  shuffle: (a: Four, b: Four, lanes: readonly number[]): Four =>
    made(
      'v128',
      a.code,
      b.code,
      [0xfd, 13],
      lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)),
    ),
  /** Four whole numbers. */
  splatInt: (x: Int): Four => simd(0x11, int(x)),
  addInt: binary(0xae),
  subInt: binary(0xb1),
  shl: (a: Four, by: number): Four => simd(0xab, a, int(by)),
  shr: (a: Four, by: number): Four => simd(0xad, a, int(by)),
  shrSigned: (a: Four, by: number): Four => simd(0xac, a, int(by)),
  /** Whole numbers of numbers, towards 0, and back. */
  toInt: unary(0xf8),
  fromInt: unary(0xfa),
};
