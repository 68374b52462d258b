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
