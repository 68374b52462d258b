/** Throws: says what was expected and what there was. */
export type Refuse = (expected: string, got: string) => never;

/** A JSON object whose members are not known yet. */
export type Json = Readonly<Record<string, unknown>>;

/** Readers of parsed JSON, each of which gives a value of its type or refuses; `at` names the place: `target.shape`. */
export interface Reader {
  /** The object in a text; `what` says what it should describe. */
  json(text: string, what: string): Json;
  object(value: unknown, at: string): Json;
  text(value: unknown, at: string, what?: string, pattern?: RegExp): string;
  /** A whole number from 0. */
  integer(value: unknown, at: string): number;
  /** Whole numbers from 0. */
  shape(value: unknown, at: string): readonly number[];
  numbers(value: unknown, at: string): readonly number[];
  texts(value: unknown, at: string): readonly string[];
  oneOf<T extends string>(value: unknown, at: string, known: readonly T[]): T;
}

/** Readers that refuse with `refuse`. */
export const reader = (refuse: Refuse): Reader => {
  const expect = (at: string, what: string, value: unknown): never => refuse(`${at} to be ${what}`, brief(value));
  const list = <T>(value: unknown, at: string, what: string, is: (item: unknown) => item is T): readonly T[] =>
    Array.isArray(value) && value.every(is) ? value : expect(at, what, value);
  return {
    json: (text, what) => {
      const value =
        parse(text) ?? refuse(`JSON that ${what}`, text === '' ? 'an empty file' : 'text that is not JSON, or cut off');
      return isObject(value) ? value : expect('the whole', 'an object', value);
    },
    object: (value, at) => (isObject(value) ? value : expect(at, 'an object', value)),
    text: (value, at, what = 'text', pattern) =>
      isText(value) && (pattern?.test(value) ?? true) ? value : expect(at, what, value),
    integer: (value, at) => (isSize(value) ? value : expect(at, 'a whole number', value)),
    shape: (value, at) => list(value, at, 'a list of whole numbers', isSize),
    numbers: (value, at) => list(value, at, 'a list of numbers', isNumber),
    texts: (value, at) => list(value, at, 'a list of texts', isText),
    oneOf: (value, at, known) => known.find((one) => one === value) ?? expect(at, known.join(' or '), value),
  };
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A value as JSON, shortened to what fits a sentence. */
export const brief = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isSize = (value: unknown): value is number => isNumber(value) && Number.isSafeInteger(value) && value >= 0;
