import { expect } from 'vitest';
import { isUserError } from '../../src/errors.ts';
import { IS_LONG } from '../support/chosen.ts';

/** A JSON text that something has happened to, and what. */
export interface Mutant {
  readonly what: string;
  readonly text: string;
}

/** What takes the place of a value, as text: other kinds, numbers out of range, none at all, nested deep, a prototype. */
const VALUES = [
  'null',
  '""',
  '"x"',
  '"../x\\n\\u0000"',
  '-1',
  '1.5',
  '1e999',
  '9007199254740992',
  'true',
  '[]',
  '{}',
  '[null]',
  '[[[]]]',
  '{"a":{"b":null}}',
  '{"__proto__":{"polluted":1}}',
  '{"length":3}',
  'NaN',
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
];

/**
 * Mutants of a JSON text: each member, `most` places evenly spread where there are more, is left out and replaced by each kind of value
 * (where time is short by every eighth one, and at the next places by the others), each object gets members of odd names, and the text is cut off at several places.
 */
export const mutants = (text: string, most = 60): readonly Mutant[] => {
  const whole: unknown = JSON.parse(text);
  const paths = [...pathsIn(whole)];
  const every = Math.max(1, Math.ceil(paths.length / most));
  const some = paths.filter((_, i) => i % every === 0);
  const ends = [0, 1, Math.floor(text.length / 3), Math.floor(text.length / 2), text.length - 2];
  return [
    ...ends.map((end) => ({ what: `cut off at ${end}`, text: text.slice(0, end) })),
    { what: 'of other bytes', text: '\u0000\u0001PK\u0003' },
    { what: 'twice', text: text + text },
    ...some.flatMap((path, at) => [
      { what: `without ${path.join('.')}`, text: changed(whole, path, undefined) },
      ...VALUES.filter((_, i) => IS_LONG || (i + at) % 8 === 0).map((value) => ({
        what: `${path.join('.') || 'whole'} is ${value.slice(0, 40)}`,
        text: changed(whole, path, value),
      })),
    ]),
    ...['__proto__', 'constructor', 'toString', 'a.b', ''].map((name) => ({
      what: `with ${JSON.stringify(name)}`,
      text: text.replace('{', `{${JSON.stringify(name)}:{"polluted":1},`),
    })),
  ];
};

function* pathsIn(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  yield path;
  if (typeof value !== 'object' || value === null) return;
  // Of a long list the first two and the last.
  const keys = Object.keys(value).filter((_, i, all) => !Array.isArray(value) || i < 2 || i === all.length - 1);
  for (const key of keys) yield* pathsIn(Reflect.get(value, key), [...path, key]);
}

const PLACE = '\u0001 place \u0001';

const changed = (whole: unknown, path: readonly string[], raw: string | undefined): string => {
  if (path.length === 0) return raw ?? '';
  const copy: unknown = structuredClone(whole);
  const last = path.at(-1) ?? '';
  const owner = path.slice(0, -1).reduce<unknown>((object, key) => Reflect.get(Object(object), key), copy);
  if (raw === undefined) {
    if (Array.isArray(owner)) owner.splice(Number(last), 1);
    else Reflect.deleteProperty(Object(owner), last);
  } else Reflect.set(Object(owner), last, PLACE);
  return JSON.stringify(copy).replace(JSON.stringify(PLACE), () => raw ?? '');
};

/** One line that says where, what was expected, what there was, and what to do. */
export const SENTENCE = /^[^\n]+: expected [^\n]+, got [^\n]+; [^\n]+$/;

/** Runs something on what was damaged: it works, or says in one sentence what is wrong. Gives the sentence. */
export const survived = async (what: string, run: () => unknown): Promise<string | undefined> => {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (!isUserError(error)) throw new Error(`${what}: no sentence of ours`, { cause: error });
    expect(error.message, what).toMatch(SENTENCE);
    expect(error.message.length, what).toBeLessThan(700);
    return error.message;
  } finally {
    expect(Reflect.get({}, 'polluted'), what).toBeUndefined();
  }
};
