import { signed, unsigned, vector } from './bytes.ts';
import { i32, int, type Expr, type Int, type Type } from './expression.ts';

/** A variable of a function: as an expression, its current value. */
export interface Local<T extends Type> extends Expr<T> {
  readonly index: number;
}

/** A function of a module: its number there, and its types. */
export interface Func<P extends readonly Type[], R extends Type | undefined> {
  readonly index: number;
  readonly params: P;
  readonly result: R;
}

/** Values for parameters; whole numbers may be known ones. */
export type Arguments<P extends readonly Type[]> = {
  readonly [K in keyof P]: P[K] extends 'i32' ? Int : P[K] extends Type ? Expr<P[K]> : never;
};

const BYTE = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const satisfies Record<Type, number>;

/** Returns the types of a function's parameters and of its result as a module encodes them. */
export const signatureBytes = (params: readonly Type[], result: Type | undefined): number[] => [
  0x60,
  ...vector(params.map((type) => [BYTE[type]])),
  ...vector(result === undefined ? [] : [[BYTE[result]]]),
];

const callBytes = (index: number, args: readonly Int[] | readonly Expr<Type>[]): number[] => [
  ...args.flatMap((arg) => (typeof arg === 'number' ? int(arg) : arg).code),
  0x10,
  ...unsigned(index),
];

/** Returns the result of a function as an expression. */
export const called = <P extends readonly Type[], R extends Type>(
  { index, result }: Func<P, R>,
  ...args: Arguments<P>
): Expr<R> => ({ type: result, code: callBytes(index, args as readonly Expr<Type>[]) });

/** Writes the body of one function, statement by statement. */
export class Code {
  readonly #types: Type[];
  readonly #params: number;
  #code: number[] = [];

  constructor(params: readonly Type[]) {
    this.#types = [...params];
    this.#params = params.length;
  }

  /** Returns a parameter by its position. */
  param<T extends Type>(index: number, type: T): Local<T> {
    return { type, index, code: [0x20, ...unsigned(index)] };
  }

  /** Returns a new variable, which is 0 unless it is given a value. */
  local<T extends Type>(type: T, value?: Expr<T>): Local<T> {
    const local = this.param(this.#types.push(type) - 1, type);
    if (value) this.set(local, value);
    return local;
  }

  /** Returns a new whole number. */
  int(value: Int): Local<'i32'> {
    return this.local('i32', int(value));
  }

  set<T extends Type>({ index }: Local<T>, value: Expr<T>): void {
    this.#add(value.code, [0x21], unsigned(index));
  }

  /** Adds to a whole number. */
  increase(local: Local<'i32'>, by: Int): void {
    this.set(local, i32.add(local, by));
  }

  storeNumber(at: Int, value: Expr<'f32'>, offset = 0): void {
    this.#add(int(at).code, value.code, [0x38, 2], unsigned(offset));
  }

  /** Stores four numbers. */
  store(at: Int, value: Expr<'v128'>, offset = 0): void {
    this.#add(int(at).code, value.code, [0xfd, 0x0b, 2], unsigned(offset));
  }

  /** Copies bytes, which may overlap. */
  copy(to: Int, from: Int, bytes: Int): void {
    this.#add(int(to).code, int(from).code, int(bytes).code, [0xfc, 10, 0, 0]);
  }

  /** Sets bytes to 0. */
  clear(at: Int, bytes: Int): void {
    this.#add(int(at).code, int(0).code, int(bytes).code, [0xfc, 11, 0]);
  }

  /** Calls a function without a result. */
  call<P extends readonly Type[]>({ index }: Func<P, undefined>, ...args: Arguments<P>): void {
    this.#add(callBytes(index, args as readonly Expr<Type>[]));
  }

  /** Runs `body` for i = from, from + step, …, while i < to, unsigned. */
  range(from: Int, to: Int, step: number, body: (i: Local<'i32'>) => void): void {
    const i = this.int(from);
    this.while(i32.lt(i, to), () => {
      body(i);
      this.increase(i, step);
    });
  }

  /** Repeats `body` while a condition holds. */
  while(condition: Expr<'i32'>, body: () => void): void {
    // The condition once in front, and then behind each turn: one jump a turn.
    this.if(condition, () => {
      this.#add([0x03, 0x40]);
      body();
      this.#add(condition.code, [0x0d, 0, 0x0b]);
    });
  }

  if(condition: Expr<'i32'>, then: () => void, otherwise?: () => void): void {
    this.#add(condition.code, [0x04, 0x40]);
    then();
    if (otherwise) {
      this.#add([0x05]);
      otherwise();
    }
    this.#add([0x0b]);
  }

  /** Ends the body with the value that the function returns, if it returns one; returns its bytes. */
  finish(result?: Expr<Type>): number[] {
    if (result) this.#add(result.code);
    const groups: number[][] = [];
    let last: Type | undefined;
    let count = 0;
    const close = (): void => {
      if (last !== undefined) groups.push([...unsigned(count), BYTE[last]]);
    };
    for (const type of this.#types.slice(this.#params)) {
      if (type === last) {
        count++;
        continue;
      }
      close();
      [last, count] = [type, 1];
    }
    close();
    const body = vector(groups).concat(this.#code, [0x0b]);
    return unsigned(body.length).concat(body);
  }

  #add(...parts: readonly (readonly number[])[]): void {
    // Not spread: bodies may have more bytes than a call may have arguments.
    for (const part of parts) for (const byte of part) this.#code.push(byte);
  }
}

/** A whole number in bytes, for constant expressions of a module. */
export const constantExpression = (value: number): number[] => [0x41, ...signed(value), 0x0b];
