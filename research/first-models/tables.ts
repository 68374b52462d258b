import type { Results, Trained } from './main.ts';

const percent = (share: number): string => `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;

const HEAD = [
  ['', 'before', 'the same network, trained as today', 'today'],
  ['---', '---', '---', '---'],
] as const;

const picturesTable = (all: readonly Trained[], judge: number): readonly (readonly string[])[] => [
  ...HEAD,
  ['epochs', ...all.map(({ epochs, ended }) => `${epochs}${ENDED[ended] ?? ''}`)],
  ['test −ELBO, nats', ...all.map(({ negativeElbo }) => negativeElbo.toFixed(1))],
  ['of which KL', ...all.map(({ kl }) => kl.toFixed(1))],
  [
    `samples recognised as the class asked for (of test pictures: ${percent(judge)})`,
    ...all.map(({ pictures }) => percent(pictures?.recognised ?? NaN)),
  ],
  [
    'the same at the temperature that training recommends',
    ...all.map(({ pictures }) => (pictures ? `${percent(pictures.recognisedThen)} (${pictures.temperature})` : '')),
  ],
  ['least, by class', ...all.map(({ pictures }) => least(pictures?.each ?? {}))],
];

const ENDED: Readonly<Record<string, string>> = { minutes: ', ended by --minutes', plateau: ', ended by itself' };

const least = (each: Readonly<Record<string, number>>): string => {
  const [[name = '', share = NaN] = []] = Object.entries(each).sort(([, a], [, b]) => a - b);
  return `${name} ${percent(share)}`;
};

const daysTable = (all: readonly Trained[]): readonly (readonly string[])[] => {
  const row = (title: string, of: (days: NonNullable<Trained['days']>) => string): readonly string[] => [
    title,
    ...all.map(({ days }) => (days ? of(days) : '')),
  ];
  const { dryInData = NaN, recognisedInData = NaN } = all[0]?.days ?? {};
  return [
    ...HEAD,
    ['epochs', ...all.map(({ epochs, ended }) => `${epochs}${ENDED[ended] ?? ''}`)],
    ['test −ELBO, nats (of other densities: see below)', ...all.map(({ negativeElbo }) => negativeElbo.toFixed(2))],
    ['of which KL', ...all.map(({ kl }) => kl.toFixed(2))],
    row("July's draws with rain below 0", ({ below }) => percent(below)),
    row(`July's draws without rain (of July's days: ${percent(dryInData)})`, ({ dry }) => percent(dry)),
    ...['precipitation', 'temp_max', 'temp_min', 'wind'].map((name) =>
      row(`days within the middle 80 % of their draws: ${name}`, ({ covered }) => percent(covered[name] ?? NaN)),
    ),
    row(`draws recognised as the weather asked for (of the days: ${percent(recognisedInData)})`, ({ recognised }) =>
      percent(recognised),
    ),
  ];
};

/** Returns the page with the tables of these results, each between its marks. @throws Error for a page without them. */
export const withTables = (page: string, results: Results): string =>
  (['weather', 'emoji', 'fashion'] as const).reduce((text, name) => {
    const found = results[name];
    const marks = new RegExp(`(<!-- first-models: ${name} -->)[\\s\\S]*?(<!-- end -->)`);
    if (!marks.test(text))
      throw new Error(`docs/first-models.md: expected <!-- first-models: ${name} -->, got none; put it back`);
    if (!found) return text;
    const { before, longer, after, judge } = found;
    const all = [before, longer, after];
    const rows = name === 'weather' ? daysTable(all) : picturesTable(all, judge);
    const lines = rows.map((cells) => `| ${cells.join(' | ')} |`);
    return text.replace(marks, (_, start: string, end: string) => `${start}\n\n${lines.join('\n')}\n\n${end}`);
  }, page);
