import { LIBRARY } from '../version.ts';
import { number } from './axes.ts';
import { overlaid } from './curves.ts';
import { differing, runsText, type Compared, type Figures } from './comparison.ts';
import { escaped } from './html.ts';
import { CSP } from './page.ts';
import { STYLE } from './style.ts';

/** The colours of runs, which differ visibly in light and dark; more runs use them again. */
const COLOURS = [
  '#2b6cb0',
  '#d9822b',
  '#2f9e63',
  '#c0392b',
  '#8e5bc0',
  '#8c6d46',
  '#d2609f',
  '#6b7785',
  '#a89a1c',
  '#27a2b3',
];
const colourOf = (i: number): string => COLOURS[i % COLOURS.length] ?? '#888';

/** Renders runs side by side as one page without scripts: figures, settings that differ, and curves laid over each other. */
export const comparePage = (runs: readonly Compared[]): string => {
  const units = [...new Set(runs.map(({ figures }) => figures.unit))];
  const charts = units.flatMap((unit) =>
    (
      [
        ['loss', 'Validation loss', 'validation', unit],
        ['loss', 'Training loss', 'train', unit],
        ['reconstruction', 'Reconstruction, validation', 'validation', unit],
        ['kl', 'KL, validation', 'validation', 'nats'],
      ] as const
    ).flatMap(([metric, title, part, of]) => {
      const lines = runs.flatMap(({ name, run, figures }, i) => {
        const points = run.epochs.flatMap(({ phase, epoch, [part]: values }) => {
          const value = values?.[metric];
          return phase === 'model' && value !== undefined && Number.isFinite(value) ? [{ epoch, value }] : [];
        });
        return figures.unit === unit && points.length > 0 ? [{ name, colour: colourOf(i), points }] : [];
      });
      return lines.length > 0 ? [overlaid(lines, title, of)] : [];
    }),
  );
  const differ = Object.entries(differing(runs));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${CSP}">
<title>${runsText(runs.length)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header><h1>${runsText(runs.length)}</h1><p class="soft">The best of each row is bold, if all runs have the same data, and losses are of the same objective; another seed may hold out other examples to validate. Losses under different likelihoods cannot be compared.</p></header>
<p class="key">${runs.map(({ name }, i) => `<span><i style="background:${colourOf(i)}"></i>${escaped(name)}</span>`).join('')}</p>
<h2>Figures</h2>
${table(
  runs,
  ROWS.flatMap((row) => figureRow(runs, row)),
)}
${
  differ.length > 0
    ? `<h2>Settings that differ</h2>${table(
        runs,
        differ.map(([name, values]) => [name, values.map((text) => ({ text: settingText(name, text) }))] as const),
      )}`
    : '<h2>Settings</h2><p class="soft">All are the same.</p>'
}
<h2>Curves</h2>
<div class="charts">${charts
    .map(
      ({ title, text, svg }) =>
        `<figure><figcaption><h3>${escaped(title)}</h3><p>${escaped(text)}</p></figcaption>${svg}</figure>`,
    )
    .join('\n')}</div>
<footer>Written by ${LIBRARY.name} ${LIBRARY.version}.</footer>
</main>
</body>
</html>
`;
};

/** Numbers of things are written as they are among the figures. */
const settingText = (name: string, text: string): string =>
  text !== '' && (name === 'parameters' || name === 'examples') ? Number(text).toLocaleString('en-US') : text;

interface Cell {
  readonly text: string;
  readonly isBest?: boolean;
}

/** A row of figures: its name, the value of each run, and what is best: the least, what is nearest to 0.5, or nothing. */
interface Row {
  readonly name: string;
  readonly of: (figures: Figures) => number | null;
  readonly best?: (value: number) => number;
  readonly show?: (value: number) => string;
  /** Whether it is of the examples that validate, which a seed draws unless the data have such a part. */
  readonly isValidation?: true;
}

const least = (value: number): number => value;
const ROWS: readonly Row[] = [
  { name: 'test loss (−ELBO)', of: ({ test }) => test, best: least },
  { name: 'reconstruction', of: ({ reconstruction }) => reconstruction },
  { name: 'KL', of: ({ kl }) => kl },
  { name: 'lowest validation loss', of: ({ validation }) => validation, best: least, isValidation: true },
  { name: 'reached in epoch', of: ({ bestEpoch }) => bestEpoch, show: String },
  { name: 'epochs', of: ({ epochs }) => epochs, show: String },
  {
    name: 'drawn rows distinguished from real ones (AUC)',
    of: ({ auc }) => auc,
    best: (value) => Math.abs(value - 0.5),
    show: (value) => value.toFixed(3),
  },
  { name: 'seconds of training', of: ({ seconds }) => seconds, show: (value) => value.toFixed(value < 10 ? 1 : 0) },
  { name: 'parameters', of: ({ parameters }) => parameters, show: (value) => value.toLocaleString('en-US') },
];

const figureRow = (
  runs: readonly Compared[],
  { name, of, best, show = number, isValidation }: Row,
): readonly (readonly [string, readonly Cell[]])[] => {
  const values = runs.map(({ figures }) => of(figures));
  if (values.every((value) => value === null)) return [];
  // Losses in different units, of different objectives, and those on different data, are not compared.
  const dataOf = ({ figures, run: { record }, settings }: Compared): string => {
    const share = isValidation ? settings['held out to validate'] : undefined;
    return [
      figures.unit,
      ...(isValidation ? [settings['validated by'] ?? settings['objective']] : []),
      record.data.checksum ?? record.data.name,
      ...(share === undefined ? [] : [share, record.seed]),
    ].join(' ');
  };
  const isOne = new Set(runs.map(dataOf)).size === 1;
  const ranks = values.map((value) => (value === null || !best || !isOne ? Infinity : best(value)));
  const top = Math.min(...ranks);
  return [
    [
      name,
      values.map((value, i) => ({
        text: value === null ? '–' : show(value),
        isBest: runs.length > 1 && ranks[i] === top && top < Infinity,
      })),
    ],
  ];
};

const table = (runs: readonly Compared[], rows: readonly (readonly [string, readonly Cell[]])[]): string =>
  `<div class="wide" tabindex="0" role="group" aria-label="Runs side by side"><table class="runs"><thead><tr><td></td>${runs.map(({ name, folder }, i) => `<th scope="col" title="${escaped(folder)}"><i style="background:${colourOf(i)}"></i>${escaped(name)}</th>`).join('')}</tr></thead><tbody>${rows
    .map(
      ([name, cells]) =>
        `<tr><th scope="row">${escaped(name)}</th>${cells.map(({ text, isBest }) => `<td>${isBest ? `<b>${escaped(text)}</b>` : escaped(text)}</td>`).join('')}</tr>`,
    )
    .join('')}</tbody></table></div>`;
