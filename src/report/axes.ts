import { withMinus } from '../values/minus.ts';

/** The size of a chart, and what all axes have. */
export const SIZE = {
  width: 360,
  height: 220,
  marginLeft: 38,
  marginRight: 10,
  marginTop: 20,
  marginBottom: 32,
} as const;
export const AXES = { tickSize: 0, labelArrow: 'none' } as const;

/** A chart: its title, its description, and the SVG. */
export interface Chart {
  readonly title: string;
  readonly text: string;
  /** What colours stand for, as HTML. */
  readonly legend?: string;
  readonly svg: string;
}

/** A value at an epoch. */
export interface At {
  readonly epoch: number;
  readonly value: number;
}

/** Returns no more epochs than can be distinguished, including the last. */
export const thinned = <T>(all: readonly T[], most = 300): readonly T[] => {
  const every = Math.ceil(all.length / most);
  return all.filter((_, i) => (all.length - 1 - i) % every === 0);
};

/**
 * Returns the range to draw: of many epochs the first may be left out, up to a tenth of them, which would flatten the others; and the last
 * epoch of these.
 */
export const rangeOf = (
  points: readonly At[],
): { readonly domain: readonly [number, number]; readonly beyond?: number } => {
  const epochs = [...new Set(points.map(({ epoch }) => epoch))].sort((a, b) => a - b);
  const range = (from: number): readonly [number, number] => {
    const values = points.filter(({ epoch }) => epoch >= from).map(({ value }) => value);
    return [Math.min(...values), Math.max(...values)];
  };
  const wide = ([low, high]: readonly [number, number]): number => high - low;
  const all = range(epochs[0] ?? 1);
  const most = epochs.length < MANY ? 0 : Math.max(1, Math.floor(epochs.length / 10));
  const clipped = Array.from({ length: most }, (_, i) => i + 1).find(
    (skip) => wide(all) > FLAT * wide(range(epochs[skip] ?? 1)),
  );
  const [low, high] = clipped === undefined ? all : range(epochs[clipped] ?? 1);
  const domain = low === high ? ([low - 1, high + 1] as const) : ([low, high] as const);
  return { domain, ...(clipped !== undefined && { beyond: epochs[clipped - 1] ?? 1 }) };
};

/** The number of epochs that are many, and how many times as wide a range makes the rest flat. */
const [MANY, FLAT] = [12, 2.5];

/** Returns the number of ticks of an axis of epochs. */
export const ticks = (epochs: number): number => Math.min(8, Math.max(1, epochs - 1));

export const finite = (value: number | undefined): boolean => value !== undefined && Number.isFinite(value);

/** Formats with some three digits, and a minus sign. */
export const number = (value: number): string => {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  const text =
    size >= 1000
      ? Math.round(value).toLocaleString('en-US')
      : size >= 100
        ? value.toFixed(1)
        : size >= 0.1 || value === 0
          ? value.toFixed(2)
          : value.toPrecision(2);
  return withMinus(text);
};
