import type { Run } from '../exchange.ts';
import { size } from '../shape/size.ts';

/**
 * Returns whole numbers as nested loops, as few as a simple search finds: transposes and reshapes produce lists of
 * thousands that are one.
 *
 *     0, 3, 6, 1, 4, 7  →  { start: 0, lengths: [2, 3], steps: [1, 3] }
 */
export const rolled = (numbers: readonly number[]): readonly Run[] => {
  const runs: Run[] = [];
  for (let from = 0; from < numbers.length;) {
    const run = longest(numbers, from);
    runs.push(run);
    from += size(run.lengths);
  }
  return runs;
};

/**
 * Returns the loops that begin at an index: the innermost as long as it lasts, then its repetitions as long as they
 * last, and so on.
 */
const longest = (numbers: readonly number[], from: number): Run => {
  const start = numbers[from] ?? 0;
  const [lengths, steps]: [number[], number[]] = [[], []];
  let size = 1;
  for (;;) {
    const step = (numbers[from + size] ?? NaN) - start;
    let count = 1;
    while (repeats(numbers, from, count * size, size, count * step)) count++;
    if (count === 1) return { start, lengths, steps };
    lengths.unshift(count);
    steps.unshift(step);
    size *= count;
  }
};

/** Whether the block of `size` numbers at `from` recurs `away` places on, each number larger by `more`. */
const repeats = (numbers: readonly number[], from: number, away: number, size: number, more: number): boolean => {
  if (Number.isNaN(more) || from + away + size > numbers.length) return false;
  for (let i = 0; i < size; i++) if (numbers[from + away + i] !== (numbers[from + i] ?? NaN) + more) return false;
  return true;
};
