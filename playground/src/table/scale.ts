import { withMinus } from '../../../src/values/minus.ts';
import { quantiles } from './statistics.ts';

/** A range of numbers on a length of pixels. */
export interface Scale {
  readonly from: number;
  readonly to: number;
  /** Where a number lies. */
  at(value: number): number;
  /** The number that lies there. */
  of(pixel: number): number;
}

/** A linear scale from a range of numbers to one of pixels, which may run backwards. */
export const linear = (from: number, to: number, start: number, end: number): Scale => ({
  from,
  to,
  at: (value) => start + ((end - start) * (value - from)) / (to - from || 1),
  of: (pixel) => from + ((to - from) * (pixel - start)) / (end - start || 1),
});

/** Round numbers in a range, about this number of them: steps of 1, 2 or 5 times a power of ten. */
export const ticks = (from: number, to: number, count: number): readonly number[] => {
  if (!(to > from)) return [from];
  const rough = (to - from) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((times) => times * power >= rough) ?? 10);
  const [first, last] = [Math.ceil(from / step - 1e-9), Math.floor(to / step + 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
};

/**
 * A number as an axis has it: short, with a true minus; 1.2M is 1,200,000, and B a thousand of these. Numbers that are
 * this far apart differ: years from 2006 to 2015 are not all 2010.
 */
export const short = (value: number, apart = Infinity): string => {
  const size = Math.abs(value);
  if (size >= 1e15 || (size < 1e-3 && size > 0)) return withMinus(value.toExponential(1)).replace('e+', 'e');
  const place = Math.floor(Math.log10(size || 1));
  const precision = Math.min(12, Math.max(3, place - Math.floor(Math.log10(apart)) + 1));
  const digits = Number(value.toPrecision(precision));
  const [, power, letter] = UNITS.find(([least]) => Math.abs(digits) >= least) ?? [0, 1, ''];
  return withMinus(`${Number((digits / power).toPrecision(precision))}${letter}`);
};

/** How far apart ticks are. */
export const apart = ([first = NaN, second = NaN]: readonly number[]): number => second - first || Infinity;

const UNITS = [
  [1e12, 1e12, 'T'],
  [1e9, 1e9, 'B'],
  [1e6, 1e6, 'M'],
  [1e5, 1e3, 'k'],
] as const;

/** The range of numbers, a little wider, without the outermost hundredth of each list where it would squeeze the rest. */
export const rangeOf = (...lists: readonly (readonly number[])[]): readonly [from: number, to: number] => {
  const all = lists.map((list) => list.filter(Number.isFinite).sort((a, b) => a - b)).filter((list) => list.length > 0);
  const end = (list: readonly number[], part: number): number => list[Math.round(part * (list.length - 1))] ?? 0;
  let [from, to] = [Math.min(...all.map((list) => end(list, 0))), Math.max(...all.map((list) => end(list, 1)))];
  const [low, high] = [
    Math.min(...all.map((list) => end(list, 0.01))),
    Math.max(...all.map((list) => end(list, 0.99))),
  ];
  const room = (high - low) / 4;
  if (to - from > 8 * room && room > 0) [from, to] = [Math.max(from, low - room), Math.min(to, high + room)];
  if (!Number.isFinite(from) || !Number.isFinite(to)) return [0, 1];
  if (from === to) return [from - (Math.abs(from) || 1) / 2, to + (Math.abs(to) || 1) / 2];
  return [from, to];
};

/**
 * Whether numbers are shown by their logarithm, as amounts of money or counts of votes are: hardly one is 0, and the largest are so much
 * larger than most that these would share a bin.
 */
export const isLogarithmic = (values: readonly number[]): boolean => {
  const positive = values.filter((value) => value > 0);
  const rest = values.filter((value) => value <= 0);
  if (positive.length === 0 || rest.some((value) => value < 0) || rest.length > positive.length / 9) return false;
  const [low = 1, median = 1, high = 1] = quantiles(positive, [0.05, 0.5, 0.95]);
  return high / median > 5 && high / low > 100;
};

/** The powers of ten in a range of logarithms, as many as there is room for. */
export const decades = (from: number, to: number, count: number): readonly number[] => {
  const [first, last] = [Math.ceil(from - 1e-9), Math.floor(to + 1e-9)];
  const step = Math.max(1, Math.ceil((last - first + 1) / Math.max(1, count)));
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step);
};
