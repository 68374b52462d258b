import type { Cell } from './cell.ts';
import { number, table } from './markdown.ts';
import { AIMS, MONTE_CARLO_GAP, PUBLISHED } from './published.ts';
import { isPlain, nameOf, settingsOf, TABLE, type Quadrants } from './settings.ts';

const QUADRANTS = [1, 2, 3] as const;

/** Which cells compete in a row. */
type Kind = (cell: Cell) => boolean;
const KINDS = {
  nn: ({ settings }) => settings.model === 'nn',
  importance: ({ settings, chosen }) => settings.model === 'cvae' && chosen.by === 'iwae',
  convolutional: ({ settings }) => settings.network === 'conv',
  plain: ({ settings }) => settings.model === 'cvae' && isPlain(settings),
  monteCarlo: ({ settings, chosen }) => settings.model === 'cvae' && chosen.by === 'monteCarlo',
} as const satisfies Readonly<Record<string, Kind>>;

/** The grey cell of a kind and number of quadrants that validation likes best. */
const bestOf = (cells: readonly Cell[], quadrants: Quadrants, kind: Kind): Cell | undefined =>
  cells
    .filter((cell) => cell.settings.quadrants === quadrants && cell.settings.targets === 'grey' && kind(cell))
    .reduce<Cell | undefined>((a, b) => (a && a.chosen.loss <= b.chosen.loss ? a : b), undefined);

/** What the best cell of each column has; where there is none of a kind, the best of the next one. */
const bestRow = (
  cells: readonly Cell[],
  kinds: readonly Kind[],
  of: (cell: Cell) => number | null,
): readonly string[] =>
  QUADRANTS.map((quadrants) => {
    const best = kinds.map((kind) => bestOf(cells, quadrants, kind)).find((cell) => cell !== undefined);
    return best ? number(of(best)) : '';
  });

const published = ({ nats }: { readonly nats: readonly number[] }): readonly string[] => nats.map(String);

/**
 * The results in short: of the cells with grey targets those that validation likes best, compared with what others report. The main
 * README shows the same. What has not been run is left out, and reported.
 */
export const summaryOf = (cells: readonly Cell[]): readonly string[] => {
  const groups: readonly (readonly (readonly string[])[])[] = [
    [
      ['**CVAE**, importance sampling', ...bestRow(cells, [KINDS.importance], ({ test }) => test.importanceSampling)],
      ['paper', ...published(PUBLISHED.importance)],
    ],
    [
      ['**CVAE**, −ELBO', ...bestRow(cells, [KINDS.importance], ({ test }) => test.negativeElbo)],
      ['Pyro', ...published(PUBLISHED.boundPyro)],
    ],
    [
      ['**CVAE**, Monte Carlo', ...bestRow(cells, [KINDS.monteCarlo, KINDS.importance], ({ test }) => test.monteCarlo)],
      ['paper', ...published(PUBLISHED.monteCarlo)],
    ],
    [
      ['**NN**', ...bestRow(cells, [KINDS.nn], ({ test }) => test.monteCarlo)],
      ['paper', ...published(PUBLISHED.nn)],
      ['Pyro', ...published(PUBLISHED.nnPyro)],
    ],
  ];
  const done = new Set(cells.map(({ settings }) => nameOf(settingsOf(settings))));
  const open = TABLE.filter((settings) => !done.has(nameOf(settings))).length;
  return [
    ...table(
      ['−log p(y\\|x), nats', '1 quadrant', '2 quadrants', '3 quadrants'],
      groups.flatMap((rows) => (rows[0]?.slice(1).some((value) => value !== '') ? rows : [])),
    ),
    ...(open > 0
      ? [
          '',
          `${TABLE.length - open} of the table’s ${TABLE.length} cells are measured so far; \`node research/quadrants/run.mjs --table\` continues.`,
        ]
      : []),
  ];
};

/** A text with the results in short between the two comments that say where. */
export const withSummary = (text: string, cells: readonly Cell[]): string =>
  text.replace(/(<!-- quadrants[^>]*-->\n).*?(?=<!-- \/quadrants -->)/s, (_, begin: string) =>
    [begin, ...summaryOf(cells), '', ''].join('\n'),
  );

/** What was aimed at and what came of it, in sentences. */
export const aimsOf = (cells: readonly Cell[]): readonly string[] => {
  const against = (what: string, kind: Kind, aims: readonly number[], of: (cell: Cell) => number | null) =>
    QUADRANTS.map((quadrants, i) => {
      const best = bestOf(cells, quadrants, kind);
      const aim = aims[i] ?? NaN;
      const value = best && of(best);
      const name = `${what}, ${quadrants} ${quadrants === 1 ? 'quadrant' : 'quadrants'}`;
      if (!best || value === null || value === undefined) return [name, number(aim), 'not run yet', '', ''];
      const verdict = value <= aim ? 'reached' : `missed by ${number(value - aim)}`;
      return [name, number(aim), number(value), verdict, `\`${best.name}\``];
    });
  const gaps = QUADRANTS.map((quadrants) => {
    const rows = cells.filter(
      ({ settings, test }) =>
        settings.quadrants === quadrants && settings.targets === 'grey' && gapOf({ settings, test }) !== null,
    );
    const within = rows.filter((cell) => (gapOf(cell) ?? Infinity) <= MONTE_CARLO_GAP);
    // Validation cannot be asked across choices by different estimates: of those within, the one that was aimed at Monte Carlo.
    const best = within.find(({ chosen }) => chosen.by === 'monteCarlo') ?? within[0];
    const name = `Monte Carlo above importance sampling, ${quadrants} ${quadrants === 1 ? 'quadrant' : 'quadrants'}`;
    if (rows.length === 0) return [name, number(MONTE_CARLO_GAP), 'not run yet', '', ''];
    const [least] = rows.map((cell) => gapOf(cell) ?? Infinity).sort((a, b) => a - b);
    return best
      ? [name, number(MONTE_CARLO_GAP), number(gapOf(best)), 'reached', `\`${best.name}\``]
      : [name, number(MONTE_CARLO_GAP), number(least), `missed by ${number((least ?? NaN) - MONTE_CARLO_GAP)}`, ''];
  });
  return table(
    ['', 'aim, at most', 'test', '', 'cell'],
    [
      ...against('NN', KINDS.nn, AIMS.nn, ({ test }) => test.monteCarlo),
      ...against('CVAE (IS), as the plain run', KINDS.plain, AIMS.importance, ({ test }) => test.importanceSampling),
      ...against('CVAE (IS), better', KINDS.importance, AIMS.better, ({ test }) => test.importanceSampling),
      ...against(
        'CVAE (IS), convolutional',
        KINDS.convolutional,
        AIMS.convolutional,
        ({ test }) => test.importanceSampling,
      ),
      ...gaps,
    ],
  );
};

/** How far Monte Carlo lies above importance sampling, in nats; a GSNN's recognition network has not been trained. */
export const gapOf = ({ settings, test }: Pick<Cell, 'settings' | 'test'>): number | null =>
  settings.model === 'gsnn' || test.monteCarlo === null || test.importanceSampling === null
    ? null
    : test.monteCarlo - test.importanceSampling;
