import { custom, exactOptional, fallback, lazy, pipe, rawTransform, safeParse, transform } from './valibot.ts';
import { object as objectOf } from './valibot.ts';
import type { GenericSchema } from './valibot.ts';

// What the schemas of files are built from: valibot's, with what was expected as their messages, in words.

/** How a value that was parsed from JSON is read: its type, and what is said where it is something else. */
export interface Schema<T> {
  readonly [reads]: T;
}
declare const reads: unique symbol;

/** A member that may be missing. */
export interface Optional<T> extends Schema<T> {
  readonly [mayMiss]: true;
}
declare const mayMiss: unique symbol;

/** An object with these members. By them, what is written about each stays with the type. */
export interface Members<E> extends Schema<MembersOf<E>> {}

/** A schema by the name of its type, which errors and editors then show. */
export const typed = <T>(schema: Schema<T>): Schema<T> => schema;

/** The type that a schema reads. */
export type TypeOf<S> = S extends Schema<infer T> ? T : never;

/** What an object with such members holds. */
export type MembersOf<E> = Flat<
  { readonly [K in keyof E as E[K] extends Optional<unknown> ? never : K]: TypeOf<E[K]> } & {
    readonly [K in keyof E as E[K] extends Optional<unknown> ? K : never]?: TypeOf<E[K]>;
  }
>;
type Flat<T> = { [K in keyof T]: T[K] };

/** valibot's schema behind one of ours, whose type says no more than what is read: so that no type of valibot's is published. */
export const within = <T>(schema: Schema<T>): GenericSchema<unknown, T> =>
  schema as unknown as GenericSchema<unknown, T>;
const ours = <T>(schema: GenericSchema<unknown, T>): Schema<T> => schema as unknown as Schema<T>; // the other way round

/** What a test accepts, and what that is in words. */
export const some = <T>(what: string, is: (value: unknown) => value is T): Schema<T> => ours(custom<T>(is, what));

/** The same as another value. */
export const changed = <T, R>(schema: Schema<T>, change: (value: T) => R): Schema<R> =>
  ours(pipe(within(schema), transform(change)));

/** An object with members, not a list. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isMetric = (value: unknown): value is number | null => value === null || isNumber(value);
const asMetric = (value: number | null): number => value ?? NaN;
const isWhole = (value: unknown): value is number => isNumber(value) && Number.isSafeInteger(value) && value >= 0;
const listOf =
  <T>(is: (value: unknown) => value is T) =>
  (value: unknown): value is readonly T[] =>
    Array.isArray(value) && value.every(is);

export const anything = some('anything', (value): value is unknown => value !== undefined);
export const json = some('an object', isObject);
export const list = some('a list', (value): value is readonly unknown[] => Array.isArray(value));
export const text = some('text', isText);
export const texts = some('a list of texts', listOf(isText));
/** A number that JSON can hold. */
export const number = some('a number', isNumber);
export const numbers = some('a list of numbers', listOf(isNumber));
/** A number that JSON has as `null` where it is not finite: a loss that was none. It is read as NaN. */
export const metric: Schema<number> = changed(some('a number', isMetric), asMetric);
export const metrics: Schema<readonly number[]> = changed(some('a list of numbers', listOf(isMetric)), (list) =>
  list.map(asMetric),
);
/** A whole number from 0. */
export const whole = some('a whole number', isWhole);
/** A whole number from 1. */
export const count = some('a whole number of at least 1', (value): value is number => isWhole(value) && value >= 1);
export const positive = some('a number above 0', (value): value is number => isNumber(value) && value > 0);
export const wholes = some('a list of whole numbers', listOf(isWhole));
/** Height, width and channels of an image. */
export const triple = some(
  '[height, width, channels]',
  (value): value is readonly [height: number, width: number, channels: number] =>
    listOf(isWhole)(value) && value.length === 3,
);
export const flag = some('true or false', (value): value is boolean => typeof value === 'boolean');

/** One of several texts. */
export const oneOf = <const T extends string>(...known: readonly T[]): Schema<T> =>
  some(known.join(' or '), (value): value is T => known.some((one) => one === value));

/** A text of a pattern. */
export const matching = (what: string, pattern: RegExp): Schema<string> =>
  some(what, (value): value is string => isText(value) && pattern.test(value));

/** What may be missing. */
export const optional = <T>(schema: Schema<T>): Optional<T> => ours(exactOptional(within(schema))) as Optional<T>; // as its type says to `object`

/** The same where it can be read, and nothing else, without a word: of what may have been written by any version. */
export const lax = <T>(schema: Schema<T>): Schema<T | undefined> =>
  ours(fallback(within<T | undefined>(schema), undefined));

/** What is read by a schema that is chosen by the value. */
export const choice = <T>(choose: (value: unknown) => Schema<T>): Schema<T> =>
  ours(
    Object.assign(
      lazy((value) => within(choose(value))),
      { message: expectedBy(choose(undefined)) },
    ),
  );

/** What JSON has as `null` where there is none. */
export const orNull = <T>(schema: Schema<T>): Schema<T | null> =>
  choice<T | null>((value) => (value === null ? nothing : schema));
const nothing = some('null', (value): value is null => value === null);

/** An object with these members; others are left out, so that a later version may add some. */
export const object = <const E extends Readonly<Record<string, Schema<unknown>>>>(members: E): Members<E> => {
  const missing = ({ expected }: { readonly expected: string | null }): string =>
    Object.keys(members).flatMap((name) => (`"${name}"` === expected ? (expectedBy(members[name]) ?? []) : []))[0] ??
    'an object';
  const inner = Object.fromEntries(Object.entries(members).map(([name, schema]) => [name, within(schema)]));
  const read: GenericSchema = pipe(within(json), objectOf(inner, missing));
  return read as unknown as Members<E>; // by its members, whose names are lost in a list of entries
};

/** An object whose members are all of one kind, under any names: `constructor` and `__proto__` are names as any other. */
export const named = <T>(schema: Schema<T>): Schema<Readonly<Record<string, T>>> =>
  each<Readonly<Record<string, unknown>>, T, Readonly<Record<string, T>>>(json, schema, (found) =>
    // Without a prototype, whose members would be found under their names.
    Object.setPrototypeOf(Object.fromEntries(found), null),
  );

/** A list of objects. */
export const listed = <T>(schema: Schema<T>): Schema<readonly T[]> =>
  each<readonly unknown[], T, readonly T[]>(list, schema, (found) => found.map(([, member]) => member));

/** Reads all members of what a schema accepts; the first that is not right is told with its place. */
const each = <W extends object, T, R>(
  outer: Schema<W>,
  schema: Schema<T>,
  gathered: (found: readonly (readonly [string, T])[]) => R,
): Schema<R> =>
  ours(
    pipe(
      within(outer),
      rawTransform(({ dataset: { value: input }, addIssue, NEVER }) => {
        const found: (readonly [string, T])[] = [];
        for (const [key, value] of Object.entries(input)) {
          const { success, output, issues } = safeParse(within(schema), value, FIRST);
          if (!success) {
            const [{ message, input: got, path = [] }] = issues;
            const place = { type: 'unknown', origin: 'value', input, key, value } as const;
            addIssue({ message, input: got, path: [place, ...path] });
            return NEVER;
          }
          found.push([key, output]);
        }
        return gathered(found);
      }),
    ),
  );

/** One thing that is wrong is told. */
export const FIRST = { abortEarly: true, abortPipeEarly: true } as const;

/** What a schema expects, in words. */
const expectedBy = (schema: Schema<unknown> | undefined): string | undefined =>
  schema && 'message' in schema && typeof schema.message === 'string' ? schema.message : undefined;
