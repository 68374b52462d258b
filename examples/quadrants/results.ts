import type { Cell } from './cell.ts';
import { settingsOf, type ModelName } from './settings.ts';

/** The table as it is commonly quoted, and Pyro's: −log p(y|x) in nats for one, two and three quadrants. */
const PUBLISHED: readonly (readonly [string, string, string, string])[] = [
  ['NN, paper / Pyro', '99.75 / 100.4', '62.18 / 61.9', '25.99 / 25.4'],
  ['GSNN (MC), paper', '99.82', '62.41', '26.29'],
  ['CVAE (MC), paper', '68.39', '45.34', '20.96'],
  ['CVAE (IS), paper', '63.91', '44.73', '20.95'],
  ['CVAE (−ELBO), Pyro', '71.8', '51.0', '24.2'],
  ['plain PyTorch: NN', '98.2', '61.1', '25.4'],
  ['plain PyTorch: CVAE (IS)', '63.9', '44.9', '20.4'],
  ['plain PyTorch: CVAE (MC)', '80.3', '49.0', '21.0'],
  ['plain PyTorch: CVAE (−ELBO)', '67.2', '47.6', '21.6'],
];

const LABELS: Readonly<Record<ModelName, string>> = {
  nn: 'NN',
  gsnn: 'GSNN',
  cvae: 'CVAE',
  hybrid: 'hybrid',
  iwae: 'IWAE',
};

/** RESULTS.md of the cells: every number in it is from a cell's file, but for those of others. */
export const resultsOf = (cells: readonly Cell[]): string => {
  const grey = cells.filter(({ settings }) => settings.targets === 'grey');
  const binary = cells.filter(({ settings }) => settings.targets === 'binary');
  const total = cells.reduce((sum, { seconds }) => sum + seconds.training + seconds.test, 0);
  return [
    '# Quadrants: results',
    '',
    '<!-- Written by `node examples/quadrants/run.mjs --results` from the files in cells/. Do not edit. -->',
    '',
    'Negative conditional log-likelihood of the unseen pixels on the test set, in nats; lower is better. ± is the standard error over',
    'test images. Weights were chosen by the estimate on 2,000 validation images, in every third epoch, and tested once.',
    '',
    ...section('Grey targets', grey),
    ...section('Dynamically binarised targets', binary),
    ...seeds(cells),
    '## What others report',
    '',
    ...table(['', '1 quadrant', '2 quadrants', '3 quadrants'], PUBLISHED),
    '',
    'Pyro’s row is −ELBO, whatever its name; it chose its weights on the test set. The plain PyTorch run is of this protocol.',
    '',
    '## What it took',
    '',
    ...table(
      ['cell', 'parameters', 'epoch kept', 'training', 'test', 'engine', 'Node'],
      cells.map(({ name, parameters, chosen, seconds, engine, node }) => [
        name,
        parameters.replace(' parameters', ''),
        `${chosen.epoch} of ${chosen.of}`,
        time(seconds.training),
        time(seconds.test),
        engine,
        node,
      ]),
    ),
    '',
    `${time(total)} in all.`,
    '',
  ].join('\n');
};

const section = (title: string, cells: readonly Cell[]): readonly string[] => {
  if (cells.length === 0) return [];
  const floors = ([1, 2, 3] as const).flatMap((q) => {
    const floor = cells.find(({ settings }) => settings.quadrants === q)?.floor;
    return floor ? [`${floor.toFixed(1)} for ${q}`] : [];
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
      ],
      cells
        .toSorted((a, b) => a.settings.quadrants - b.settings.quadrants || a.name.localeCompare(b.name))
        .map(({ settings, test }) => [
          LABELS[settings.model],
          String(settings.quadrants),
          number(test.importanceSampling, test.standardErrors['importanceSampling']),
          number(test.monteCarlo, test.standardErrors['monteCarlo'] ?? test.standardErrors['deterministic']),
          settings.model === 'nn' ? '' : number(test.negativeElbo),
          settings.model === 'nn' ? '' : number(test.kl),
          number(test.deterministic),
          test.activeUnits === null ? '' : `${test.activeUnits} of ${settings.latent}`,
          changes(settings),
        ]),
    ),
    '',
    ...(floors.length > 0
      ? [`The entropy of the targets, below which no model can be: ${floors.join(', ')} quadrants.`, '']
      : []),
  ];
};

/** The spread over seeds, where a cell was run with several. */
const seeds = (cells: readonly Cell[]): readonly string[] => {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const key = JSON.stringify({ ...cell.settings, seed: 0 });
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

/** What differs from the plain protocol. */
const changes = (settings: Cell['settings']): string => {
  const { quadrants, model, targets } = settings;
  const plain = new Map<string, unknown>(Object.entries(settingsOf({ quadrants, model, targets })));
  return Object.entries(settings)
    .flatMap(([key, value]) => (plain.get(key) === value ? [] : [`${key} ${value}`]))
    .join(', ');
};

const number = (value: number | null, error?: number): string =>
  value === null ? '' : `${value.toFixed(2)}${error === undefined ? '' : ` ± ${error.toFixed(2)}`}`;

const time = (seconds: number): string =>
  seconds < 90
    ? `${seconds} s`
    : seconds < 5400
      ? `${Math.round(seconds / 60)} min`
      : `${(seconds / 3600).toFixed(1)} h`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
