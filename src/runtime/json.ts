import { isObject, type Json } from './format.ts';

/** Throws: says what was expected and what there was. */
export type Refuse = (expected: string, got: string) => never;

/** Reads parsed JSON: gives a value of its type, or refuses; `at` names the place: `target.shape`. */
export type Read<T> = (value: unknown, at: string, refuse: Refuse) => T;

/** Any object. */
export const json: Read<Json> = (value, at, refuse) =>
  isObject(value) ? value : refuse(`${at} to be an object`, brief(value));

/** An object with these members, of which those may be missing that are read as undefined. Others are left out. */
export const object =
  <S extends Readonly<Record<string, Read<unknown>>>>(members: S): Read<Shape<S>> =>
  (value, at, refuse) => {
    const source = json(value, at || 'the whole', refuse);
    const found = Object.entries(members).flatMap(([name, read]) => {
      const member = read(source[name], at ? `${at}.${name}` : name, refuse);
      return member === undefined ? [] : [[name, member]];
    });
    return Object.fromEntries(found) as Shape<S>; // each member is what its reader gave
  };

/** An object whose members are all of one type, under any names. */
export const record =
  <T>(read: Read<T>): Read<Readonly<Record<string, T>>> =>
  (value, at, refuse) => {
    const members = Object.entries(json(value, at, refuse));
    return Object.fromEntries(members.map(([name, member]) => [name, read(member, `${at}.${name}`, refuse)]));
  };

/** What may be missing. */
export const optional =
  <T>(read: Read<T>): Read<T | undefined> =>
  (value, at, refuse) =>
    value === undefined ? undefined : read(value, at, refuse);

/** One of several texts. */
export const oneOf =
  <T extends string>(...known: readonly T[]): Read<T> =>
  (value, at, refuse) =>
    known.find((one) => one === value) ?? refuse(`${at} to be ${known.join(' or ')}`, brief(value));

/** What a test accepts. */
export const some =
  <T>(what: string, is: (value: unknown) => value is T): Read<T> =>
  (value, at, refuse) =>
    is(value) ? value : refuse(`${at} to be ${what}`, brief(value));

const listOf =
  <T>(is: (value: unknown) => value is T) =>
  (value: unknown): value is readonly T[] =>
    Array.isArray(value) && value.every(is);

/** A text that a pattern may restrict. */
export const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isSize = (value: unknown): value is number => isNumber(value) && Number.isSafeInteger(value) && value >= 0;

export const text = some('text', isText);
export const texts = some('a list of texts', listOf(isText));
export const numbers = some('a list of numbers', listOf(isNumber));
/** A whole number from 0. */
export const size = some('a whole number', isSize);
/** Whole numbers from 0. */
export const sizes = some('a list of whole numbers', listOf(isSize));

/** A number that JSON can hold. */
export const number = some('a number', isNumber);

/** A value as JSON, shortened to what fits a sentence. */
export const brief = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

/** What an object's readers give: members that may be undefined may be missing. */
type Shape<S> = { readonly [K in keyof S as undefined extends Given<S[K]> ? never : K]: Given<S[K]> } & {
  readonly [K in keyof S as undefined extends Given<S[K]> ? K : never]?: Exclude<Given<S[K]>, undefined>;
};
type Given<R> = R extends Read<infer T> ? T : never;
