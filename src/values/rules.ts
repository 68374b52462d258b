import { closest } from './closest.ts';
import { list } from './value-text.ts';

/**
 * A rule that a user's value must satisfy, for code that types do not check: numbers, options, functions. Layers,
 * targets, training and data share these rules; the code that throws adds the place (`dsl/check-arguments.ts`,
 * `data/options.ts`).
 */
export interface Rule {
  /** The expected value, as text that follows `expected` and precedes `as kernel`. */
  readonly expected: string;
  /** How to fix a value that breaks the rule. */
  readonly remedy: string;
  readonly holds: (value: unknown) => boolean;
}

/** Rules of options, by their names. */
export type Rules = Readonly<Record<string, Rule>>;

/** The arguments of a function: positional arguments, then any number of one kind, then options. */
export interface Call {
  readonly args?: readonly Rule[];
  readonly rest?: Rule;
  readonly options?: Rules;
  /** Names of required options. */
  readonly required?: readonly string[];
}

/** Returns a value as text. */
export type Tell = (value: unknown) => string;

/** Creates a custom rule. */
export const rule = (expected: string, holds: Rule['holds'], remedy = 'correct it'): Rule => ({
  expected,
  holds,
  remedy,
});

/** Returns the same rule, but for a value that may be omitted. */
export const optional = (given: Rule): Rule => ({
  ...given,
  holds: (value) => value === undefined || given.holds(value),
});

/** The largest float32 number, and the smallest normal one. */
const [LARGEST, SMALLEST] = [3.4028234663852886e38, 2 ** -126];

/**
 * Whether a value is a number that float32 can hold in full: 0, or between the smallest normal and the largest number
 * in size.
 */
export const isFloat32 = (value: unknown): value is number =>
  typeof value === 'number' && (value === 0 || (Math.abs(value) <= LARGEST && Math.abs(value) >= SMALLEST));

/** Whether a value is a whole number of at least `from`. */
export const isWhole = (value: unknown, from = 1): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= from;

/** A positive whole number, optionally of something: `of units`. */
export const whole = (of = '', remedy = 'give how many'): Rule =>
  rule(`a positive whole number${of && ` ${of}`}`, (value) => isWhole(value), remedy);

/** The length of an axis. */
export const dimensions: Rule = rule(
  'positive whole dimensions',
  (value) => isWhole(value),
  'give the length of each axis, one by one: 28, 28, 1',
);

/** A whole number of at least 0. */
export const wholeFrom0 = (remedy?: string): Rule =>
  rule('a whole number from 0', (value) => isWhole(value, 0), remedy);

/** A number that float32 can hold. */
export const number = (remedy?: string): Rule => rule('a number that float32 holds', isFloat32, remedy);

/** A positive number that float32 can hold; `what` names it. */
export const positive = (what = 'number', remedy?: string): Rule =>
  rule(`a positive ${what} that float32 holds`, (value) => isFloat32(value) && value > 0, remedy);

/** A positive number of any size. */
export const above0 = (remedy?: string): Rule =>
  rule('a positive number', (value) => typeof value === 'number' && Number.isFinite(value) && value > 0, remedy);

/** A finite number of at least 0. */
export const from0 = (remedy?: string): Rule =>
  rule('a number from 0 up', (value) => isFloat32(value) && value >= 0, remedy);

/** A number from `from` to `to`; `included` says which of the two bounds belong to the range. */
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
      // Compares the values that engines see: a number that float32 rounds to 1 is not below 1.
      const seen = Math.fround(value);
      const high = included === 'last' || included === 'both' ? value <= to : seen < to;
      return high && (included === 'first' || included === 'both' ? value >= from : seen > from);
    },
    remedy,
  );

/** A number whose inverse float32 can hold too: a standard deviation, a variance, a small ε. */
export const scale = (remedy?: string): Rule =>
  rule('a number from 1e-37 to 1e37', (v) => typeof v === 'number' && v >= 1e-37 && v <= 1e37, remedy);

/** One of these values. */
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

/** A function; `what` describes it. */
export const callable = (what = 'a function', remedy?: string): Rule =>
  rule(what, (value) => typeof value === 'function', remedy);

/** Text that begins with a letter and holds letters, digits, _ and, if `dashes`, -. */
export const nameRule = (dashes: boolean, remedy = 'rename it'): Rule =>
  rule(
    `a name of letters, digits${dashes ? ', - and _' : ' and _'}`,
    (value) => typeof value === 'string' && (dashes ? /^[A-Za-z][\w-]*$/ : /^[A-Za-z]\w*$/).test(value),
    remedy,
  );

/** Whether a value is text that is not empty and that UTF-8 can encode. */
export const isText = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && !/\p{Surrogate}/u.test(value);

/** Whether a value is a plain object: not an array, a function, or an instance of a class. */
export const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const made: unknown = Object.getPrototypeOf(value);
  // An object literal from any realm, or an object without a prototype.
  return made === null || Object.getPrototypeOf(made) === null;
};

/**
 * Describes the problem with a value, `expected what, got what; do this`, without the place; undefined if there is
 * none.
 */
export const refusal = (
  { expected, remedy, holds }: Rule,
  value: unknown,
  tell: Tell,
  as?: string,
): string | undefined =>
  holds(value)
    ? undefined
    : `expected ${as === undefined ? expected.replace(/,$/, '') : `${expected} as ${as}`}, got ${tell(value)}; ${remedy}`;

/**
 * Describes the problem with options: an unknown name, with the name that was probably meant, or a wrong value;
 * undefined if there is none.
 */
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

/** Suggests how to fix an unknown name. */
export const meant = (unknown: string, known: readonly string[]): string => {
  const near = closest(unknown, known);
  return near === undefined ? 'correct it or leave it out' : `did you mean ${near}?`;
};

/**
 * Describes the problem with the arguments of a call: a wrong value, too few or too many of them, an option; undefined
 * if there is none.
 */
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

/** Describes an argument too many. */
export const moreThan = (most: number, given: readonly unknown[], tell: Tell): string => {
  const expected = most === 0 ? 'no arguments' : most === 1 ? 'one argument' : `at most ${most} arguments`;
  return `expected ${expected}, got ${most === 0 ? '' : 'also '}${tell(given[most])}; leave it out`;
};
