import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { parquetWriteFile, type ColumnSource } from 'hyparquet-writer';
import { afterAll, describe, expect, it } from 'vitest';
import { categorical, concat, continuous, cvae, dense, gaussian, heads, normal, relu } from 'cvae-compile';
import { arrow, csv, json, monthOf, parquet, records, toDataset, type Data } from 'cvae-compile/data';
import { train } from 'cvae-compile/train';
import { variablesOf } from '../../src/train/parameters.ts';

const folder = mkdtempSync(join(tmpdir(), 'sources-'));
afterAll(() => rmSync(folder, { recursive: true }));

const targets = { rain: normal(1, { mask: true }), wind: normal(2) };
const model = cvae({
  condition: { station: categorical('coast', 'peak'), month: categorical(13), big: continuous(1) },
  target: targets,
  latent: 2,
  recognition: ({ y: { rain, wind }, mask, station, month, big }) =>
    concat(rain, mask.rain, wind, station, month, big).pipe(dense(8), relu, gaussian(2)),
  decoder: ({ z, station, month, big }) => concat(z, station, month, big).pipe(heads(targets)),
});
const variables = variablesOf(model);

const days = Array.from({ length: 50 }, (_, i) => ({
  date: new Date(Date.UTC(2012, i % 12, 1 + (i % 28), i % 3)),
  station: i % 3 === 0 ? 'peak' : 'coast',
  rain: i % 7 === 0 ? null : i / 4,
  big: BigInt(i),
  wind: [i / 2, -i],
}));
const derive = { month: ({ date }: { readonly date?: string }) => monthOf(date) };

const jsonFile = join(folder, 'days.jsonl');
writeFileSync(jsonFile, days.map(({ big, ...day }) => JSON.stringify({ ...day, big: Number(big) })).join('\n'));

const columns: ColumnSource[] = [
  { name: 'date', data: days.map(({ date }) => date), type: 'TIMESTAMP' },
  { name: 'station', data: days.map(({ station }) => station), type: 'STRING' },
  { name: 'rain', data: days.map(({ rain }) => rain), type: 'DOUBLE', nullable: true },
  { name: 'big', data: days.map(({ big }) => big), type: 'INT64' },
  { name: 'wind.0', data: days.map(({ wind }) => wind[0] ?? 0), type: 'FLOAT' },
  { name: 'wind.1', data: days.map(({ wind }) => wind[1] ?? 0), type: 'INT32' },
];
const parquetFile = (name: string, options: object = {}): string => {
  const filename = join(folder, name);
  parquetWriteFile({ filename, columnData: columns, ...options });
  return filename;
};

const arrowFile = (name: string, format: 'file' | 'stream'): string => {
  const path = join(folder, name);
  const table = tableFromArrays({
    date: days.map(({ date }) => date),
    station: days.map(({ station }) => station),
    rain: days.map(({ rain }) => rain),
    big: BigInt64Array.from(days, ({ big }) => big),
    'wind.0': Float32Array.from(days, ({ wind }) => wind[0] ?? 0),
    'wind.1': Int32Array.from(days, ({ wind }) => wind[1] ?? 0),
  });
  writeFileSync(path, tableToIPC(table, format));
  return path;
};

async function* oneByOne() {
  for (const day of days) yield await Promise.resolve(day);
}

describe('a table in any format', () => {
  const options = { derive, test: 0.2, seed: 3 };
  const others: Readonly<Record<string, Data>> = {
    'a Parquet file': parquet(parquetFile('days.parquet'), options),
    'a Parquet file in row groups, uncompressed': parquet(
      parquetFile('groups.parquet', { rowGroupSize: 7, codec: 'UNCOMPRESSED' }),
      options,
    ),
    'an Arrow file': arrow(arrowFile('days.arrow', 'file'), options),
    'an Arrow stream': arrow(arrowFile('days.arrows', 'stream'), options),
    'a list of records': records(days, options),
    'records one by one': records(oneByOne, options),
  };
  it.each(Object.entries(others))('%s is the same data as JSON lines', async (_, data) => {
    const expected = await toDataset(json(jsonFile, options), variables);
    const found = await toDataset(data, variables);
    expect(found.checksum).toBe(expected.checksum);
    expect(found.scaling).toEqual(expected.scaling);
    expect(found.test?.count).toBe(10);
    expect([...(expected.train.columns['rain_mask']?.data ?? [])]).toContain(0);
  });

  it('trains', async () => {
    const { weights } = await train(model, parquet(parquetFile('train.parquet'), { derive }), { epochs: 1, seed: 1 });
    expect(weights.size).toBeGreaterThan(4);
  });

  it('is refused in words', async () => {
    const text = join(folder, 'text.parquet');
    writeFileSync(text, 'date,rain\n');
    await expect(toDataset(parquet(text), variables)).rejects.toThrow(
      /text\.parquet: expected a Parquet file, got one that cannot be read \(.*\); write it again/,
    );
    await expect(toDataset(arrow(text), variables)).rejects.toThrow(/expected an Arrow file/);
    await expect(toDataset(parquet(join(folder, 'none.parquet')), variables)).rejects.toThrow(
      /expected a Parquet file, got no such file; correct the path/,
    );
    await expect(toDataset(records([]), variables)).rejects.toThrow('records: expected rows of data, got none');
    await expect(toDataset(records([{ rain: 1, wind: [1, 2] }], { derive }), variables)).rejects.toThrow(
      /expected a column station, got rain, wind.0, wind.1/,
    );
    await expect(toDataset(records([1 as unknown as object]), variables)).rejects.toThrow(
      'records: expected an object in row 1, got 1; give its members',
    );
    const late = [...days.slice(0, 1), ...Array.from({ length: 1000 }, () => days[0] ?? {}), { more: 1 }];
    await expect(toDataset(records(late, { derive }), variables)).rejects.toThrow(/in row 1002, got also more/);
  });
});

describe('a long table', () => {
  const path = { speed: normal(4, 2, { mask: true }), gear: categorical('low', 'high', { at: [4], mask: true }) };
  const trips = cvae({
    condition: { driver: categorical('ann', 'bob') },
    target: path,
    latent: 2,
    recognition: ({ driver }) => driver.pipe(dense(4), relu, gaussian(2)),
    decoder: ({ z, driver }) => concat(z, driver).pipe(heads(path)),
  });
  const long = join(folder, 'trips.csv');
  writeFileSync(
    long,
    [
      'trip,time,driver,vx,vy,gear',
      'a,10,ann,3,30,high',
      'b,1,bob,7,70,low',
      'a,2,ann,1,10,low',
      'a,9,ann,2,20,low',
      'b,2,bob,8,,high',
    ].join('\n'),
  );
  const named = { columns: { speed: ['vx', 'vy'] } };
  const read = async (options: object) => {
    const { train: examples } = await toDataset(csv(long, { ...named, ...options }), variablesOf(trips));
    return { examples, of: (name: string) => [...(examples.columns[name]?.data ?? [])] };
  };

  it('has an example for each sequence, in order, with a mask of what there is', async () => {
    const { examples, of } = await read({ by: 'trip', orderBy: 'time' });
    expect(examples.count).toBe(2);
    expect(examples.columns['speed']?.shape).toEqual([4, 2]);
    expect(of('speed')).toEqual([1, 10, 2, 20, 3, 30, 0, 0, 7, 70, 8, 0, 0, 0, 0, 0]);
    expect(of('speed_mask')).toEqual([1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0]);
    expect(of('gear')).toEqual([0, 0, 1, 0, 0, 1, 0, 0]);
    expect(of('gear_mask')).toEqual([1, 1, 1, 0, 1, 1, 0, 0]);
    expect(of('driver')).toEqual([0, 1]);
  });

  it('calls its elements by their columns and steps, with units, in samples and files too', async () => {
    const units = { vx: 'm/s' };
    const { names } = await toDataset(csv(long, { ...named, by: 'trip', units }), variablesOf(trips));
    const speed = {
      elements: [1, 2, 3, 4].flatMap((t) => [`vx ${t}`, `vy ${t}`]),
      units: [1, 2, 3, 4].flatMap(() => ['m/s', '']),
    };
    expect(names?.['speed']).toEqual(speed);
    const trained = await train(trips, csv(long, { ...named, by: 'trip', units }), { epochs: 1, seed: 1 });
    expect(trained.names?.['speed']).toEqual(speed);
  });

  it('keeps the order of the file without another', async () => {
    expect((await read({ by: ['trip', 'driver'] })).of('speed').slice(0, 6)).toEqual([3, 30, 1, 10, 2, 20]);
  });

  it('trains, each step standardised as the others', async () => {
    const { weights } = await train(trips, csv(long, { ...named, by: 'trip' }), { epochs: 1, batch: 1, seed: 1 });
    expect(weights.size).toBeGreaterThan(4);
  });

  it('ends with the class that is the end', async () => {
    const { train: examples } = await toDataset(csv(long, { by: 'trip', orderBy: 'time' }), {
      gear: { ...categorical('low', 'high', 'stop', { at: [4], end: 'stop' }), distribution: 'categorical' },
    });
    expect([...(examples.columns['gear']?.data ?? [])]).toEqual([0, 0, 1, 2, 0, 1, 2, 2]);
  });

  it('is refused in words', async () => {
    const refused = (options: object, message: RegExp | string) => expect(read(options)).rejects.toThrow(message);
    await refused(
      { by: 'tripp' },
      /expected a column tripp, by which rows are put together, got .*; did you mean trip\?/,
    );
    await refused({ by: 'trip', orderBy: 'when' }, /expected a column when, by which rows are sorted/);
    await refused({ by: 'driver', longer: 'long' }, "csv: expected 'error' or 'cut', with by, as longer, got \"long\"");
    await refused({ orderBy: 'time' }, 'csv: expected a column, with by, as orderBy, got "time"');
    await refused(
      { by: 'gear', columns: { speed: ['vx', 'vy'], driver: 'trip' } },
      /gear high: expected one trip, got "a" in row 2 and "b" in row 6/,
    );
    const six = join(folder, 'six.csv');
    writeFileSync(six, `trip,driver,vx,vy,gear\n${'a,ann,1,2,low\n'.repeat(6)}`);
    await expect(toDataset(csv(six, { ...named, by: 'trip' }), variablesOf(trips))).rejects.toThrow(
      /trip a: expected at most 4 rows, as the model has steps, got 6; define more steps, or leave the rest out with \{ longer: 'cut' \}/,
    );
    const cut = await toDataset(csv(six, { ...named, by: 'trip', longer: 'cut' }), variablesOf(trips));
    expect(cut.train.columns['speed']?.data).toHaveLength(8);
    const bare = { speed: { kind: 'continuous', shape: [4, 2], dataShape: [4, 2] } } as const;
    await expect(toDataset(csv(long, { ...named, by: 'trip' }), bare)).rejects.toThrow(/trip a lacks vx 4/);
    const flat = { vx: { kind: 'continuous', shape: [1], dataShape: [1] } } as const;
    await expect(toDataset(csv(long, { by: 'trip' }), flat)).rejects.toThrow(/expected a variable with steps/);
  });
});
