import type { Cell } from './cell.ts';
import type { Estimators } from './estimators.ts';
import type { Figure, Pictured } from './figure.ts';
import { number, table, time } from './markdown.ts';
import { PUBLISHED } from './published.ts';
import { searchOf, type Tried } from './search.ts';
import { fileOf, nameOf, settingsOf, TABLE, type ModelName } from './settings.ts';
import { aimsOf, gapOf, summaryOf } from './summary.ts';

const LABELS: Readonly<Record<ModelName, string>> = {
  nn: 'NN',
  gsnn: 'GSNN',
  cvae: 'CVAE',
  hybrid: 'hybrid',
  iwae: 'IWAE',
};

/** What RESULTS.md is written of: the files of `cells/`, of `estimators/`, and `search.jsonl`. */
export interface Measured {
  readonly cells: readonly Cell[];
  readonly estimators?: readonly Estimators[];
  readonly tried?: readonly Tried[];
  /** The figure: where it is, as RESULTS.md sees it, and of which cells. */
  readonly picture?: Figure & { readonly path: string };
}

/**
 * RESULTS.md of the cells: every number in it is from a file, except the numbers of others. Cells have the names of their files;
 * a table says their settings.
 */
export const resultsOf = (measured: Measured): string => {
  const { cells, estimators = [], tried = [], picture } = calledAsFiles(measured);
  const grey = cells.filter(({ settings }) => settings.targets === 'grey');
  const binary = cells.filter(({ settings }) => settings.targets === 'binary');
  return [
    '# Quadrants: results',
    '',
    '<!-- Written by `node research/quadrants/run.mjs --results` from the files in cells/. Do not edit. -->',
    '',
    'Negative conditional log-likelihood of the unseen pixels on the test set, in nats; lower is better. ± is the standard error over',
    'test images. Weights were chosen by the estimate on 2,000 validation images, in every third epoch, and tested once.',
    '',
    'In short, of the cells with grey targets those that validation likes best:',
    '',
    ...summaryOf(cells),
    '',
    ...(picture
      ? [
          `![Digits of which a part is seen, in blue: the baseline’s guess, completions by the CVAE, the truth](${picture.path})`,
          '',
          `Completions by ${shown(picture.cvae)}; the guess is by ${shown(picture.nn)}.`,
          '',
        ]
      : []),
    ...section('Grey targets', grey),
    ...section('Dynamically binarised targets', binary),
    ...seeds(cells),
    ...missing(cells),
    '## What was aimed at',
    '',
    ...aimsOf(cells),
    '',
    ...estimates(cells, estimators),
    ...searchOf(tried),
    '## What others report',
    '',
    ...table(
      ['', '1 quadrant', '2 quadrants', '3 quadrants'],
      Object.values(PUBLISHED).map(({ of, nats }) => [of, ...nats.map((value) => String(value))]),
    ),
    '',
    'Pyro’s row is −ELBO, whatever its name; it chose its weights on the test set. The plain PyTorch run is of this protocol.',
    '',
    ...took(cells),
  ].join('\n');
};

/** The same under the names of the cells' files, which are short. */
const calledAsFiles = ({ cells, estimators = [], picture, ...rest }: Measured): Measured => {
  const files = new Map(cells.map(({ name, settings }) => [name, fileOf(settingsOf(settings))]));
  const called = <T extends { readonly name: string }>(one: T): T => ({
    ...one,
    name: files.get(one.name) ?? one.name,
  });
  return {
    ...rest,
    cells: cells.map(called),
    estimators: estimators.map(called),
    ...(picture && { picture: { ...picture, cvae: called(picture.cvae), nn: called(picture.nn) } }),
  };
};

const shown = ({ name, soFar }: Pictured): string =>
  `\`${name}\`${soFar === undefined ? '' : `, which has not finished, as of its epoch ${soFar}`}`;

const section = (title: string, cells: readonly Cell[]): readonly string[] => {
  if (cells.length === 0) return [];
  const floors = ([1, 2, 3] as const).flatMap((q) => {
    const floor = cells.find(({ settings }) => settings.quadrants === q)?.floor;
    return floor ? [`${floor.toFixed(1)} for ${q} ${q === 1 ? 'quadrant' : 'quadrants'}`] : [];
  });
  return [
    `## ${title}`,
    '',
    ...table(
      [
        'model',
        'quadrants',
        'importance sampling',
        'Monte Carlo',
        '−ELBO',
        'KL',
        'at the prior’s mean',
        'active units',
        'settings',
        'cell',
      ],
      cells
        .map((cell) => ({ ...cell, order: nameOf(settingsOf(cell.settings)) }))
        .toSorted((a, b) => a.settings.quadrants - b.settings.quadrants || a.order.localeCompare(b.order))
        .map(({ name, settings, test }) => {
          // The others have no recognition network, or one that was not trained.
          const recognised = settings.model !== 'nn' && settings.model !== 'gsnn';
          const units = recognised && test.activeUnits !== null ? `${test.activeUnits} of ${settings.latent}` : '';
          return [
            LABELS[settings.model],
            String(settings.quadrants),
            recognised ? number(test.importanceSampling, test.standardErrors['importanceSampling']) : '',
            number(test.monteCarlo, test.standardErrors['monteCarlo'] ?? test.standardErrors['deterministic']),
            recognised ? number(test.negativeElbo) : '',
            recognised ? number(test.kl) : '',
            number(test.deterministic),
            units,
            changes(settings),
            `\`${name}\``,
          ];
        }),
    ),
    '',
    ...(floors.length > 0
      ? [`The entropy of the targets, below which no model can be: ${floors.join(', ')}.`, '']
      : []),
  ];
};

/** The spread over seeds, where a cell was run with several. */
const seeds = (cells: readonly Cell[]): readonly string[] => {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const key = nameOf(settingsOf({ ...cell.settings, seed: 0 }));
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  const lines = [...groups.values()].flatMap((group) => {
    if (group.length < 2) return [];
    const values = group.map(({ test }) => test.importanceSampling ?? test.monteCarlo ?? NaN);
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
    const [first] = group;
    if (!first) return [];
    const { model, quadrants, targets } = first.settings;
    const all = values.map((v) => v.toFixed(2)).join(', ');
    return [
      `${LABELS[model]}, ${quadrants} quadrant, ${targets}: ${all}; mean ${mean.toFixed(2)}, deviation ${deviation.toFixed(2)}.`,
    ];
  });
  return lines.length > 0 ? ['## Over seeds', '', ...lines, ''] : [];
};

/** Cells of the table that have no file yet. */
const missing = (cells: readonly Cell[]): readonly string[] => {
  const done = new Set(cells.map(({ name }) => name));
  const open = TABLE.map(fileOf).filter((name) => !done.has(name));
  if (open.length === 0) return [];
  return [
    '## Not run yet',
    '',
    'Cells of the table that have no file yet; `node research/quadrants/run.mjs --table` runs them:',
    '',
    ...open.map((name) => `- \`${name}\``),
    '',
  ];
};

/** What differs from the plain protocol. */
const changes = (settings: Cell['settings']): string => {
  const { quadrants, model, targets } = settings;
  const plain = new Map<string, unknown>(Object.entries(settingsOf({ quadrants, model, targets })));
  return Object.entries(settings)
    .flatMap(([key, value]) => (plain.get(key) === value ? [] : [`${key} ${value}`]))
    .join(', ');
};

/** Monte Carlo against importance sampling: how far apart they are, and why. */
const estimates = (cells: readonly Cell[], estimators: readonly Estimators[]): readonly string[] => {
  const apart = cells
    .flatMap((cell) => {
      const gap = gapOf(cell);
      return gap === null ? [] : [{ cell, gap }];
    })
    .toSorted((a, b) => a.cell.test.kl - b.cell.test.kl);
  if (apart.length === 0) return [];
  return [
    '## What the estimators depend on',
    '',
    'Both estimate the same number. Importance sampling draws z where the recognition network says that y comes from, and is close',
    'with few samples. Monte Carlo draws z from the prior and has to meet that place by chance: of e^KL draws about one does. With',
    'far fewer, all miss, by tens of nats, and the number says more of S and of the KL than of the model: the gap is wide where the',
    'KL is large,',
    '',
    ...table(
      ['cell', 'KL', 'importance sampling', 'Monte Carlo', 'gap', 'samples'],
      apart.map(({ cell: { name, test }, gap }) => [
        `\`${name}\``,
        number(test.kl),
        number(test.importanceSampling),
        number(test.monteCarlo),
        number(gap),
        String(test.samples),
      ]),
    ),
    '',
    ...(estimators.length > 0 ? ['and narrows with the samples.', ''] : []),
    ...estimators.flatMap(({ name, images, negativeElbo, kl, rows }) => [
      `\`${name}\` on ${images} validation images, −ELBO ${number(negativeElbo)}, KL ${number(kl)}:`,
      '',
      ...table(
        ['samples', ...rows.map(({ samples }) => String(samples))],
        [
          ['importance sampling', ...rows.map(({ importanceSampling }) => number(importanceSampling))],
          ['Monte Carlo', ...rows.map(({ monteCarlo }) => number(monteCarlo))],
        ],
      ),
      '',
    ]),
  ];
};

/** Times, engines and sizes. */
const took = (cells: readonly Cell[]): readonly string[] => [
  '## What it took',
  '',
  ...table(
    ['cell', 'parameters', 'epoch kept', 'training', 'test', 'engine', 'Node', 'cores'],
    cells.map(({ name, parameters, chosen, seconds, engine, node, cores }) => [
      `\`${name}\``,
      parameters.replace(' parameters', ''),
      `${chosen.epoch} of ${chosen.of}`,
      time(seconds.training),
      time(seconds.test),
      engine,
      node,
      String(cores ?? ''),
    ]),
  ),
  '',
  `${time(cells.reduce((sum, { seconds }) => sum + seconds.training + seconds.test, 0))} in all, by the clock, while other work ran: the times`,
  'say what it took, not how fast it is.',
  '',
];
