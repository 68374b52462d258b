import type { Epoch } from '../train/epoch.ts';
import type { Element } from '../formats/look.ts';
import { Plot, svg } from './plot.ts';

/** A chart: its title, its description, and the SVG. */
export interface Chart {
  readonly title: string;
  readonly text: string;
  /** What colours stand for, as HTML. */
  readonly legend?: string;
  readonly svg: string;
}

const SIZE = { width: 360, height: 220, marginLeft: 38, marginRight: 10, marginTop: 20, marginBottom: 32 } as const;
const AXES = { tickSize: 0, labelArrow: 'none' } as const;

/** The points of a curve: from training, and from validation. */
interface Point {
  readonly epoch: number;
  readonly value: number;
  readonly of: 'training' | 'validation';
}

/** Plots one metric by epoch: the training mean over the epoch, and the validation value after it; undefined if there is none. */
export function curve(epochs: readonly Epoch[], metric: string, title: string, unit: string): Chart | undefined {
  const points = thinned(epochs).flatMap(({ epoch, train, validation }): Point[] => [
    ...(finite(train[metric]) ? [{ epoch, value: train[metric] ?? NaN, of: 'training' as const }] : []),
    ...(finite(validation?.[metric]) ? [{ epoch, value: validation?.[metric] ?? NaN, of: 'validation' as const }] : []),
  ]);
  if (points.length === 0) return undefined;
  const last = points.findLast(({ of }) => of === 'validation') ?? points.at(-1);
  const both = points.some(({ of }) => of === 'validation');
  const { domain, beyond } = rangeOf(points);
  const lasts = beyond === undefined ? '' : `; up to epoch ${beyond} it is beyond the picture`;
  const kinds = ['training', 'validation'] as const;
  const tips = thinned([...new Set(points.map(({ epoch }) => epoch))], TIPS).map((epoch) => ({
    x: epoch,
    lines: [
      `epoch ${epoch}`,
      ...kinds.flatMap((of) =>
        points
          .filter((point) => point.of === of && point.epoch === epoch)
          .map(({ value }) => `${of} ${number(value)} ${unit}`),
      ),
    ],
  }));
  return {
    title,
    text: `${number(last?.value ?? NaN)} ${unit}${both ? ' on validation' : ''} after epoch ${last?.epoch}${lasts}`,
    svg: svg(
      `${title} by epoch`,
      {
        ...SIZE,
        x: { ...AXES, label: 'epoch', ticks: ticks(epochs.length), tickFormat: 'd' },
        y: { ...AXES, label: unit, labelAnchor: 'top', nice: true, grid: true, ticks: 5, domain: [...domain] },
        marks: kinds.flatMap((of) => {
          const own = points.filter((point) => point.of === of);
          return [
            Plot.line(own, { x: 'epoch', y: 'value', stroke: `var(--${of})`, strokeWidth: 2, clip: true }),
            // A single epoch is no line.
            Plot.dot(own.length > 1 ? [] : own, { x: 'epoch', y: 'value', r: 3, fill: `var(--${of})`, clip: true }),
          ];
        }),
      },
      tips,
    ),
  };
}

/** The most epochs whose values are shown at the pointer. */
const TIPS = 120;

/** Plots the share of y's variance that is due to draws of z, by epoch. */
export function shares(epochs: readonly Epoch[]): Chart | undefined {
  const told = epochs.flatMap(({ latent, ...epoch }) =>
    latent?.share === undefined ? [] : [{ ...epoch, train: {}, validation: { share: 100 * latent.share } }],
  );
  const chart = curve(told, 'share', 'What z decides', '%');
  return chart && { ...chart, text: 'the share of y’s variance that draws of z make, x being the same, in %' };
}

/** Plots the current KL of each latent dimension, the largest first. */
export function dimensions(kl: readonly number[]): Chart {
  const sorted = kl.map((value, j) => ({ value, j })).sort((a, b) => b.value - a.value);
  const bars = sorted.map(({ value, j }, rank) => ({ value, rank, name: `z ${j + 1}: ${number(value)} nats` }));
  const used = kl.filter((value) => value > 0.01).length;
  return {
    title: 'KL of each latent dimension',
    text: `in nats; ${used} of ${kl.length} carry more than 0.01`,
    svg: svg('KL of each latent dimension, the largest first', {
      ...SIZE,
      x: {
        ...AXES,
        label: 'dimensions, the most used first',
        ticks: [],
        type: 'band',
        padding: kl.length > 60 ? 0 : 0.2,
      },
      y: { ...AXES, label: 'nats', labelAnchor: 'top', grid: true, ticks: 5, nice: true },
      marks: [Plot.barY(bars, { x: 'rank', y: 'value', fill: 'var(--validation)', title: 'name' }), Plot.ruleY([0])],
    }),
  };
}

/** Plots the KL of each latent dimension over epochs: a row for each, the most used on top. */
export function dimensionsOverTime(epochs: readonly Epoch[]): Chart | undefined {
  const looked = thinned(
    epochs.filter(({ latent }) => latent?.kl !== undefined),
    60,
  );
  const last = looked.at(-1)?.latent?.kl;
  if (!last || looked.length < 2) return undefined;
  const ranked = last.map((value, j) => ({ value, j })).sort((a, b) => b.value - a.value);
  const most = Math.max(...looked.flatMap(({ latent }) => latent?.kl ?? []));
  const cells = looked.flatMap(({ epoch, latent }) =>
    ranked.slice(0, ROWS).map(({ j }, rank) => ({ epoch, rank, value: latent?.kl?.[j] ?? 0, j })),
  );
  return {
    title: 'KL of each dimension over epochs',
    text: `darker is more${ranked.length > ROWS ? `; the ${ROWS} most used` : ''}`,
    legend: shadesOf(most),
    svg: svg('KL of each latent dimension by epoch: darker is more', {
      ...SIZE,
      x: { ...AXES, label: 'epoch', type: 'band', padding: 0, ticks: marks(looked.map(({ epoch }) => epoch)) },
      y: { ...AXES, label: 'dimensions', type: 'band', padding: 0, ticks: [] },
      marks: [
        Plot.cell(cells, {
          x: 'epoch',
          y: 'rank',
          fill: 'var(--validation)',
          fillOpacity: ({ value }: { value: number }) => opacityOf(value, most),
          title: ({ epoch, j, value }: { epoch: number; j: number; value: number }) =>
            `z ${j + 1}, epoch ${epoch}: ${number(value)} nats`,
        }),
      ],
    }),
  };
}

const ROWS = 64;

/** Returns how dark a cell is: values near 0 differ most. */
const opacityOf = (value: number, most: number): number => Math.max(0.03, Math.sqrt(Math.max(0, value) / most));

/** Renders what the shades of a map stand for. */
const shadesOf = (most: number): string =>
  [0, 1 / 16, 1 / 4, 9 / 16, 1]
    .map(
      (share) =>
        `<span><i class="shade" style="opacity:${opacityOf(share * most, most).toFixed(2)}"></i>${number(share * most)}</span>`,
    )
    .join('')
    .concat('<span>nats</span>');

/** Plots quantiles of what the model draws against those of the data, now and at the first look. */
export function quantiles({ name, truth, drawn }: Element, before?: readonly number[]): Chart {
  const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
  const data = sorted(truth);
  const points = (values: readonly number[]) =>
    sorted(values).map((value, i) => ({ data: data[i] ?? NaN, model: value }));
  const now = points(drawn);
  const all = [...truth, ...drawn];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const title = (of: string) => (point: { data: number; model: number }) =>
    `data ${number(point.data)}, draws${of} ${number(point.model)}`;
  const dots = { x: 'data', y: 'model', r: 2, clip: true, fillOpacity: 0.8 } as const;
  return {
    title: `Quantiles of ${name}`,
    text: 'data across, draws up: on the line they are distributed alike',
    svg: svg(`Quantiles of ${name}, drawn by the model against the data`, {
      ...SIZE,
      x: { ...AXES, label: 'data', domain: [low, high], nice: true, ticks: 5 },
      y: { ...AXES, label: 'draws', labelAnchor: 'top', domain: [low, high], nice: true, grid: true, ticks: 5 },
      marks: [
        Plot.link([0], { x1: low, y1: low, x2: high, y2: high, stroke: 'var(--line)', strokeWidth: 2 }),
        ...(before ? [Plot.dot(points(before), { ...dots, fill: 'var(--training)', title: title(' before') })] : []),
        Plot.dot(now, { ...dots, fill: 'var(--validation)', title: title('') }),
      ],
    }),
  };
}

/** Plots two elements of y against each other: held-out data, and what the model draws under the same conditions. */
export function scatter(first: Element, second: Element): Chart {
  const pairs = (of: 'truth' | 'drawn') => first[of].map((x, i) => ({ x, y: second[of][i] ?? NaN }));
  return {
    title: `${first.name} and ${second.name}`,
    text: `${first.name} across, ${second.name} up: held-out data (rings), and a draw for each`,
    svg: svg(`${first.name} against ${second.name}: data and draws`, {
      ...SIZE,
      x: { ...AXES, label: first.name, nice: true, ticks: 5 },
      y: { ...AXES, label: second.name, labelAnchor: 'top', nice: true, grid: true, ticks: 5 },
      marks: [
        Plot.dot(pairs('truth'), { x: 'x', y: 'y', r: 2.5, stroke: 'var(--training)' }),
        Plot.dot(pairs('drawn'), { x: 'x', y: 'y', r: 2, fill: 'var(--validation)', fillOpacity: 0.75 }),
      ],
    }),
  };
}

/** Plots how often each class is in the data, and how often the model draws it. */
export function frequencies({ name, truth, drawn }: Element, classes: readonly string[]): Chart {
  const share = (values: readonly number[], index: number) =>
    (100 * values.filter((value) => value === index).length) / Math.max(1, values.length);
  const bars = classes.flatMap((label, index) => [
    { label, of: 'training', share: share(truth, index) },
    { label, of: 'validation', share: share(drawn, index) },
  ]);
  return {
    title: `Classes of ${name}`,
    text: 'how often each is in held-out data, and in draws under the same conditions',
    svg: svg(`Classes of ${name}: data and draws`, {
      ...SIZE,
      fx: { label: null, domain: [...classes], padding: 0.2 },
      x: { axis: null, padding: 0 },
      y: { ...AXES, label: '%', grid: true, ticks: 5 },
      marks: [
        Plot.barY(bars, { fx: 'label', x: 'of', y: 'share', fill: ({ of }: { of: string }) => `var(--${of})` }),
        Plot.ruleY([0]),
      ],
    }),
  };
}

/** Returns no more epochs than can be distinguished, including the last. */
const thinned = <T>(all: readonly T[], most = 300): readonly T[] => {
  const every = Math.ceil(all.length / most);
  return all.filter((_, i) => (all.length - 1 - i) % every === 0);
};

/**
 * Returns the range to draw: of many epochs the first may be left out, up to a tenth of them, which would flatten the others; and the last
 * epoch of these.
 */
const rangeOf = (
  points: readonly Point[],
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

/** So many epochs are many, and a range so many times as wide makes the rest flat. */
const [MANY, FLAT] = [12, 2.5];

const ticks = (epochs: number): number => Math.min(8, Math.max(1, epochs - 1));

/** Returns a few of many labels. */
const marks = (values: readonly number[]): number[] => {
  const every = Math.max(1, Math.ceil(values.length / 8));
  return values.filter((_, i) => i % every === 0);
};

const finite = (value: number | undefined): boolean => value !== undefined && Number.isFinite(value);

/** Formats with four digits, without a trailing point. */
export const number = (value: number): string => {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  return size >= 1000
    ? Math.round(value).toLocaleString('en-US')
    : size >= 100
      ? value.toFixed(1)
      : size >= 0.1 || value === 0
        ? value.toFixed(2)
        : value.toPrecision(2);
};
