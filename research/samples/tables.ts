import type { Results } from './main.ts';
import type { Figures } from './measure.ts';

/** The columns that a table may have: its heading, and how a number is shown. */
const COLUMNS = {
  elbo: ['−ELBO, nats', ({ negativeElbo }: Figures) => negativeElbo.toFixed(1)],
  kl: ['KL, nats', ({ kl }: Figures) => (kl === null ? '–' : kl.toFixed(kl < 0.01 ? 4 : 1))],
  active: ['active units', ({ activeUnits }: Figures) => `${activeUnits ?? '–'}`],
  latent: ['y’s variance due to z', ({ latent }: Figures) => percent(latent, 1)],
  condition: ['due to the digit', ({ condition }: Figures) => percent(condition, 1)],
  recognised: ['recognised', ({ recognised }: Figures) => percent(recognised)],
  best: [
    'recognised at the temperature of `display`',
    ({ temperature, recognisedThen }: Figures) =>
      temperature === null ? '–' : `${percent(recognisedThen)} (${temperature})`,
  ],
  edges: ['edges of samples', ({ edges }: Figures) => percent(edges)],
  reconstructed: ['edges of reconstructions', ({ reconstructedEdges }: Figures) => percent(reconstructedEdges)],
} as const;

const percent = (share: number | null, digits = 0): string =>
  share === null ? '–' : `${(100 * share).toFixed(100 * share < 1 ? digits : 0)} %`;

/** The tables of the page by name: which columns, and which cases. */
const TABLES: Readonly<Record<string, readonly [readonly (keyof typeof COLUMNS)[], readonly string[]]>> = {
  blurred: [
    ['elbo', 'kl', 'edges', 'reconstructed'],
    ['short', 'narrow', 'sigma-1', 'readme'],
  ],
  alike: [
    ['kl', 'active', 'latent', 'recognised'],
    ['sigma-1', 'beta', 'gsnn', 'sigma-1-free', 'readme'],
  ],
  condition: [
    ['elbo', 'kl', 'condition', 'recognised', 'best'],
    ['short', 'deaf', 'sigma-01', 'readme', 'narrow', 'seeing'],
  ],
};

/** Returns the page with the tables of these results, each between its marks. @throws Error for a page without them. */
export const withTables = (page: string, { cases }: Results): string =>
  Object.entries(TABLES).reduce((text, [name, [columns, rows]]) => {
    const marks = new RegExp(`(<!-- samples: ${name} -->)[\\s\\S]*?(<!-- end -->)`);
    if (!marks.test(text))
      throw new Error(`docs/samples.md: expected <!-- samples: ${name} -->, got none; put it back`);
    const lines = [
      ['', ...columns.map((column) => COLUMNS[column][0])],
      ['---', ...columns.map(() => '---')],
      ...rows.flatMap((row) => {
        const figures = cases[row];
        return figures ? [[figures.title, ...columns.map((column) => COLUMNS[column][1](figures))]] : [];
      }),
    ].map((cells) => `| ${cells.join(' | ')} |`);
    return text.replace(marks, (_, before: string, after: string) => `${before}\n\n${lines.join('\n')}\n\n${after}`);
  }, page);
