import { counted as named } from '../values/counted.ts';
import { LIBRARY } from '../version.ts';
import { number, type Chart } from './axes.ts';
import { dimensions, dimensionsOverTime } from './charts.ts';
import { curve, shares } from './curves.ts';
import { drawnCharts } from './figure.ts';
import { escaped, facts } from './html.ts';
import type { NumbersSnapshot } from '../formats/snapshot.ts';
import { pictures } from './pictures.ts';
import { endingOf } from '../run/ending.ts';
import type { Run } from '../run/read-run.ts';
import { scoresSection } from './scores.ts';
import { STYLE } from './style.ts';

/** What the page may load: nothing but what it holds. */
export const CSP = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/**
 * Renders a run as one page that needs no network and no script: curves, what the model draws, and the settings of the run. `isLive` says
 * that what has no end yet is in progress.
 */
export async function page(run: Run, { isLive = false } = {}): Promise<string> {
  const { record, epochs, ending, snapshots } = run;
  const main = epochs.filter(({ phase }) => phase === 'model');
  const before = epochs.filter(({ phase }) => phase === 'baseline');
  const { unit } = record;
  const kl = main.findLast(({ latent }) => latent?.kl !== undefined)?.latent?.kl;
  const curves = [
    curve(main, 'loss', 'Loss', unit),
    ...(kl ? [curve(main, 'reconstruction', 'Reconstruction', unit), curve(main, 'kl', 'KL', 'nats')] : []),
    ...partsOf(main).map((name) => curve(main, `${PART}${name}`, `Reconstruction of ${name}`, unit)),
    shares(main),
    kl && dimensions(kl),
    kl && kl.length > 1 ? dimensionsOverTime(main) : undefined,
    curve(before, 'loss', 'Loss of the baseline', unit),
  ].filter((chart) => chart !== undefined);
  const images = snapshots.filter((snapshot) => snapshot.kind === 'images');
  const all = snapshots.filter((snapshot) => snapshot.kind === 'numbers');
  const numbers = all.findLast(({ kept }) => kept) ?? all.at(-1);
  const state = stateOf(run, isLive);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${CSP}">
<title>${escaped(record.name)} · training report</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header><h1>${escaped(record.name)}</h1><span class="state ${state.kind}">${escaped(state.text)}</span>
<p class="soft">${escaped(summary(run))}</p>${ending?.ended ? `<p class="soft">${escaped(endingOf(ending.ended, epochs, unit))}</p>` : ''}</header>
${[
  ...epochs.flatMap(({ noticed = [], epoch }, i) =>
    // Whether more epochs would help is no question where there are more.
    noticed
      .filter(({ trouble }) => trouble !== 'still improving' || i === epochs.length - 1)
      .map(({ text }) => `${text} (epoch ${epoch})`),
  ),
  ...run.warnings,
  ...(ending?.reason ? [ending.reason] : []),
]
  .map((text) => `<p class="notice">${escaped(text)}</p>`)
  .join('')}
<ul class="tiles">${tiles(run)
    .map(
      ([value, label]) => `<li><b>${escaped(value)}</b><span>${escaped(label).replaceAll('_', '_<wbr>')}</span></li>`,
    )
    .join('')}</ul>
<h2>Curves</h2>
<p class="key"><span><i style="background:var(--training)"></i>training, mean over the epoch</span>${main.some(({ validation }) => validation) ? '<span><i style="background:var(--validation)"></i>validation, after the epoch</span>' : ''}</p>
${charts(curves)}
${await pictures(run, images)}
${numbers ? drawn(numbers, all[0]) : ''}
${ending?.scores ? scoresSection(ending.scores) : ''}
<h2>Run</h2>
<div class="facts">${facts(Object.entries(record.options))}${facts(provenance(run))}</div>
<details><summary>Definition, ${escaped(record.definition)}</summary><pre>${escaped(run.definition ?? 'It was not kept.')}</pre></details>
<details><summary>Networks</summary><pre>${escaped(record.model.printed)}</pre></details>
<footer>Written by ${LIBRARY.name} ${LIBRARY.version} from the run's folder; <code>cvae-compile report</code> writes it again.</footer>
</main>
</body>
</html>
`;
}

/** What the names of the reconstructions of several targets begin with. */
const PART = 'reconstruction_';

/** Returns the targets whose reconstructions a run reports, of very many the first. */
const partsOf = (main: Run['epochs']): readonly string[] =>
  Object.keys(main.at(-1)?.train ?? {})
    .filter((name) => name.startsWith(PART))
    .map((name) => name.slice(PART.length))
    .slice(0, 12);

const charts = (all: readonly Chart[]): string =>
  `<div class="charts">${all
    .map(
      ({ title, text, legend, svg }) =>
        `<figure><figcaption><h3>${escaped(title)}</h3><p>${escaped(text)}</p>${legend ? `<p class="key">${legend}</p>` : ''}</figcaption>${svg}</figure>`,
    )
    .join('\n')}</div>`;

/** Renders what a model draws if y is not an image. */
const drawn = (now: NumbersSnapshot, early: NumbersSnapshot | undefined): string => {
  const { elements, epoch, of, classes, means } = now;
  const before = early && early.epoch < epoch ? early : undefined;
  const areClasses = elements.map((element) => (element.classes ?? classes) !== undefined);
  const which = of > elements.length ? `; the ${elements.length} elements of ${of} that vary most` : '';
  const what = means ? 'the mean of p(y|x,z), with one draw of z,' : 'one draw from p(y|x)';
  return `<h2>${means ? 'Means' : 'Draws'} after epoch ${epoch}</h2>
<p class="key"><span><i style="background:var(--validation)"></i>${what} for each held-out example${which}</span><span><i style="background:var(--training)"></i>${keyOf(
    areClasses.includes(false),
    areClasses.includes(true),
    before?.epoch ?? epoch,
  )}</span></p>
${charts(drawnCharts(now, before))}`;
};

/** Says what the second colour is of numbers and of classes. */
const keyOf = (numbers: boolean, classes: boolean, before: number): string =>
  [
    ...(classes ? [`held-out data${numbers ? ' among classes' : ''}`] : []),
    ...(numbers ? [`among quantiles, draws after epoch ${before}`] : []),
  ].join('; ');

const stateOf = (
  { ending, epochs, record }: Run,
  isLive: boolean,
): { readonly kind: string; readonly text: string } => {
  const at = epochs.at(-1);
  if (!ending) {
    const state = isLive ? 'training' : 'not finished';
    const all = Number(record.options['epochs']);
    const of = isLive && at?.phase !== 'baseline' && all > 0 ? ` of ${counted(all)}` : '';
    return {
      kind: 'going',
      text: at ? `${state}: ${at.phase === 'baseline' ? 'baseline ' : ''}epoch ${at.epoch}${of}` : state,
    };
  }
  return {
    finished: { kind: '', text: 'finished' },
    early: { kind: '', text: 'stopped early' },
    aborted: { kind: 'bad', text: 'interrupted' },
    diverged: { kind: 'bad', text: 'diverged' },
    failed: { kind: 'bad', text: 'failed' },
  }[ending.stopped];
};

const counted = (count: number): string => count.toLocaleString('en-US');

const summary = ({ record: { model, data } }: Run): string =>
  [
    model.kind === 'cvae' ? 'Conditional VAE' : 'Predictor',
    ...(model.latent > 0 ? [named(model.latent, 'latent dimension')] : []),
    `${counted(model.parameters)} parameters`,
    `trained on ${counted(data.train)} examples of ${data.name}`,
  ].join(' · ');

/** Returns the most important numbers. */
const tiles = ({ record, epochs, ending }: Run): readonly (readonly [string, string])[] => {
  const main = epochs.filter(({ phase }) => phase === 'model');
  const last = main.at(-1);
  const bound = record.unit === 'nats' ? (record.model.kind === 'cvae' ? '−ELBO' : '−log p(y|x)') : 'loss';
  const measured = ending?.test ?? ending?.validation;
  const of = ending?.test ? 'test' : 'validation';
  const best = main.reduce<number | undefined>((low, { validation }) => {
    const loss = validation?.['loss'];
    return loss !== undefined && (low === undefined || loss < low) ? loss : low;
  }, undefined);
  const latent = main.findLast((epoch) => epoch.latent !== undefined)?.latent;
  const seconds = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  return [
    ...(measured
      ? ([[number(measured['negativeElbo'] ?? NaN), `${of} ${bound}, ${record.unit}`]] as const)
      : best !== undefined
        ? ([[number(best), 'best validation loss']] as const)
        : last
          ? ([[number(last.train['loss'] ?? NaN), 'training loss']] as const)
          : []),
    ...(measured && record.model.latent > 0
      ? ([
          [number(measured['reconstruction'] ?? NaN), 'reconstruction'],
          [number(measured['kl'] ?? NaN), 'KL'],
        ] as const)
      : []),
    ...(latent?.activeUnits !== undefined
      ? ([[`${latent.activeUnits} / ${record.model.latent}`, 'active latent units']] as const)
      : []),
    ...(latent?.share !== undefined ? ([[`${percent(latent.share)} %`, 'of y’s variance made by z']] as const) : []),
    ...Object.entries(ending?.conditions ?? {})
      .slice(0, SHOWN)
      .map(([name, share]) => [`${percent(share)} %`, `of y’s variance made by ${name}`] as const),
    [`${main.length}`, main.length === 1 ? 'epoch' : 'epochs'],
    [duration(seconds), 'of training'],
  ];
};

/** The most conditions to show. */
const SHOWN = 6;

const percent = (share: number): string =>
  share >= 0.1 ? (100 * share).toFixed(0) : `${Number((100 * share).toPrecision(2))}`;

const duration = (seconds: number): string => {
  if (seconds < 120) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
};

/** Returns the provenance of the run. */
const provenance = ({ record }: Run): Parameters<typeof facts>[0] => [
  ['data', record.data.name],
  ['data checksum', record.data.checksum],
  [
    'examples',
    [
      `${counted(record.data.train)} train`,
      record.data.validation > 0 && `${counted(record.data.validation)} validation`,
      record.data.test > 0 && `${counted(record.data.test)} test`,
    ]
      .filter(Boolean)
      .join(', '),
  ],
  ['seed', record.seed],
  ['model', record.model.fingerprint],
  ['engine', `${record.engine.name} ${record.engine.version}`],
  ['library', record.library],
  ['Node', `${record.node} on ${record.platform}`],
  ['began', `${record.began.slice(0, 16).replace('T', ' ')} UTC`],
];
