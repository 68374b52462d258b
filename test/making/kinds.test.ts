import { expect, it } from 'vitest';
import { described, remarked } from '../../src/making/kinds.ts';
import { readTextTable } from '../../src/making/table.ts';

/** What the columns of a table are, given how each of 60 rows is written. */
const kindsOf = (header: string, row: (i: number) => string): readonly string[] => {
  const text = [header, ...Array.from({ length: 60 }, (_, i) => row(i))].join('\n');
  return readTextTable('places.csv', new TextEncoder().encode(text)).columns.map(described);
};

it('takes the codes of places as classes, or leaves them out, but never as amounts', () => {
  const codes = kindsOf('zip_code,PLZ,Postleitzahl,zipped', (i) => {
    const few = 10_000 + (i % 7) * 131;
    return `${few},0${few % 9000},${20_000 + 17 * i},${few}`;
  });
  expect(codes).toEqual([
    '7 classes',
    '7 classes',
    'left out: it is codes, not amounts, and too many for classes',
    'whole numbers from 10000 to 10786, 15 % are 10000',
  ]);
});

it('remarks the value that is most frequent as it is written, also if it has more than four digits', () => {
  const text = [
    'zip,amount',
    ...Array.from(
      { length: 60 },
      (_, i) => `0${i % 3 === 0 ? 2134 : 1001 + (i % 4)},${i % 2 === 0 ? 12_345 : i * 1.5}`,
    ),
  ];
  const { columns } = readTextTable('places.csv', new TextEncoder().encode(text.join('\n')));
  expect(columns.map(remarked)).toEqual(['33 % are 02134', 'from 1.5 to 12345, 50 % are 12345']);
});

it('reads a few words between numbers as missing, and says which text is between others', () => {
  const table = kindsOf('age,seen,year,dose,kept,grade', (i) => {
    const seen = i % 9 === 0 ? 'unknown' : `${20 + (i % 30)}`;
    const dose = i % 10 === 0 ? `<0.${i}` : `${i / 8}`;
    return `${seen},${i % 9 === 0 ? 'n.a.' : `${i * 3}`},${i < 2 ? 'Ancient' : `${1900 + i}`},${dose},${i === 0 ? '.' : `${i % 7}`},${i % 9 === 0 ? 'K' : `${i % 9}`}`;
  });
  expect(table).toEqual([
    'whole numbers from 20 to 49, 12 % missing (unknown)',
    'whole numbers from 3 to 177, 12 % missing',
    'whole numbers from 1902 to 1959, 3 % missing (Ancient)',
    'left out: it has text between its numbers, such as <0.0, <0.10, <0.20',
    'whole numbers from 0 to 6, 15 % are 1, 2 % missing',
    '9 classes',
  ]);
});

it('takes no numbers of rows, whatever a program calls them, and keeps what only ends like one', () => {
  const shuffled = (i: number): number => (i * 37) % 61;
  const numbered = kindsOf('airportID,UserId,Unnamed: 0,__index_level_0__,paid,sortKey', (i) =>
    [shuffled(i), 7 * shuffled(i), shuffled(i), i % 40, shuffled(i) * 3, 100 - i].join(','),
  );
  const row = 'left out: it numbers the rows';
  expect(numbered).toEqual([row, row, row, row, 'whole numbers from 0 to 180', row]);
});

it('shows a value of many rows with a minus sign, and not more digits than anyone reads', () => {
  expect(kindsOf('score', (i) => (i % 4 === 0 ? '-0.51032418012619' : `${i / 7}`))).toEqual([
    'numbers from −0.5103 to 8.429, 25 % are −0.510324',
  ]);
});

it('shows one line of a long text, and its beginning', () => {
  const title = 'Reports of birds that met aircraft, of all years and places';
  const text = `"${title.replace(',', ',\n')}"`;
  expect(kindsOf('source,note', (i) => `${text},${i % 2 === 0 ? text : 'none known'}`)).toEqual([
    `left out: it is ${title.slice(0, 40)}… in every row`,
    `classes ${title.slice(0, 40)}…, none known`,
  ]);
});
