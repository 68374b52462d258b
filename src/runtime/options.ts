import { InvalidData } from '../errors.ts';
import type { SampleOptions } from './model.ts';

/** The options of `sample` with their defaults; an `InvalidData` that names the option for one out of range, or unknown. */
export const checkOptions = (options: SampleOptions): Required<SampleOptions> => {
  const { count = 1, seed = randomSeed(), first = 0, temperature = 1, draw = false, ...others } = options;
  checkNames(others, ['count', 'seed', 'first', 'temperature', 'draw']);
  expect(Number.isInteger(count) && count >= 1, 'count', 'a whole number from 1', count);
  expect(Number.isSafeInteger(seed) && seed >= 0, 'seed', 'a whole number from 0 to 9007199254740991', seed);
  expect(Number.isInteger(first) && first >= 0, 'first', 'a whole number from 0', first);
  expect(first + count <= 2 ** 32, 'first', 'samples of a seed up to number 4294967295', first + count - 1);
  expect(temperature >= 0 && temperature < Infinity, 'temperature', 'a number from 0', temperature);
  expect(typeof draw === 'boolean', 'draw', 'true or false', draw);
  return { count, seed, first, temperature, draw };
};

/** A seed that is short to write down. Not from the generator: it stands for what a user would have typed. */
const randomSeed = (): number => Math.floor(Math.random() * 2 ** 32);

/** Refuses options of other names than these. */
export const checkNames = (options: object, known: readonly string[]): void => {
  for (const name of Object.keys(options))
    expect(known.includes(name), name, `one of the options ${known.join(', ')}`, 'another');
};

/** Refuses the value of an option that is not right. */
export const expect = (right: boolean, name: string, what: string, value: unknown): void => {
  if (!right) throw new InvalidData(`${name}: expected ${what}, got ${String(value)}; mend it`);
};
