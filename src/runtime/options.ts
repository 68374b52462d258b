import { InvalidData } from '../errors.ts';
import { brief } from '../values/brief.ts';

/** How many samples of each condition, and which. */
export interface SampleOptions {
  /** Samples of each condition; 1 unless given. */
  readonly count?: number;
  /**
   * A whole number from 0: the same seed gives the same noise on every platform. Left out, one is drawn, and told by the
   * result.
   */
  readonly seed?: number;
  /** The number of the first sample, 0 unless given: samples 16 to 31 of a seed are `{ count: 16, first: 16 }`. */
  readonly first?: number;
  /** What the prior's deviation is multiplied by: 0 for its mean, 1 unless given. */
  readonly temperature?: number;
  /** Whether y is drawn from p(y|x,z), or is its mean, as it is unless given. */
  readonly draw?: boolean;
}

/** The options of `sample` with their defaults; an `InvalidData` that names the option for one out of range, or unknown. */
export const checkOptions = (options: SampleOptions): Required<SampleOptions> => {
  checkNames(options, ['count', 'seed', 'first', 'temperature', 'draw']);
  const { count = 1, seed = randomSeed(), first = 0, temperature = 1, draw = false } = options;
  expect(Number.isInteger(count) && count >= 1, 'count', 'a whole number from 1', count);
  expect(Number.isSafeInteger(seed) && seed >= 0, 'seed', 'a whole number from 0 to 9007199254740991', seed);
  expect(Number.isInteger(first) && first >= 0, 'first', 'a whole number from 0', first);
  expect(first + count <= 2 ** 32, 'first', 'samples of a seed up to number 4294967295', first + count - 1);
  // `null` is at least 0, and so is a text of digits.
  expect(Number.isFinite(temperature) && temperature >= 0, 'temperature', 'a number from 0', temperature);
  expect(typeof draw === 'boolean', 'draw', 'true or false', draw);
  return { count, seed, first, temperature, draw };
};

/** A seed that is short to write down. Not from the generator: it stands for what a user would have typed. */
const randomSeed = (): number => Math.floor(Math.random() * 2 ** 32);

/** Refuses options of other names than these, and what is no object. */
export const checkNames = (options: object, known: readonly string[]): void => {
  expect({}.toString.call(options) === '[object Object]', 'options', `an object with ${known.join(', ')}`, options);
  for (const name of Object.keys(options))
    expect(known.includes(name), name, `one of the options ${known.join(', ')}`, name);
};

/** Refuses the value of an option that is not right. */
export const expect = (right: boolean, name: string, what: string, value: unknown): void => {
  if (!right) throw new InvalidData(`${name}: expected ${what}, got ${brief(value)}; correct it`);
};
