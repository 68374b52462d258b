import { closest } from './closest.ts';
import { list } from './value-text.ts';

/**
 * What values must be that a user gives, in code that no types hold: numbers, options, functions. The same rules for layers,
 * targets, training and data; who throws says where (`dsl/check-arguments.ts`, `data/options.ts`).
 */
export interface Rule {
  /** What is expected, as it reads after `expected` and before `as kernel`. */
  readonly expected: string;
  /** What to do about another value. */
  readonly remedy: string;
  readonly holds: (value: unknown) => boolean;
}

/** Rules of options, by their names. */
export type Rules = Readonly<Record<string, Rule>>;

/** What a function takes: arguments in order, then any number of one kind, then options. */
export interface Call {
  readonly args?: readonly Rule[];
  readonly rest?: Rule;
  readonly options?: Rules;
  /** Names of options that must be given. */
  readonly required?: readonly string[];
}

/** A value in words. */
export type Tell = (value: unknown) => string;

/** A rule of one's own. */
export const rule = (expected: string, holds: Rule['holds'], remedy = 'correct it'): Rule => ({
  expected,
  holds,
  remedy,
});

/** The same rule for what may be left out. */
export const optional = (given: Rule): Rule => ({
  ...given,
  holds: (value) => value === undefined || given.holds(value),
});

/** The largest number of float32, and its smallest of full precision. */
const [LARGEST, SMALLEST] = [3.4028234663852886e38, 2 ** -126];

/** Whether a value is a number that float32 holds: finite there, and not 0 unless it is. */
export const isFloat32 = (value: unknown): value is number =>
  typeof value === 'number' && (value === 0 || (Math.abs(value) <= LARGEST && Math.abs(value) >= SMALLEST));

/** Whether a value is a whole number, from `from` on. */
export const isWhole = (value: unknown, from = 1): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= from;

/** A positive whole number of something: `of units`, or nothing. */
export const whole = (of = '', remedy = 'give how many'): Rule =>
  rule(`a positive whole number${of && ` ${of}`}`, (value) => isWhole(value), remedy);

/** The length of an axis. */
export const dimensions: Rule = rule(
  'positive whole dimensions',
  (value) => isWhole(value),
  'give the length of each axis, one by one: 28, 28, 1',
);

/** A whole number from 0. */
export const wholeFrom0 = (remedy?: string): Rule =>
  rule('a whole number from 0', (value) => isWhole(value, 0), remedy);

/** A number that float32 holds. */
export const number = (remedy?: string): Rule => rule('a number that float32 holds', isFloat32, remedy);

/** A positive number that float32 holds; `what` it is. */
export const positive = (what = 'number', remedy?: string): Rule =>
  rule(`a positive ${what} that float32 holds`, (value) => isFloat32(value) && value > 0, remedy);

/** A positive number of any size. */
export const above0 = (remedy?: string): Rule =>
  rule('a positive number', (value) => typeof value === 'number' && Number.isFinite(value) && value > 0, remedy);

/** A finite number from 0. */
export const from0 = (remedy?: string): Rule =>
  rule('a number from 0 up', (value) => isFloat32(value) && value >= 0, remedy);

/** A number from `from` up to `to`, that one not included unless said. */
export const between = (
  what: string,
  [from, to]: readonly [number, number],
  remedy?: string,
  included: 'neither' | 'first' | 'last' | 'both' = 'both',
): Rule =>
  rule(
    what,
    (value) => {
      if (typeof value !== 'number') return false;
      // As engines see it: what float32 rounds to 1 is not below 1.
      const seen = Math.fround(value);
      const high = included === 'last' || included === 'both' ? value <= to : seen < to;
      return high && (included === 'first' || included === 'both' ? value >= from : seen > from);
    },
    remedy,
  );

/** A number of which float32 holds the inverse too: a standard deviation, a variance, a small ε. */
export const scale = (remedy?: string): Rule =>
  rule('a number from 1e-37 to 1e37', (v) => typeof v === 'number' && v >= 1e-37 && v <= 1e37, remedy);

/** One of these. */
export const oneOf = (...values: readonly (string | number | boolean)[]): Rule =>
  rule(
    values
      .map(String)
      .join(', ')
      .replace(/, (\S+)$/, ' or $1'),
    (value) => values.some((one) => one === value),
    'give one of them',
  );

/** true or false. */
export const flag = oneOf(true, false);

/** A function: of what, and why. */
export const callable = (what = 'a function', remedy?: string): Rule =>
  rule(what, (value) => typeof value === 'function', remedy);

/** Text that begins with a letter and holds letters, digits, _ and, where they are allowed, -. */
export const nameRule = (dashes: boolean, remedy = 'rename it'): Rule =>
  rule(
    `a name of letters, digits${dashes ? ', - and _' : ' and _'}`,
    (value) => typeof value === 'string' && (dashes ? /^[A-Za-z][\w-]*$/ : /^[A-Za-z]\w*$/).test(value),
    remedy,
  );

/** Text that is not empty, and that UTF-8 can hold. */
export const isText = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && !/\p{Surrogate}/u.test(value);

/** An object of names and values: no list, no function, no object of a class. */
export const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const made: unknown = Object.getPrototypeOf(value);
  // An object literal of any realm, or none's.
  return made === null || Object.getPrototypeOf(made) === null;
};

/** What is wrong with a value, `expected what, got what; do this` without the place; undefined where nothing is. */
export const refusal = (
  { expected, remedy, holds }: Rule,
  value: unknown,
  tell: Tell,
  as?: string,
): string | undefined =>
  holds(value)
    ? undefined
    : `expected ${as === undefined ? expected.replace(/,$/, '') : `${expected} as ${as}`}, got ${tell(value)}; ${remedy}`;

/** What is wrong with options: names that are not known, with the one that was probably meant, or a value. */
export const optionsRefusal = (
  known: Rules,
  given: unknown,
  tell: Tell,
  required: readonly string[] = [],
): string | undefined => {
  const names = Object.keys(known);
  if (!isPlain(given))
    return `expected options as an object, got ${tell(given)}; give { ${list(required.length > 0 ? required : names)} }${required.length > 0 ? '' : ', or nothing'}`;
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(known, name));
  if (unknown !== undefined) return `expected the options ${list(names)}, got ${unknown}; ${meant(unknown, names)}`;
  for (const [name, one] of Object.entries(known)) {
    const sentence = refusal(required.includes(name) ? one : optional(one), given[name], tell, name);
    if (sentence !== undefined) return sentence;
  }
  return undefined;
};

/** What to do about a name that is not known. */
export const meant = (unknown: string, known: readonly string[]): string => {
  const near = closest(unknown, known);
  return near === undefined ? 'correct it or leave it out' : `did you mean ${near}?`;
};

/** What is wrong with the arguments of a call: a value, too few or too many of them, an option. */
export const callRefusal = (call: Call, given: readonly unknown[], tell: Tell): string | undefined => {
  const { args = [], rest, options, required = [] } = call;
  for (const [i, one] of args.entries()) {
    const sentence = refusal(one, given[i], tell);
    if (sentence !== undefined) return sentence;
  }
  const others = given.slice(args.length);
  const last = others.at(-1);
  const hasOptions = options !== undefined && (rest ? isPlain(last) : others.length > 0 || required.length > 0);
  const listed = hasOptions && rest ? others.slice(0, -1) : rest ? others : [];
  for (const value of listed) {
    const sentence = rest && refusal(rest, value, tell);
    if (sentence !== undefined) return sentence;
  }
  if (options && hasOptions) {
    const own = rest ? last : others[0];
    const missing = own === undefined && required.length === 0;
    const sentence = missing ? undefined : optionsRefusal(options, own, tell, required);
    if (sentence !== undefined) return sentence;
  }
  const most = args.length + (options ? 1 : 0);
  return rest || given.length <= most ? undefined : moreThan(most, given, tell);
};

/** What is said of one argument too many. */
export const moreThan = (most: number, given: readonly unknown[], tell: Tell): string => {
  const expected = most === 0 ? 'no arguments' : most === 1 ? 'one argument' : `at most ${most} arguments`;
  return `expected ${expected}, got ${most === 0 ? '' : 'also '}${tell(given[most])}; leave it out`;
};
