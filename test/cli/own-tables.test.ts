import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { parquetWriteFile } from 'hyparquet-writer';
import { beforeAll, describe, expect, it } from 'vitest';
import { userProject } from '../support/user-project.ts';
import { IS_LONG } from '../support/chosen.ts';
import { TSC } from '../types/tsc.ts';
import { cli } from './support/cli.ts';

// Tables as their owners have them: numbers with signs, dates of several forms, sequences, and any file format.

const { folder, run } = userProject('own-tables');
const file = (name: string): string => join(folder, name);
const read = (name: string): string => readFileSync(file(name), 'utf8');
const ofProject = (project: string, command: string, ...more: readonly string[]) =>
  cli(command, file(`${project}/model.ts`), ...more);
const init = (project: string, from: string, ...more: readonly string[]) =>
  cli('init', file(project), '--from', file(from), ...more);

const ROWS = Array.from({ length: 60 }, (_, i) => ({
  amount: 500 + ((i * 7919) % 4001) + (i % 4) / 4,
  units: 900 + ((i * 31) % 300),
  share: (i % 7) + 0.5,
  hour: i % 12,
}));

describe('numbers with signs', () => {
  const dollars = (value: number): string => `$${value.toLocaleString('en-US', { minimumFractionDigits: 2 })}`;
  const euros = (value: number): string => `${value.toLocaleString('de-DE', { minimumFractionDigits: 2 })} €`;
  const cell = (text: string): string => `"${text}"`;
  beforeAll(() => {
    const us = ROWS.map(({ amount, units, share, hour }, i) =>
      [dollars(amount), units.toLocaleString('en-US'), `${share}%`, `0${(i % 9) + 1}/${10 + i % 18}/2023 ${hour === 0 ? 12 : hour}:05 ${i % 2 === 0 ? 'AM' : 'PM'}`].map(cell).join(','),
    ); // prettier-ignore
    writeFileSync(file('us.csv'), ['Amount,Units,Share,Sold', ...us, ''].join('\n'));
    const de = ROWS.map(({ amount, units, share }) =>
      [euros(amount), units.toLocaleString('de-DE'), `${share} %`.replace('.', ',')].join(';'),
    );
    writeFileSync(file('de.csv'), `\ufeff${['Größe;Stück;Anteil', ...de, ''].join('\r\n')}`);
  });

  const rangesOf = async (project: string) => {
    const { variables } = JSON.parse((await ofProject(project, 'data', '--json')).out);
    return variables.map(({ numbers }: { readonly numbers: readonly Range[] }) =>
      numbers.map(({ least, most }) => [least, most]),
    );
  };
  interface Range {
    readonly least: number;
    readonly most: number;
  }

  it('are read as numbers, in American and in German form', async () => {
    const us = await init('us', 'us.csv', '--target', 'Amount,Units,Share', '--no-condition');
    expect(us.err).toMatch(/^ {2}Amount +numbers from 500 to 4435 \$; a target$/m);
    expect(us.err).toMatch(/^ {2}Sold +dates; not used$/m);
    for (const text of ["thousands: ',',", "signs: ['$', '%'],", "Amount: '$',", "Share: '%',"])
      expect(read('us/model.ts')).toContain(text);
    await init('de', 'de.csv', '--target', 'Größe,Stück,Anteil', '--no-condition');
    for (const text of ["decimal: ',',", "thousands: '.',", "signs: ['€', '%'],", 'Grosse: normalScores', 'Stuck: '])
      expect(read('de/model.ts')).toContain(text);
    expect(await rangesOf('us')).toEqual(await rangesOf('de'));
  });

  it('give the hour of a date with AM and PM to a condition', async () => {
    await init('hours', 'us.csv', '--target', 'Amount', '--condition', 'hour');
    const { variables } = JSON.parse((await ofProject('hours', 'data', '--json')).out);
    const hour = variables.find(({ name }: { readonly name: string }) => name === 'hour');
    // 0 to 11 in even rows, 12 to 23 in odd ones.
    expect(hour.classes.flatMap(({ count }: { readonly count: number }, i: number) => (count > 0 ? [i] : []))).toEqual([
      0, 2, 4, 6, 8, 10, 13, 15, 17, 19, 21, 23,
    ]);
  });

  it('are refused with the option that reads them', async () => {
    await init('refused', 'us.csv', '--target', 'Amount,Units', '--no-condition');
    const model = read('refused/model.ts');
    writeFileSync(file('refused/model.ts'), model.replace(/ +thousands.*\n/, ''));
    expect((await ofProject('refused', 'data')).err).toMatch(
      /not a number; write [\d.]+, or give \{ thousands: ',' \} to csv/,
    );
    writeFileSync(file('refused/model.ts'), model.replace(/ +signs.*\n/, ''));
    expect((await ofProject('refused', 'data')).err).toMatch(
      /not a number; give \{ signs: \['\$'\] \} to csv, or write/,
    );
  });
});

describe('sequences in a long table', () => {
  beforeAll(() => {
    const trips = Array.from({ length: 60 }, (_, trip) =>
      Array.from({ length: 3 + (trip % 3) }, (_, step) => ({
        trip: `T${trip}`,
        driver: ['ann', 'bob'][trip % 2],
        time: `${1 + step}.2.2021`,
        'speed km/h': 40 + 7 * (trip % 5) + step,
        gear: ['low', 'high'][(trip + step) % 2],
        slope: (((trip * 31 + step * 17) % 23) - 11) / 10,
        load: 100 * (trip % 4),
      })),
    ).flat();
    // Neither the rows of a trip nor the trips are in order.
    const shuffled = trips.map((row, i) => [(i * 7919) % trips.length, row] as const).sort(([a], [b]) => a - b);
    const [first] = trips;
    const lines = shuffled.map(([, row]) => Object.values(row).join(','));
    writeFileSync(file('trips.csv'), [Object.keys(first ?? {}).join(','), ...lines, ''].join('\n'));
  });

  const made = (project: string, ...more: readonly string[]) =>
    init(project, 'trips.csv', '--by', 'trip', '--order-by', 'time', ...more);

  it('are a definition of literal lengths with an end and a decoder of steps, which trains, exports and samples', async () => {
    const { code, err } = await made('trips', '--target', 'speed km/h,gear', '--condition', 'driver,load');
    expect(code, err).toBe(0);
    expect(err).toContain('60 sequences, by trip, of 3 to 5 rows, sorted by time\n');
    expect(err).toMatch(/^ {2}speed km\/h +whole numbers from 40 to 72.*; a target, at each step$/m);
    expect(err).toMatch(/^ {2}load .*; a condition$/m);
    const model = read('trips/model.ts');
    for (const text of [
      "speed_km_h: normal(5, 1, { sigma: 'learned' }),",
      "gear: categorical('high', 'low', { at: [5] }),",
      "more: categorical('yes', 'end', { at: [5], end: 'end' }),",
      "speed_km_h: normal(1, { sigma: 'learned' }),",
      'concat(y.speed_km_h, y.gear, y.more).pipe(gru(64, { last: true }))',
      'heads(targetsOfStep)',
      "by: 'trip',",
      "orderBy: 'time',",
    ])
      expect(model).toContain(text);
    expect(run(process.execPath, [...TSC(), '--noEmit', '-p', 'trips'])).toEqual({ status: 0, output: '' });
    const out = file('trips/run');
    expect(await ofProject('trips', 'train', '--out', out, '--epochs', '1', '--engine', 'onnx')).toMatchObject({
      code: 0,
    });
    expect(
      await ofProject('trips', 'export', '--weights', out, '--out', file('trips/out'), '--recognition'),
    ).toMatchObject({ code: 0 });
    const drawn = await cli(
      'sample',
      file('trips/out'),
      '--set',
      'driver=all',
      '--set',
      'load=100',
      '--draw',
      '--out',
      file('trips.drawn.csv'),
    );
    expect(drawn).toMatchObject({ code: 0 });
    const [header = '', ...rows] = read('trips.drawn.csv').trim().split('\n');
    expect(header).toMatch(/^driver,load,sample,speed km\/h 1,.*speed km\/h 5,gear 1,.*gear 5,more 1,.*more 5$/);
    expect(rows).toHaveLength(2);
    // What was drawn can be asked about.
    const asked = (data: string) => cli('encode', file('trips/out'), '--data', file(data));
    const encoded = await asked('trips.drawn.csv');
    expect(encoded.code, encoded.err).toBe(0);
    expect(encoded.out.trim().split('\n')).toHaveLength(2);
    expect((await asked('trips.csv')).err).toMatch(
      /trips\.csv: expected a column speed km\/h 1, got trip, .*if it has a row for each step of a sequence, give the definition, .*: --data model\.ts\n$/,
    );
  }, 120_000);

  it('may have columns that are called as what steps are given: the definition calls them otherwise', async () => {
    const lines = Array.from(
      { length: 80 },
      (_, i) => `${i >> 2},${i & 3},${['idle', 'busy'][((i * 7) % 3) & 1]},${(i * 5) % 11},${['a', 'b'][(i >> 2) & 1]}`,
    );
    writeFileSync(file('machines.csv'), ['run,minute,state,next_load,given', ...lines, ''].join('\n'));
    const options = ['--by', 'run', '--order-by', 'minute', '--target', 'state,next_load', '--condition', 'given'];
    expect(await init('machines', 'machines.csv', ...options)).toMatchObject({ code: 0 });
    expect(read('machines/model.ts')).toContain("state_2: 'state',\n");
    if (!IS_LONG) return; // those above and below are trained and exported
    const out = file('machines/run');
    for (const [command, ...more] of [
      ['train', '--out', out, '--epochs', '1', '--engine', 'onnx'],
      ['export', '--weights', out, '--out', file('machines/out')],
    ] as const) {
      const { code, err } = await ofProject('machines', command, ...more);
      expect(code, err).toBe(0);
    }
  }, 120_000);

  it('are sorted by their dates', async () => {
    await made('sorted', '--target', 'speed km/h', '--condition', 'driver');
    const { variables } = JSON.parse((await ofProject('sorted', 'data', '--json')).out);
    const speed = variables.find(({ name }: { readonly name: string }) => name === 'speed_km_h');
    expect(speed.numbers.map(({ least }: { readonly least: number }) => least)).toEqual([40, 41, 42, 43, 44]);
  });

  it('have as a condition a part of the dates that put them together or sort them, or of those of several columns', async () => {
    const lines = Array.from({ length: 240 }, (_, i) => {
      const day = `2024-0${1 + (Math.floor(i / 4) % 3)}-${10 + (Math.floor(i / 12) % 19)}`;
      return `${day},${day}T0${i % 4}:30,${(i * 7) % 31}`;
    });
    writeFileSync(file('log.csv'), ['day,at,load', ...lines, ''].join('\n'));
    const by = ['--by', 'day', '--order-by', 'at', '--target', 'load'];
    expect((await init('log', 'log.csv', ...by, '--condition', 'weekday')).err).toContain(
      'log.csv: expected the weekday of one column of dates in --condition, got 2 such columns (day, at); give weekday of day, say',
    );
    const both = await init('log', 'log.csv', ...by, '--condition', 'weekday of day,hour of at');
    expect(both.err).toMatch(/^ {2}day +dates; its weekday is a condition$/m);
    expect(both.err).toMatch(/^ {2}at +dates; its hour is a condition$/m);
    const { variables } = JSON.parse((await ofProject('log', 'data', '--json')).out);
    expect(
      variables.map(({ name, shape }: { readonly name: string; readonly shape: readonly number[] }) => [name, shape]),
    ).toEqual(Object.entries({ weekday: [], hour: [8], load: [8, 1], more: [8] }));
  });

  it('have as a condition one of the columns that put them together', async () => {
    const lines = Array.from(
      { length: 80 },
      (_, i) => `J${i >> 3},${(i >> 2) & 1 ? 'men' : 'women'},${(i & 3) + 1}/2020,${(i * 7) % 23}`,
    );
    writeFileSync(file('jobs.csv'), ['job,sex,month,count', ...lines, ''].join('\n'));
    const { err } = await init(
      'jobs',
      'jobs.csv',
      '--by',
      'job,sex',
      '--order-by',
      'month',
      '--target',
      'all',
      '--condition',
      'sex',
    );
    expect(err).toMatch(/^ {2}job +10 classes; the rows of a sequence share it$/m);
    expect(err).toMatch(/^ {2}sex +classes men, women; a condition$/m);
    expect(err).toContain('20 sequences, by job, sex, of 4 rows, sorted by month\n');
    const { variables } = JSON.parse((await ofProject('jobs', 'data', '--json')).out);
    expect(variables.map(({ name }: { readonly name: string }) => name)).toEqual(['sex', 'count']);
    const { err: months } = await init('no', 'jobs.csv', '--target', 'count', '--condition', 'weekday');
    expect(months).toMatch(/month to have a weekday that differs .*, got months without a day; give another part of/);
    const { err: years } = await init('no', 'jobs.csv', '--target', 'count', '--condition', 'year');
    expect(years).toMatch(/got dates that all have the same year; give another part of --condition \(month, season, w/);
  });

  it('are refused where nothing is put together, or a condition lacks values within one', async () => {
    for (const [options, message] of [
      [['--by', 'tripp', '--target', 'load'], /expected columns in --by \(trip, .*\), got tripp; did you mean trip\?/],
      [
        ['--by', 'trip,time', '--target', 'load'],
        /expected several rows of each trip, time, got 240 of one row; leave/,
      ],
      [['--by', 'trip', '--target', 'load'], /expected targets that change within a trip, got load, the same in all/],
      [
        ['--order-by', 'time', '--target', 'load'],
        /expected --by, the columns that sequences share, .*, got none; give/,
      ],
    ] as const) {
      const { code, err } = await init('no', 'trips.csv', ...options, '--no-condition');
      expect([code, err]).toEqual([1, expect.stringMatching(message)]);
    }
    writeFileSync(file('gaps.csv'), 'trip,slope,speed\n1,2,3\n1,,4\n2,1,2\n2,3,5\n');
    const { err } = await init('no', 'gaps.csv', '--by', 'trip', '--target', 'speed', '--condition', 'slope');
    expect(err).toMatch(
      /expected conditions that change within a trip to have a value in each row, got slope, which lac/,
    );
  });

  it.runIf(IS_LONG)(
    'give each step the conditions that change within a sequence',
    async () => {
      const { err } = await made('series', '--target', 'speed km/h', '--condition', 'gear,slope,load');
      expect(err).toMatch(/^ {2}gear +classes high, low; a condition, at each step$/m);
      const model = read('series/model.ts');
      for (const text of [
        "gear: categorical('high', 'low', { at: [5] }),",
        'slope: continuous(5, 1),',
        'concat(concat(gear, slope).pipe(gru(32, { last: true })), load).pipe(',
        'concat(y.speed_km_h, y.more, gear, slope).pipe(gru(64, { last: true })), load,',
        'const given = concat(z, load);',
        '({ previous, state, input }) => {',
        'input.gear, input.slope,',
      ])
        expect(model).toContain(text);
      expect(run(process.execPath, [...TSC(), '--noEmit', '-p', 'series'])).toEqual({ status: 0, output: '' });
      const out = file('series/run');
      for (const [command, ...more] of [
        ['train', '--out', out, '--epochs', '1', '--engine', 'onnx'],
        ['export', '--weights', out, '--out', file('series/out')],
      ] as const) {
        const { code, err: refused } = await ofProject('series', command, ...more);
        expect(code, refused).toBe(0);
      }
      // As the project's own script does it.
      const { scripts } = JSON.parse(read('series/package.json'));
      expect(scripts.sample).toContain('--set gear=high,high,high,high,high --set slope=');
      const given = ['gear=high,high,low,low,low', 'slope=1,2,3,4,5', 'load=100'].flatMap((set) => ['--set', set]);
      expect(
        await cli('sample', file('series/out'), ...given, '--draw', '--out', file('series.drawn.csv')),
      ).toMatchObject({ code: 0 });
      expect(read('series.drawn.csv')).toContain('"high,high,low,low,low","1,2,3,4,5",100,0,');
    },
    120_000,
  );
});

describe('any format', () => {
  const rows = ROWS.map(({ amount, hour }) => ({
    'net amount': amount,
    'the hour': hour,
    'sales region': hour < 6 ? 'N' : 'S',
  }));
  const names = ['net amount', 'the hour', 'sales region'] as const;
  beforeAll(() => {
    const few = rows.slice(0, 6);
    const column = (name: (typeof names)[number]) => few.map((row) => row[name]);
    const line = (row: (typeof rows)[number]): string => Object.values(row).join(',');
    writeFileSync(file('all.csv'), [names.join(','), ...rows.map(line), ''].join('\n'));
    writeFileSync(file('few.csv'), [names.join(','), ...few.map(line), ''].join('\n'));
    writeFileSync(
      file('few.tsv'),
      [names.join('\t'), ...few.map((row) => Object.values(row).join('\t')), ''].join('\n'),
    );
    writeFileSync(file('few.json'), JSON.stringify(few));
    writeFileSync(file('few.jsonl'), few.map((row) => JSON.stringify(row)).join('\n'));
    parquetWriteFile({
      filename: file('few.parquet'),
      columnData: [
        { name: 'net amount', data: column('net amount'), type: 'DOUBLE' },
        { name: 'the hour', data: column('the hour'), type: 'INT32' },
        { name: 'sales region', data: column('sales region'), type: 'STRING' },
      ],
    });
    const arrow = tableFromArrays(Object.fromEntries(names.map((name) => [name, column(name)])));
    writeFileSync(file('few.arrow'), tableToIPC(arrow, 'file'));
    mkdirSync(file('answers'));
  });

  it('is read for score, reconstruct and conditions by the columns of the data', async () => {
    const given = ['--target', 'net amount', '--condition', 'sales region,the hour'];
    expect(await init('formats', 'all.csv', ...given)).toMatchObject({ code: 0 });
    const [out, model] = [file('formats/run'), file('formats/out')];
    expect(await ofProject('formats', 'train', '--out', out, '--epochs', '1', '--engine', 'onnx')).toMatchObject({
      code: 0,
    });
    const more = ['--recognition', '--evaluation', '5'];
    expect(await ofProject('formats', 'export', '--weights', out, '--out', model, ...more)).toMatchObject({ code: 0 });
    const answers = async (data: string) => {
      const asked = [
        ['score', model, '--data', data],
        ['reconstruct', model, '--data', data],
        ['sample', model, '--conditions', data, '--draw', '--seed', '1'],
      ];
      const all = [];
      for (const words of asked) {
        const { code, out: text, err } = await cli(...words);
        expect([words[0], code, err]).toEqual([words[0], 0, words[0] === 'sample' ? '' : expect.anything()]);
        all.push(text);
      }
      return all;
    };
    const wanted = await answers(file('few.csv'));
    for (const ending of ['tsv', 'json', 'jsonl', 'parquet', 'arrow'])
      expect([ending, ...(await answers(file(`few.${ending}`)))]).toEqual([ending, ...wanted]);
  }, 120_000);
});

describe('what init says of a table', () => {
  let said = 0;
  const of = async (text: string, ...more: readonly string[]) => {
    writeFileSync(file('some.csv'), text);
    return init(`said-${++said}`, 'some.csv', '--target', 'all', '--no-condition', ...more);
  };

  it('names numbers that may stand for missing ones, and those that float32 cannot tell apart', async () => {
    const lines = ROWS.map(
      ({ share, hour }, i) => `${i % 9 === 0 ? -999 : 20 + share},${9007199254740000 + ((i * 7919) % 60)},${hour}`,
    );
    const { err } = await of(['temp,huge,hour', ...lines].join('\n'));
    expect(err).toMatch(
      /^temp: -999 in 7 rows is far from all other values; if it stands for a missing one, write missingValues: \['-999'\]/m,
    );
    expect(err).toMatch(/^ {2}huge +left out: its numbers differ by too little for their size/m);
  });

  it('names words between numbers, which are read as missing, and numbers that are classes since there is text between them', async () => {
    const lines = ROWS.map(({ share }, i) => {
      const age = i % 20 === 0 ? 'unknown' : `${20 + i}`;
      return `${age},${i % 20 === 1 ? 'unknown' : i / 2},${i === 0 ? 'kg' : share + i},${i % 30 === 0 ? '90+' : 40 + (i % 25)}`;
    });
    const { err } = await of(['age,size,weight,top', ...lines].join('\n'));
    expect(err).toMatch(
      /^age, size: unknown in 6 cells, where others have numbers, is read as missing \(missingValues in model\.ts\)$/m,
    );
    expect(err).toMatch(
      /^weight: kg in 1 cell, where .*\(missingValues in model\.ts\); if its row is not data, delete the row$/m,
    );
    expect(err).toMatch(
      /^top: its numbers are classes, since there is text between them, such as 90\+; for numbers, leave these cells empty$/m,
    );
    const { variables } = JSON.parse((await ofProject(`said-${said}`, 'data', '--json')).out);
    expect(
      variables.map(({ name, missing }: { readonly name: string; readonly missing?: number }) => [name, missing]),
    ).toEqual(Object.entries({ age: 3, size: 3, weight: 1, top: 0 }));
  });

  it('says that there are few rows, or none, or nothing to draw', async () => {
    const few = await of('x,c\n1.5,a\n2.5,b\n3.5,a\n');
    expect(few.err).toMatch(/^ {2}x +numbers from 1\.5 to 3\.5; a target$/m);
    expect(few.err).toMatch(/^ {2}c +left out: it is text of 2 different values in 3 rows$/m);
    expect(few.err).toContain('3 rows are too few to learn from');
    expect((await of('x,c\n')).err).toMatch(/expected rows, got a header alone; give a file with some/);
    expect((await of('x,c\n1,a\n')).err).toMatch(
      /expected a column that a model can draw, got none: x \(left out: it is 1 in every row\); c \(.*\); give a table with others/,
    );
  });
});
