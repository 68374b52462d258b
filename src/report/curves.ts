import type { Epoch } from '../train/epoch.ts';
import { AXES, finite, number, rangeOf, SIZE, thinned, ticks, type At, type Chart } from './axes.ts';
import { Plot, svg } from './plot.ts';

/** The points of a curve: from training, and from validation. */
interface Point extends At {
  readonly of: 'training' | 'validation';
}

/** Says which epochs are not in a picture, as their values are far from the later ones. */
const cutOff = (last: number): string =>
  last === 1 ? 'epoch 1 is outside the picture' : `epochs 1 to ${last} are outside the picture`;

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
  const lasts = beyond === undefined ? '' : `; ${cutOff(beyond)}`;
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

/** A line of a chart of several runs. */
export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly { readonly epoch: number; readonly value: number }[];
}

/** Plots one metric of several runs by epoch. */
export function overlaid(lines: readonly Line[], title: string, unit: string): Chart {
  // Of each run the first epochs may be left out, but no run as a whole.
  const ends = lines.flatMap(({ points }) => rangeOf(points).domain);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  // What one run leaves out may lie where another's values are.
  const outside = lines.flatMap(({ points }) => points.filter(({ value }) => value < low || value > high));
  const beyond = outside.length > 0 ? Math.max(...outside.map(({ epoch }) => epoch)) : undefined;
  const epochs = [...new Set(lines.flatMap(({ points }) => points.map(({ epoch }) => epoch)))].sort((a, b) => a - b);
  const tips = thinned(epochs, TIPS).map((epoch) => ({
    x: epoch,
    lines: [
      `epoch ${epoch}`,
      ...lines.flatMap(({ name, points }) =>
        points.filter((point) => point.epoch === epoch).map(({ value }) => `${name} ${number(value)}`),
      ),
    ],
  }));
  return {
    title,
    text: `in ${unit}${beyond === undefined ? '' : `; some of ${cutOff(beyond)}`}`,
    svg: svg(
      `${title} by epoch of ${lines.length} runs`,
      {
        ...SIZE,
        x: { ...AXES, label: 'epoch', ticks: ticks(epochs.at(-1) ?? 1), tickFormat: 'd' },
        y: { ...AXES, label: unit, labelAnchor: 'top', nice: true, grid: true, ticks: 5, domain: [low, high] },
        marks: lines.flatMap(({ colour, points }) => [
          Plot.line(points, { x: 'epoch', y: 'value', stroke: colour, strokeWidth: 2, clip: true }),
          Plot.dot(points.length > 1 ? [] : points, { x: 'epoch', y: 'value', r: 3, fill: colour, clip: true }),
        ]),
      },
      tips,
    ),
  };
}

/** Plots the share of y's variance that is due to draws of z, by epoch. */
export function shares(epochs: readonly Epoch[]): Chart | undefined {
  const measured = epochs.flatMap(({ latent, ...epoch }) =>
    latent?.share === undefined ? [] : [{ ...epoch, train: {}, validation: { share: 100 * latent.share } }],
  );
  const chart = curve(measured, 'share', 'What z decides', '%');
  return chart && { ...chart, text: 'the share of y’s variance that draws of z make, x being the same, in %' };
}
