import type { Element } from '../formats/snapshot.ts';
import type { Epoch } from '../train/epoch.ts';
import { AXES, number, SIZE, thinned, type Chart } from './axes.ts';
import { fittedText, widthOf } from '../values/fitted-text.ts';
import { Plot, svg } from './plot.ts';
/** Plots the current KL of each latent dimension, the largest first. */
export function dimensions(kl: readonly number[]): Chart {
  const sorted = kl.map((value, j) => ({ value, j })).sort((a, b) => b.value - a.value);
  const bars = sorted.map(({ value, j }, rank) => ({ value, rank, name: `z ${j + 1}: ${number(value)} nats` }));
  const used = kl.filter((value) => value > 0.01).length;
  return {
    title: 'KL of each latent dimension',
    text: `in nats; ${used} of ${kl.length} ${used === 1 ? 'carries' : 'carry'} more than 0.01`,
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
    text: `in nats; bluer is more${ranked.length > ROWS ? `; the ${ROWS} most used` : ''}`,
    legend: shadesOf(most),
    svg: svg('KL of each latent dimension by epoch: bluer is more', {
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
  [0, 1 / 9, 4 / 9, 1]
    .map(
      (share) =>
        `<span><i class="shade" style="opacity:${opacityOf(share * most, most).toFixed(2)}"></i>${share === 0 ? '0' : number(share * most)}</span>`,
    )
    .join('');

/** Plots quantiles of what the model draws against those of the data, now and at the first snapshot. */
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

/** More classes than this are too thin to see, and those that are most frequent are shown. */
const MOST = 24;

/** Plots how often each class is in the data, and how often the model draws it. */
export function frequencies({ name, truth, drawn }: Element, all: readonly string[]): Chart {
  const share = (values: readonly number[], index: number) =>
    (100 * values.filter((value) => value === index).length) / Math.max(1, values.length);
  const each = all.map((label, index) => ({ label, known: share(truth, index), own: share(drawn, index) }));
  const shown = each.toSorted((a, b) => b.known + b.own - a.known - a.own).slice(0, MOST);
  const isShown = new Set(shown.map(({ label }) => label));
  const classes = all.filter((label) => isShown.has(label));
  const bars = shown.flatMap(({ label, known, own }) => [
    { label, of: 'training', share: known },
    { label, of: 'validation', share: own },
  ]);
  const which = classes.length < all.length ? `the ${MOST} most frequent of ${all.length}: ` : '';
  return {
    title: `Classes of ${name}`,
    text: `${which}how often each is in held-out data, and in draws under the same conditions`,
    svg: svg(`Classes of ${name}: data and draws`, {
      ...SIZE,
      fx: { label: null, domain: [...classes], padding: 0.2, ...named(classes) },
      x: { axis: null, padding: 0 },
      y: { ...AXES, label: '%', grid: true, ticks: 5 },
      marks: [
        Plot.barY(bars, { fx: 'label', x: 'of', y: 'share', fill: ({ of }: { of: string }) => `var(--${of})` }),
        Plot.ruleY([0]),
      ],
    }),
  };
}

/** Returns which classes have names on an axis, and these as they have room next to each other: of many every second, third, … */
const named = (classes: readonly string[]): { ticks: string[]; tickFormat: (name: string) => string } => {
  // A name that is cut to this length can still be read.
  const letters = Math.max(LEGIBLE, Math.floor((ROOM / classes.length - GAP) / LETTER));
  const short = (name: string): string => fittedText(name, letters);
  const longest = Math.max(1, ...classes.map((name) => widthOf(short(name))));
  const room = Math.max(1, Math.floor(ROOM / (longest * LETTER + GAP)));
  const every = Math.ceil(classes.length / room);
  return { ticks: classes.filter((_, i) => i % every === 0), tickFormat: short };
};

const LEGIBLE = 9;

/** The width of an axis, that of a letter of it, and between two names. */
const [ROOM, LETTER, GAP] = [SIZE.width - SIZE.marginLeft - SIZE.marginRight, 6.2, 5];

/** Returns a few of many labels. */
const marks = (values: readonly number[]): number[] => {
  const every = Math.max(1, Math.ceil(values.length / 8));
  return values.filter((_, i) => i % every === 0);
};
