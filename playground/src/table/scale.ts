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

/** A number as an axis has it: short, with a true minus. */
export const short = (value: number): string => {
  const size = Math.abs(value);
  const text = size >= 1e5 || (size < 1e-3 && size > 0) ? value.toExponential(1) : `${Number(value.toPrecision(3))}`;
  return text.replace('-', '−').replace('e+', 'e');
};

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
