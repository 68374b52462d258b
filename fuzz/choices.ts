import { stream, uniform } from '../src/random.ts';

/**
 * A list of numbers that decides everything about a case: what comes first in each list of possibilities is the simplest, and a
 * list that is used up continues with zeros. So a shorter list of smaller numbers is a simpler case, and that is all that
 * shrinking needs to know.
 */
export class Choices {
  readonly given: readonly number[];
  private at = 0;

  constructor(given: readonly number[]) {
    this.given = given;
  }

  /** How many of the numbers were looked at. */
  get used(): number {
    return Math.min(this.at, this.given.length);
  }

  /** A whole number from 0 to n − 1. */
  below(n: number): number {
    return (this.given[this.at++] ?? 0) % Math.max(n, 1);
  }

  /** A whole number from `low` to `high`. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True once in this number of times. */
  once(inSoMany: number): boolean {
    return this.below(inSoMany) === inSoMany - 1;
  }

  of<T>(list: readonly [T, ...T[]]): T {
    return list[this.below(list.length)] ?? list[0];
  }

  /** As `of`, from a list that may be empty. */
  from<T>(list: readonly T[]): T | undefined {
    return list[this.below(list.length)];
  }
}

/** Numbers below this are drawn: divisible by all that `below` is asked for. */
const MOST = 2 ** 30;

/** The numbers of a case, drawn from a seed and a path such as the stage's name and the case's number. */
export const drawn = (length: number, seed: number, ...path: readonly (string | number)[]): readonly number[] => {
  const key = stream(seed, 'fuzz', ...path);
  return Array.from({ length }, (_, i) => Math.floor(uniform(key, i) * MOST));
};

/** Numbers from 0 to 1 in their order. */
export const uniformly = (seed: number, ...path: readonly (string | number)[]): (() => number) => {
  const key = stream(seed, 'fuzz', ...path);
  let i = 0;
  return () => uniform(key, i++);
};
