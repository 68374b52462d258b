import { InvalidData } from '../errors.ts';
import type { Latents, Prior } from './prior.ts';
import { brief } from '../values/brief.ts';

/** How many samples of each condition, and which. */
export interface SampleOptions {
  /** Samples of each condition; 1 by default. */
  readonly count?: number;
  /**
   * The random seed, a whole number from 0: the same seed gives the same noise on every platform. By default one is drawn, and
   * the result reports it.
   */
  readonly seed?: number;
  /** The number of the first sample, 0 by default: samples 16 to 31 of a seed are `{ count: 16, first: 16 }`. */
  readonly first?: number;
  /** The factor of the prior's standard deviation: 0 for its mean, 1 by default. */
  readonly temperature?: number;
  /**
   * Whether each condition has noise of its own, as the rows of a table should: sample i of condition r is then number first + r·count +
   * i. By default all conditions have the same noise, so that their samples can be compared.
   */
  readonly independent?: boolean;
  /** Whether y is drawn from p(y|x,z); by default it is the mean. */
  readonly draw?: boolean;
  /**
   * What z is, instead of a draw from the prior: latents, such as `z` of other samples, whose condition is then changed while z stays; or
   * the Gaussian to draw z from, as `encode` returns it. One for all conditions, one for each, or many for one condition.
   */
  readonly from?: Latents | Prior;
  /** Ends the drawing, between batches of 128 rows: `sample` then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Options that have been checked, apart from `from` and `signal`, which few calls have (`from.ts`). */
export type CheckedOptions = Required<Omit<SampleOptions, 'from' | 'signal'>> & Pick<SampleOptions, 'from' | 'signal'>;

/**
 * Returns the options of `sample` with their defaults; throws an `InvalidData` that names the option for one out of range, or
 * unknown.
 */
export const checkOptions = (options: SampleOptions): CheckedOptions => {
  checkNames(options, ['count', 'seed', 'first', 'temperature', 'independent', 'draw', 'from', 'signal']);
  const { count = 1, seed = randomSeed(), first = 0, temperature = 1 } = options;
  const { independent = false, draw = false } = options;
  expectWhole(count, 1, 'count');
  expect(Number.isSafeInteger(seed) && seed >= 0, 'seed', 'a whole number from 0 to 9007199254740991', seed);
  expectWhole(first, 0, 'first');
  expect(first + count <= 2 ** 32, 'first', 'samples of a seed up to number 4294967295', first + count - 1);
  // `null` is at least 0, and so is a text of digits.
  expect(Number.isFinite(temperature) && temperature >= 0, 'temperature', 'a number from 0', temperature);
  expect(typeof draw === 'boolean', 'draw', 'true or false', draw);
  expect(typeof independent === 'boolean', 'independent', 'true or false', independent);
  return { ...options, count, seed, first, temperature, independent, draw };
};

/** Draws a seed that is short to write down. Not from the generator: it replaces what a user would have typed. */
const randomSeed = (): number => Math.floor(Math.random() * 2 ** 32);

/** Refuses options with names other than these, and values that are not objects. */
export const checkNames = (options: object, known: readonly string[]): void => {
  const names = known.join(', ');
  expect({}.toString.call(options) === '[object Object]', 'options', `an object with ${names}`, options);
  for (const name of Object.keys(options)) expect(known.includes(name), name, `one of the options ${names}`, name);
};

/** Refuses what is not a whole number from the least one. */
export const expectWhole = (value: number, least: number, name: string): void =>
  expect(Number.isInteger(value) && value >= least, name, `a whole number from ${least}`, value);

/** Refuses an invalid value of an option. */
export const expect = (right: boolean, name: string, what: string, value: unknown): void => {
  if (!right) throw new InvalidData(`${name}: expected ${what}, got ${brief(value)}; correct it`);
};
