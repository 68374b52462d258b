import * as fc from 'fast-check';
import type { Wrong } from './failure.ts';

/** Choices that fail, and how. */
export interface Failing {
  readonly choices: readonly number[];
  readonly wrong: Wrong;
}

/** How simpler cases are tried. */
export interface Shrinking {
  /** Tries some at once, and gives what is wrong with each, if that is. */
  readonly tried: (cases: readonly (readonly number[])[]) => Promise<readonly (Wrong | undefined)[]>;
  /** How many are tried at once: 1 unless given. */
  readonly atOnce?: number;
  readonly milliseconds: number;
}

const LISTS = fc.array(fc.nat({ max: 2 ** 30 }), { maxLength: 2000 });

/**
 * Fewer and smaller choices that fail in the same way, as far as there is time, by fast-check's own way with lists of numbers:
 * a list of fewer and smaller numbers is a simpler case (see `Choices`).
 */
export async function shrunk(first: Failing, { tried, atOnce = 1, milliseconds }: Shrinking): Promise<Failing> {
  const until = performance.now() + milliseconds;
  let best = first;
  for (let next = await simpler(); next; next = await simpler()) best = next;
  return best;

  /** The first of the simpler cases that fails too. */
  async function simpler(): Promise<Failing | undefined> {
    const candidates = LISTS.shrink([...best.choices], undefined)[Symbol.iterator]();
    while (performance.now() < until) {
      const some = take(candidates, atOnce);
      if (some.length === 0) return undefined;
      const found = await tried(some);
      for (const [i, wrong] of found.entries())
        if (wrong?.kind === first.wrong.kind) return { choices: some[i] ?? [], wrong };
    }
    return undefined;
  }
}

const take = (from: Iterator<fc.Value<number[]>>, count: number): readonly (readonly number[])[] => {
  const some: number[][] = [];
  while (some.length < count) {
    const { done, value } = from.next();
    if (done) break;
    some.push(value.value);
  }
  return some;
};
