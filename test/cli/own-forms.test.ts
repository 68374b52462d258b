import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { userProject } from '../support/user-project.ts';
import { cli } from './support/cli.ts';

// Files that are no table with a header, and words that may be a class.

const { folder } = userProject('own-forms');
const file = (name: string): string => join(folder, name);

const ROWS = Array.from({ length: 60 }, (_, i) => ({ share: (i % 7) + 0.5, hour: i % 12 }));

describe('what init says of the form of a table', () => {
  let said = 0;
  const of = async (text: string) => {
    writeFileSync(file('some.csv'), text);
    return cli('init', file(`said-${++said}`), '--from', file('some.csv'), '--target', 'all', '--no-condition');
  };

  it.each([
    [
      'a row of numbers and a class',
      ROWS.map(({ share }, i) => `${share + 0.25},${i % 2 ? 'east' : 'west'}`),
      '0.75, west',
    ],
    ['whole numbers', ROWS.map((_, i) => `${(i * 7) % 60},${(i * 11) % 13},${(i * 5) % 8}`), '0, 0, 0'],
    ['a date', ROWS.map((_, i) => `2020-01-${10 + (i % 20)},${(i * 7) % 60}.5`), '2020-01-10, 0.5'],
  ])('refuses a first line that is %s', async (_, lines, first) => {
    const { code, err } = await of(lines.join('\n'));
    expect(code).toBe(1);
    expect(err).toContain(
      first === '0, 0, 0'
        ? 'expected each column once, got 0 twice; write a line with names of the columns above the first, if that is a row of data, or rename one in the header'
        : `expected the names of the columns in the first line, got ${first}, a row like all others; write a line with names above it`,
    );
    // The remedy.
    const names = first.split(', ').map((one, i) => (one.startsWith('2') ? 'date' : `c${i}`));
    expect((await of([names.join(','), ...lines].join('\n'))).code).toBe(0);
  });

  it.each([
    ['years', ['town,2019,2020,2021', ...ROWS.map((_, i) => `t${i},${i * 70},${i * 71},${i * 72}`)]],
    ['pixels', ['0,1,2', ...ROWS.map((_, i) => `${i % 7},${i % 11},${i % 13}`)]],
    ['wavelengths', ['400.5,401.0', ...ROWS.map(({ share }) => `${share},${share / 2}`)]],
  ])('takes names that are %s', async (_, lines) => {
    expect(await of(lines.join('\n'))).toMatchObject({ code: 0 });
  });

  it('refuses columns between which are spaces', async () => {
    const lines = [
      'share hour sky',
      ...ROWS.map(({ share, hour }, i) => `${share}   ${hour} ${i % 2 ? 'grey' : 'blue'}`),
    ];
    const { code, err } = await of(lines.join('\n'));
    expect(code).toBe(1);
    expect(err).toMatch(
      /expected a comma, a semicolon, a tab or a bar between columns, got spaces: share hour sky; write commas in place of them/,
    );
    expect((await of(lines.map((line) => line.replaceAll(/ +/g, ',')).join('\n'))).code).toBe(0);
    expect(
      (await of(['eye colour', ...ROWS.map((__, i) => (i % 2 ? 'light blue' : 'dark blue'))].join('\n'))).code,
    ).toBe(0);
  });

  it('says that None is read as missing, and how to keep it as a class', async () => {
    const lines = ['x,heating', ...ROWS.map(({ share }, i) => `${share},${['None', 'Gas', 'Oil'][i % 3] ?? ''}`)];
    const { err } = await of(lines.join('\n'));
    expect(err).toMatch(
      /^heating: None in \d+ rows is read as missing; if it is a class of its own, add 'None' to the classes of heating in model\.ts, and leave its mask out$/m,
    );
    const only = await of(
      ['x,heating', ...ROWS.map(({ share }, i) => `${share},${i % 2 ? 'Gas' : 'None'}`)].join('\n'),
    );
    expect(only.err).toMatch(/left out: it is Gas in every row that has one \(None is read as missing\)$/m);
  });

  it('says that NA next to the codes of countries is read as missing', async () => {
    const codes = ['DE', 'NA', 'FR', 'ZA', 'BW', 'US'];
    const lines = ['x,country', ...ROWS.map(({ share }, i) => `${share},${codes[i % 6] ?? ''}`)];
    expect((await of(lines.join('\n'))).err).toMatch(/^country: NA in \d+ rows is read as missing; if it is a class/m);
    const others = ['x,size', ...ROWS.map(({ share }, i) => `${share},${['S', 'NA', 'L'][i % 3] ?? ''}`)];
    expect((await of(others.join('\n'))).err).not.toContain('is read as missing');
  });
});
