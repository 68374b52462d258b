import { InvalidFile } from '../errors.ts';
import { asJson } from '../values/as-json.ts';
import { FIRST, within, type Schema } from './schema.ts';
import { safeParse } from './valibot.ts';

/** What is said of a file that is not as it should be: where it is, what it should hold, and what to do. */
export interface Told {
  /** The file, and the place in it where it holds several things. */
  readonly where: string;
  readonly what: string;
  readonly remedy: string;
}

/** Throws: says what was expected and what there was. */
export type Refuse = (expected: string, got: string) => never;

/** Refuses a file. */
export const refusing =
  ({ where, remedy }: Omit<Told, 'what'>): Refuse =>
  (expected, got) => {
    // Names from a file may hold anything: a sentence is a line.
    throw new InvalidFile(`${where}: expected ${expected}, got ${got}; ${remedy}`.replace(/\p{Cc}+/gu, ' '));
  };

/** What JSON in a text holds, in full as a schema says. @throws InvalidFile, beginning with `where`, for any other text. */
export const readText = <T>(schema: Schema<T>, source: string, told: Told): T =>
  read(schema, parsed(source, told), told);

/** What a schema reads of a value that was parsed from JSON. @throws InvalidFile, beginning with `where`, for any other. */
export const read = <T>(schema: Schema<T>, value: unknown, told: Told): T =>
  check(schema, value, '', refusing(told), told.what);

/** The same, of what stands at a place: `target.shape`, or `''` for the whole, which is `what`. */
export const check = <T>(schema: Schema<T>, value: unknown, at: string, refuse: Refuse, what = at): T => {
  const found = tried(schema, value);
  if (found === undefined) return refuse(what, 'one that is nested too deep');
  if (found.success) return found.output;
  const [{ message, input, path = [] }] = found.issues;
  const place = [...(at === '' ? [] : [at]), ...path.map(({ key }) => told(key))].join('.');
  return refuse(place === '' ? what : `${place} to be ${message}`, asJson(input));
};

/** The same where it can be read; nothing else, without a word. */
export const attempt = <T>(schema: Schema<T>, source: string | undefined): T | undefined => {
  if (source === undefined) return undefined;
  try {
    const found = tried(schema, JSON.parse(source));
    return found?.success ? found.output : undefined;
  } catch {
    return undefined;
  }
};

/** The JSON in a text. @throws InvalidFile for a text that holds none. */
export const parsed = (source: string, told: Told): unknown => {
  try {
    return JSON.parse(source);
  } catch {
    return refusing(told)(told.what, source === '' ? 'an empty file' : 'text that is not JSON, or cut off');
  }
};

/** Nothing for what is nested so deep that the stack ends. */
const tried = <T>(schema: Schema<T>, value: unknown) => {
  try {
    return safeParse(within(schema), value, FIRST);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};

/** A name as a sentence shows it. */
const told = (key: unknown): string => (/^[\w -]{1,40}$/.test(String(key)) ? String(key) : asJson(String(key)));
