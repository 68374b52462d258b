import { describe, expect, it } from 'vitest';
import { rowFacts, sequenceFacts, together } from '../../src/making/table-facts.ts';
import { readTextTable } from '../../src/making/table.ts';
import { daysTable, trips } from './support.ts';

const tableOf = (lines: readonly string[]) =>
  readTextTable('table.csv', new TextEncoder().encode(`${lines.join('\n')}\n`));
const counted = (count: number, row: (i: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, i) => row(i));

describe('a table is described for a person to choose', () => {
  it('as rows: what each column may be, and by which rows may be put together', () => {
    const { columns, keys, rows, likelyKey } = rowFacts(daysTable(200));
    expect(rows).toBe(200);
    expect(Object.fromEntries(columns.map(({ name, uses }) => [name, uses]))).toEqual({
      date: ['given'],
      station: ['drawn', 'given'],
      'rain in mm': ['drawn', 'given'],
      sky: ['drawn', 'given'],
      visitors: ['drawn', 'given'],
      Nr: [],
    });
    // Each day has one row, and some have no sky.
    expect(keys).toEqual(['station', 'rain in mm', 'visitors']);
    expect(likelyKey).toBeUndefined();
  });

  it('as sequences: what is the same throughout is given, what changes is drawn or given, and what sorts them is neither', () => {
    const table = trips(80);
    const found = together(table, 'trip');
    const { columns, sequences } = sequenceFacts(table, found);
    expect(sequences).toEqual({
      by: 'trip',
      orderBy: 'minute',
      orders: ['minute', 'speed'],
      count: 80,
      shortest: 4,
      longest: 9,
    });
    expect(Object.fromEntries(columns.map(({ name, uses, isSeries }) => [name, [...uses, isSeries]]))).toEqual({
      trip: [false],
      minute: [true],
      speed: ['drawn', 'given', true],
      rain: ['drawn', 'given', true],
      gear: ['drawn', 'given', true],
      driver: ['given', false],
      load: ['given', false],
    });
  });

  it('sorted by another column, or as the file has them', () => {
    const table = trips(80);
    expect(together(table, 'trip', 'speed').orderBy).toBe('speed');
    expect(together(table, 'trip', '')).not.toHaveProperty('orderBy');
    const { columns } = sequenceFacts(table, together(table, 'trip', ''));
    expect(columns.find(({ name }) => name === 'minute')?.uses).toEqual(['drawn', 'given']);
  });

  it('with what lacks values: a step cannot', () => {
    const table = tableOf([
      'trip,minute,speed,gear,driver',
      ...counted(
        120,
        (i) => `T${i % 30},${i},${i % 7 === 0 ? '' : 10 + (i % 13)},${'ab'[i % 2]},${i % 30 === 3 ? '' : 'AB'[i % 2]}`,
      ),
    ]);
    const { columns } = sequenceFacts(table, together(table, 'trip'));
    expect(columns.find(({ name }) => name === 'speed')?.uses).toEqual([]);
    expect(columns.find(({ name }) => name === 'driver')?.uses).toEqual(['given']);
  });

  it('refuses to put together what are single rows', () => {
    expect(() => together(daysTable(200), 'Nr')).toThrow(
      'days.csv: expected several rows of each Nr, got 200 of one row; choose another column, or one row for each example',
    );
  });
});

describe('a long table is recognised', () => {
  const likely = (header: string, row: (i: number) => string) =>
    rowFacts(tableOf([header, ...counted(240, row)])).likelyKey;

  it.each<[string, string | undefined, string, (i: number) => string]>([
    ['a name and a time', 'trip', 'trip,minute,speed', (i) => `T${i % 40},${Math.floor(i / 40)},${i % 17}`],
    [
      'an identifier of digits and a date',
      'patient_id',
      'patient_id,date,weight',
      (i) => `${900 + (i % 40)},2024-0${1 + Math.floor(i / 40)}-01,${60 + (i % 17)}`,
    ],
    [
      'a state and a year',
      'state',
      'state,year,people',
      (i) => `S${i % 24},${2000 + Math.floor(i / 24)},${1000 + i * 7}`,
    ],
    [
      'cities of a state, which nothing sorts',
      undefined,
      'state,city,people',
      (i) => `S${i % 24},C${i},${1000 + i * 7}`,
    ],
    [
      'a few stations with a date each',
      undefined,
      'station,date,rain',
      (i) => `${'ab'[i % 2]},2024-01-${String(1 + (Math.floor(i / 2) % 28)).padStart(2, '0')},${i % 17}`,
    ],
    ['amounts that repeat, and a year', undefined, 'amount,year', (i) => `${i % 40},${2000 + Math.floor(i / 40)}`],
  ])('by %s: %s', (_, key, header, row) => {
    expect(likely(header, row)).toBe(key);
  });
});
