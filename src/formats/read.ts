import { InvalidFile } from '../errors.ts';
import { asJson } from '../values/as-json.ts';
import { FIRST, within, type Schema } from './schema.ts';
import { safeParse } from './valibot.ts';

/** What is reported about an invalid file: its location, what it should hold, and the remedy. */
export interface Wanted {
  /** The file, and the location in it if it holds several things. */
  readonly where: string;
  readonly what: string;
  readonly remedy: string;
}

/** Throws an error that states what was expected and what was found. */
export type Refuse = (expected: string, got: string) => never;

/** Returns a function that refuses a file. */
export const refusing =
  ({ where, remedy }: Omit<Wanted, 'what'>): Refuse =>
  (expected, got) => {
    // Names from a file may hold anything: a sentence must stay on one line.
    throw new InvalidFile(`${where}: expected ${expected}, got ${got}; ${remedy}`.replace(/\p{Cc}+/gu, ' '));
  };

/**
 * Parses the JSON in a text and reads all of it with a schema. @throws InvalidFile, beginning with `where`, for any other text.
 */
export const readText = <T>(schema: Schema<T>, source: string, wanted: Wanted): T =>
  read(schema, parsed(source, wanted), wanted);

/** Reads a value that was parsed from JSON with a schema. @throws InvalidFile, beginning with `where`, for any other value. */
export const read = <T>(schema: Schema<T>, value: unknown, wanted: Wanted): T =>
  check(schema, value, '', refusing(wanted), wanted.what);

/** The same for the value at a location: `target.shape`, or `''` for the whole, which is `what`. */
export const check = <T>(schema: Schema<T>, value: unknown, at: string, refuse: Refuse, what = at): T => {
  const found = tried(schema, value);
  if (found === undefined) return refuse(what, 'one that is nested too deep');
  if (found.success) return found.output;
  const [{ message, input, path = [] }] = found.issues;
  const place = [...(at === '' ? [] : [at]), ...path.map(({ key }) => keyText(key))].join('.');
  return refuse(place === '' ? what : `${place} to be ${message}`, asJson(input));
};

/** The same if it can be read; otherwise undefined, silently. */
export const attempt = <T>(schema: Schema<T>, source: string | undefined): T | undefined => {
  if (source === undefined) return undefined;
  try {
    const found = tried(schema, JSON.parse(source));
    return found?.success ? found.output : undefined;
  } catch {
    return undefined;
  }
};

/** Parses the JSON in a text. @throws InvalidFile for a text without JSON. */
export const parsed = (source: string, wanted: Wanted): unknown => {
  try {
    return JSON.parse(source);
  } catch {
    return refusing(wanted)(wanted.what, source === '' ? 'an empty file' : 'text that is not JSON, or cut off');
  }
};

/** Returns undefined for a value nested so deeply that the stack overflows. */
const tried = <T>(schema: Schema<T>, value: unknown) => {
  try {
    return safeParse(within(schema), value, FIRST);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};

/** Returns a name as shown in a sentence. */
const keyText = (key: unknown): string => (/^[\w -]{1,40}$/.test(String(key)) ? String(key) : asJson(String(key)));
