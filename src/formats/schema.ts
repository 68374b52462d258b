import { custom, exactOptional, fallback, lazy, pipe, rawTransform, safeParse, transform } from './valibot.ts';
import { object as objectOf } from './valibot.ts';
import type { GenericSchema } from './valibot.ts';

// Building blocks of the schemas of files: those of valibot, whose messages state what was expected.

/** Describes how a value that was parsed from JSON is read: its type, and the message for anything else. */
export interface Schema<T> {
  readonly [reads]: T;
}
declare const reads: unique symbol;

/** A member that may be missing. */
export interface Optional<T> extends Schema<T> {
  readonly [mayMiss]: true;
}
declare const mayMiss: unique symbol;

/** An object with these members. This way, the documentation of each member stays with the type. */
export interface Members<E> extends Schema<MembersOf<E>> {}

/** Gives a schema a named type, which errors and editors then show. */
export const typed = <T>(schema: Schema<T>): Schema<T> => schema;

/** The type that a schema reads. */
export type TypeOf<S> = S extends Schema<infer T> ? T : never;

/** The type of an object with such members. */
export type MembersOf<E> = Flat<
  { readonly [K in keyof E as E[K] extends Optional<unknown> ? never : K]: TypeOf<E[K]> } & {
    readonly [K in keyof E as E[K] extends Optional<unknown> ? K : never]?: TypeOf<E[K]>;
  }
>;
type Flat<T> = { [K in keyof T]: T[K] };

/**
 * Returns the valibot schema behind one of ours, whose type states only what is read: so that no type of valibot is published.
 */
export const within = <T>(schema: Schema<T>): GenericSchema<unknown, T> =>
  schema as unknown as GenericSchema<unknown, T>;
const ours = <T>(schema: GenericSchema<unknown, T>): Schema<T> => schema as unknown as Schema<T>; // the other way round

/** Returns a schema for the values that a test accepts, with a description in words. */
export const some = <T>(what: string, is: (value: unknown) => value is T): Schema<T> => ours(custom<T>(is, what));

/** Returns a schema that converts what another one reads. */
export const changed = <T, R>(schema: Schema<T>, change: (value: T) => R): Schema<R> =>
  ours(pipe(within(schema), transform(change)));

/** Returns a schema that also reads objects of earlier versions, in which members had the names on the left. */
export const renamed = <T>(schema: Schema<T>, names: Readonly<Record<string, string>>): Schema<T> =>
  ours(
    pipe(
      within(json),
      transform((found): unknown =>
        Object.fromEntries(
          Object.entries(found).map(([name, value]) => {
            const now = names[name];
            return [now === undefined || now in found ? name : now, value];
          }),
        ),
      ),
      within(schema),
    ),
  );

/** Whether a value is an object with members, not a list. */
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
/** A number that JSON represents as `null` if it is not finite, such as an undefined loss. It is read as NaN. */
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

/** Returns a schema for one of several texts. */
export const oneOf = <const T extends string>(...known: readonly T[]): Schema<T> =>
  some(known.join(' or '), (value): value is T => known.some((one) => one === value));

/** Returns a schema for a text that matches a pattern. */
export const matching = (what: string, pattern: RegExp): Schema<string> =>
  some(what, (value): value is string => isText(value) && pattern.test(value));

/** Returns a schema for a member that may be missing, which its type signals to `object`. */
export const optional = <T>(schema: Schema<T>): Optional<T> => ours(exactOptional(within(schema))) as Optional<T>;

/** The same if it can be read, and otherwise undefined, silently: for what any version may have written. */
export const lax = <T>(schema: Schema<T>): Schema<T | undefined> =>
  ours(fallback(within<T | undefined>(schema), undefined));

/** Returns a schema that is chosen by the value. */
export const choice = <T>(choose: (value: unknown) => Schema<T>): Schema<T> =>
  ours(
    Object.assign(
      lazy((value) => within(choose(value))),
      { message: expectedBy(choose(undefined)) },
    ),
  );

/** Returns a schema for a value that JSON represents as `null` if it is missing. */
export const orNull = <T>(schema: Schema<T>): Schema<T | null> =>
  choice<T | null>((value) => (value === null ? nothing : schema));
const nothing = some('null', (value): value is null => value === null);

/** Returns a schema for an object with these members; others are ignored, so that a later version may add some. */
export const object = <const E extends Readonly<Record<string, Schema<unknown>>>>(members: E): Members<E> => {
  const missing = ({ expected }: { readonly expected: string | null }): string =>
    Object.keys(members).flatMap((name) => (`"${name}"` === expected ? (expectedBy(members[name]) ?? []) : []))[0] ??
    'an object';
  const inner = Object.fromEntries(Object.entries(members).map(([name, schema]) => [name, within(schema)]));
  const read: GenericSchema = pipe(within(json), objectOf(inner, missing));
  return read as unknown as Members<E>; // typed by its members, whose names are lost in a list of entries
};

/**
 * Returns a schema for an object whose members are all of one kind, under any names: `constructor` and `__proto__` are ordinary
 * names.
 */
export const named = <T>(schema: Schema<T>): Schema<Readonly<Record<string, T>>> =>
  each<Readonly<Record<string, unknown>>, T, Readonly<Record<string, T>>>(json, schema, (found) =>
    // Without a prototype, whose members would be found under their names.
    Object.setPrototypeOf(Object.fromEntries(found), null),
  );

/** Returns a schema for a list of objects. */
export const listed = <T>(schema: Schema<T>): Schema<readonly T[]> =>
  each<readonly unknown[], T, readonly T[]>(list, schema, (found) => found.map(([, member]) => member));

/** Reads all members of what a schema accepts; the first invalid one is reported with its location. */
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

/** Only the first error is reported. */
export const FIRST = { abortEarly: true, abortPipeEarly: true } as const;

/** Returns what a schema expects, in words. */
const expectedBy = (schema: Schema<unknown> | undefined): string | undefined =>
  schema && 'message' in schema && typeof schema.message === 'string' ? schema.message : undefined;
