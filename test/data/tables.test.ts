import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import {
  categorical,
  concat,
  continuous,
  cvae,
  dense,
  gaussian,
  head,
  heads,
  normal,
  normalScores,
  relu,
} from 'cvae-compile';
import {
  csv,
  hourOf,
  json,
  monthOf,
  seasonOf,
  timeOfDay,
  toDataset,
  weekdayOf,
  yearOf,
  type Data,
} from 'cvae-compile/data';
import { train } from 'cvae-compile/train';
import { readRecords } from '../../src/data/table/records.ts';
import { variablesOf } from '../../src/train/parameters.ts';

const folder = mkdtempSync(join(tmpdir(), 'tables-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a file, and returns its path. */
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const targets = { rain: normalScores(1, { mask: true }), sky: categorical('clear', 'rain, heavy') };
const model = cvae({
  condition: { month: categorical(12), station: categorical('coast', 'peak'), season: continuous(2) },
  target: targets,
  latent: 2,
  recognition: ({ y: { rain, sky }, mask, month, station, season }) =>
    concat(rain, mask.rain, sky, month, station, season).pipe(dense(8), relu, gaussian(2)),
  decoder: ({ z, month, station, season }) => concat(z, month, station, season).pipe(heads(targets)),
});
const variables = variablesOf(model);

/** What a spreadsheet saved: a byte order mark, quotes, an empty cell, a decimal comma, a column that nobody needs. */
const messy = `\ufeffdate;station;"rain";sky;note
2012-12-31;peak;"1,5";"rain, heavy";"a ""note"""
2013-01-01;coast;;clear;
01.07.2013;coast;0;clear;
`;
const derive = {
  month: ({ date }: { readonly date?: string }) => Number(monthOf(date)) - 1,
  season: ({ date }: { readonly date?: string }) => seasonOf(date),
};

const read = async (data: Data) => {
  const { train: examples, ...rest } = await toDataset(data, variables);
  const of = (name: string) => [...(examples.columns[name]?.data ?? [])];
  return { of, rest, examples };
};

describe('a table without a plan', () => {
  it('is read as the definition needs it', async () => {
    const path = file('messy.csv', messy);
    const { of, rest } = await read(csv(path, { delimiter: ';', decimal: ',', derive }));
    expect(of('month')).toEqual([11, 0, 6]);
    expect(of('station')).toEqual([1, 0, 0]);
    expect(of('sky')).toEqual([1, 0, 0]);
    expect([of('rain'), of('rain_mask')]).toEqual([
      [1.5, 0, 0],
      [1, 0, 1],
    ]);
    // A circle has no jump at New Year.
    expect(
      of('season')
        .slice(0, 4)
        .map((value) => Math.round(value * 50)),
    ).toEqual([-1, 50, 0, 50]);
    expect(rest.unused).toEqual(['note']);
    expect(rest.name).toBe('messy.csv');
  });

  it('may be TSV, JSON or JSON lines, at a path or an address, with the same numbers', async () => {
    const rows = [
      { date: '2012-12-31', station: 'peak', rain: 1.5, sky: 'rain, heavy' },
      { date: '2013-01-01', station: 'coast', rain: null, sky: 'clear' },
      { date: '2013-07-01', station: 'coast', rain: 0, sky: 'clear' },
    ];
    const cells = rows.map((row) => Object.values(row).map((value) => value ?? ''));
    const tsv = [Object.keys(rows[0] ?? {}), ...cells].map((line) => line.join('\t')).join('\r\n');
    const expected = (await read(csv(file('messy.csv', messy), { delimiter: ';', decimal: ',', derive }))).examples;
    for (const data of [
      csv(file('rows.tsv', tsv), { derive }),
      csv(pathToFileURL(file('rows.tab', tsv)), { derive }),
      json(file('rows.json', JSON.stringify(rows)), { derive }),
      json(file('rows.jsonl', rows.map((row) => JSON.stringify(row)).join('\n')), { derive }),
    ])
      expect((await read(data)).examples).toEqual(expected);
  });

  it('is trained on, split, and standardised as any other source is', async () => {
    const y = normal(2, { sigma: 'learned' });
    const plain = cvae({
      condition: { day: continuous(1) },
      target: y,
      latent: 1,
      recognition: ({ y, day }) => concat(y, day).pipe(gaussian(1)),
      decoder: ({ z, day }) => concat(z, day).pipe(head(y)),
    });
    const rows = Array.from({ length: 40 }, (_, i) => ({ day: i, low: i % 7, high: i }));
    const path = file('days.json', JSON.stringify(rows));
    const data = json(path, { columns: { y: ['low', 'high'] }, units: { low: '°C' }, test: 0.25, seed: 3 });
    const dataset = await toDataset(data, variablesOf(plain));
    expect([dataset.train.count, dataset.test?.count]).toEqual([30, 10]);
    expect(dataset.names).toEqual({ y: { elements: ['low', 'high'], units: ['°C', ''] } });
    const { train: examples } = dataset;
    const again = { day: examples.columns['day']?.data ?? [], y: examples.columns['y']?.data ?? [] } as Data;
    expect((await toDataset(again, variablesOf(plain))).scaling).toEqual(dataset.scaling);
    const csvPath = file('days.csv', `day,low,high\n${rows.map((row) => Object.values(row).join(',')).join('\n')}`);
    const unscaled = csv(csvPath, { columns: { y: ['low', 'high'] }, scaling: false });
    expect((await toDataset(unscaled, variablesOf(plain))).scaling?.['y']).toEqual({ mean: [0, 0], deviation: [1, 1] });
    const { epochs } = await train(plain, data, { epochs: 1 });
    expect(Number.isFinite(epochs[0]?.train.loss)).toBe(true);
  });

  it.each([
    [
      'a renamed variable that there is not',
      csv(join(folder, 'no.csv'), { delimiter: ';', decimal: ',', derive, columns: { rian: 'a' } }),
      /^csv: expected columns of variables .*, got rian; did you mean rain\?$/,
    ],
    [
      'a computed one',
      csv(join(folder, 'no.csv'), { delimiter: ';', decimal: ',', derive: { ...derive, mont: () => 1 } }),
      /no\.csv: expected derive to compute columns that the model takes .*, got mont; did you mean month\?$/,
    ],
    [
      'a function that reads no column',
      csv(join(folder, 'no.csv'), {
        delimiter: ';',
        decimal: ',',
        derive: { ...derive, month: ({ data }) => monthOf(data) },
      }),
      /no\.csv: month of line 2: expected a column of the table \(date, station, rain, sky, b\), got data; did you mean date\?$/,
    ],
    [
      'a number too many',
      csv(join(folder, 'no.csv'), { delimiter: ';', decimal: ',', derive: { ...derive, season: () => [1, 2, 3] } }),
      /season of line 2: expected 2 values, got 3; return as many from derive$/,
    ],
    [
      'a value too few',
      csv(join(folder, 'no.csv'), { delimiter: ';', decimal: ',', derive: { ...derive, month: () => undefined } }),
      /line 2 lacks month; /,
    ],
    [
      'a date that is none',
      csv(join(folder, 'no.csv'), {
        delimiter: ';',
        decimal: ',',
        derive: { ...derive, month: ({ sky }) => monthOf(sky) },
      }),
      /month of line 2: expected a date such as 2012-12-31, got "rain, heavy"; correct it/,
    ],
    [
      'columns for one class',
      csv(join(folder, 'no.csv'), { delimiter: ';', decimal: ',', derive, columns: { sky: ['sky', 'rain'] } }),
      /^csv: expected one column of classes for sky, got sky, rain; give its name$/,
    ],
    [
      'a point instead of a comma',
      csv(join(folder, 'no.csv'), { delimiter: ';', decimal: ',', derive, columns: { rain: 'b' } }),
      /b in line 2 is "1\.5", not a number; write 15 or 1,5$/,
    ],
  ])('refuses %s', async (_, data, message) => {
    const table = await data;
    file('no.csv', messy.replace('note\n', 'b\n').replace('"a ""note"""', '1.5'));
    await expect(toDataset(table, variables)).rejects.toThrow(message);
  });

  it('reads records of a file that is larger than memory twice, and finds the same', async () => {
    const records = Array.from({ length: 20_000 }, (_, i) => ({
      a: i,
      ...(i % 3 === 0 && { b: { c: [i, `x"é${i}`] } }),
    }));
    const text = records.map((record) => JSON.stringify(record));
    const list = file('large.json', `\ufeff [${text.join(',\n ')}]\n`);
    const lines = file('large.jsonl', `${text.join('\r\n\r\n')}\r\n`);
    const rowsOf = async (path: string, isLines: boolean, most?: number) => {
      const rows: unknown[] = [];
      await readRecords(path, isLines, (header) => (rows.push(header), (cells) => void rows.push(cells)), most);
      return rows;
    };
    const rows = await rowsOf(list, false);
    expect(rows.slice(0, 3)).toEqual([
      ['a', 'b.c.0', 'b.c.1'],
      ['0', '0', 'x"é0'],
      ['1', '', ''],
    ]);
    expect(rows).toHaveLength(20_001);
    for (const [path, isLines] of [
      [list, false],
      [lines, true],
    ] as const) {
      expect(await rowsOf(path, isLines)).toEqual(rows);
      expect(await rowsOf(path, isLines, 1000)).toEqual(rows);
    }
  });

  it('refuses what is no table of records', async () => {
    for (const [text, name, message] of [
      [
        '{"a": 1}',
        'a.json',
        /a\.json: expected a list of objects, got an object; give \[\{ … \}, …\], or call the file \.jsonl/,
      ],
      [
        '{"type": "FeatureCollection", "features": [{"properties": {"a": 1}}]}',
        'j.json',
        /j\.json: expected a list of objects, got an object; write the list in its member features into a file of its own$/,
      ],
      ['[1]', 'b.json', /b\.json: expected an object in row 1, got 1; give its members$/],
      ['[', 'c.json', /c\.json: expected JSON, got text that is none \(it ends too early\); correct it$/],
      ['[{"a":1},]', 'f.json', /f\.json: expected JSON, got text that is none \(.+\); correct it$/],
      ['[{"a":1}] x', 'g.json', /g\.json: expected JSON, got text that is none \(.+\); correct it$/],
      ['x', 'h.json', /h\.json: expected JSON, got text that is none \(.+\); correct it$/],
      [
        '{"a":1}\n{"a":2}',
        'i.json',
        /i\.json: expected JSON, got text that is none \(.+\); correct it, or call the file \.jsonl if each of its lines is an object$/,
      ],
      ['{"a":1}\n{"a":', 'd.jsonl', /d\.jsonl: expected JSON in row 2, got text/],
      ['[]', 'e.json', /e\.json: expected a list of objects, got none with a member; give some$/],
    ] as const)
      await expect(toDataset(json(file(name, text)), variables), name).rejects.toThrow(message);
    await expect(toDataset(json(join(folder, 'none.json')), variables)).rejects.toThrow(
      /none\.json: expected a JSON file, got no such file; correct the path$/,
    );
    const y = cvae({
      condition: {},
      target: normal(1),
      latent: 1,
      recognition: ({ y }) => y.pipe(gaussian(1)),
      decoder: ({ z }) => z.pipe(dense(1)),
    });
    const path = file('y.csv', 'rain\n1\n');
    await expect(toDataset(csv(path), variablesOf(y))).rejects.toThrow(
      "y.csv: expected a column y, got rain; say which one y is: { columns: { y: 'rain' } }",
    );
  });
});

describe('the parts of a date', () => {
  it('are those that are written', () => {
    const date = '2012-12-31T18:30:00+02:00';
    expect([yearOf(date), monthOf(date), weekdayOf(date), hourOf(date)]).toEqual([2012, 12, 1, 18]);
    expect(timeOfDay('2012-12-31 06:00')).toEqual([1, expect.closeTo(0, 12)]);
    expect(seasonOf('2012-01-01')).toEqual([0, 1]);
    for (const same of [
      '20121231',
      '2012/12/31',
      '31.12.2012',
      '31/12/2012',
      '12/31/2012 08:00',
      'Dec 31 2012',
      'december 31, 2012 18:30',
      '31-Dec-2012',
      '31-Dec-12 06:30 PM',
      '31.12.12',
      '12/31/12',
      'Monday, December 31, 2012',
      'Mon, 31 Dec 2012 00:00:00 GMT',
      '12/31/2012 08:00:00.500',
    ])
      expect([monthOf(same), weekdayOf(same)], same).toEqual([12, 1]);
    for (const month of ['2012-03', '2012/3', '3/2012', '03-2012', 'Mar 2012', 'march 2012', 'Mar-2012'])
      expect([yearOf(month), monthOf(month), seasonOf(month)], month).toEqual([2012, 3, seasonOf('2012-03-01')]);
    expect(() => weekdayOf('2012-03')).toThrow(
      /^expected a date with its day, got a month alone, 2012-3; take its month, season or year$/,
    );
    expect([monthOf('02/03/2012', 'dmy'), monthOf('02/03/2012', 'mdy')]).toEqual([3, 2]);
    expect([yearOf('1/2/69', 'dmy'), yearOf('1/2/68', 'dmy'), yearOf('31-Dec-99')]).toEqual([1969, 2068, 1999]);
    const times = ['12:05 AM', '1:05 am', '12:59:59 PM', '03:11 p.m.', '15:11'];
    expect(times.map((time) => hourOf(`12/31/2012 ${time}`))).toEqual([0, 1, 12, 15, 15]);
    for (const none of ['', 'NA', undefined]) expect([monthOf(none), seasonOf(none)]).toEqual([undefined, undefined]);
  });

  it.each([
    '02/03/2012',
    '02/03/12',
    '31-12-12',
    '02/03/2012 08:00:00.500',
    '2012-13-01',
    '2012-13',
    '13/2012',
    '2012.12',
    '2013-02-29',
    'June',
    '2012-12-31 25:00',
  ])('of %s are refused', (text) => {
    expect(() => monthOf(text)).toThrow(/expected a date such as 2012-12-31, got .*; /);
  });
});
