import { stream, uniforms } from 'cvae-compile/data';

/** Random numbers from 0 to 1, the same for the same example of the same seed. */
export type Random = () => number;

/** Invented examples, of which each is made from random numbers of its own. */
export const rows = <R>(seed: number, row: (random: Random, index: number) => R): { train: R[]; test: R[] } => {
  const make = (count: number, part: string) =>
    Array.from({ length: count }, (_, index) => {
      const numbers = uniforms(stream(seed, part), 1, DRAWS, index);
      let next = 0;
      return row(() => numbers[next++ % DRAWS] ?? 0, index);
    });
  return { train: make(256, 'train'), test: make(32, 'test') };
};

/** The number of random numbers of an example; they are repeated afterwards. */
const DRAWS = 256;

/** A whole number from 0 to n − 1. */
export const pick = (random: Random, n: number): number => Math.min(n - 1, Math.floor(n * random()));

/** A list of a length, each value by its index. */
export const list = <V>(length: number, of: (index: number) => V): V[] =>
  Array.from({ length }, (_, index) => of(index));
