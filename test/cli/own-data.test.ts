import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { decode, encode } from 'fast-png';
import { parquetWriteFile } from 'hyparquet-writer';
import { beforeAll, describe, expect, it } from 'vitest';
import { userProject } from '../support/user-project.ts';
import { TSC } from '../types/tsc.ts';
import { cli, Terminal } from './support/cli.ts';
import { IS_LONG, chosen } from '../support/chosen.ts';

const { folder, run } = userProject('own-data');
const file = (name: string): string => join(folder, name);
const read = (name: string): string => readFileSync(file(name), 'utf8');

/** 60 days as a German spreadsheet has saved them. */
const days = (count = 60): string => {
  const rows = Array.from({ length: count }, (_, i) => {
    const day = new Date(Date.UTC(2021, 0, 1 + 6 * i));
    const date = `${day.getUTCDate()}.${day.getUTCMonth() + 1}.${day.getUTCFullYear()}`;
    const rain = i % 3 === 0 ? '0' : i % 11 === 1 ? '' : `${i % 5},${i % 7}`;
    const sky = i % 13 === 4 ? 'NA' : i % 3 === 0 ? '"clear; sunny"' : 'rain';
    const station = ["St. John's", 'Köln', ''][i % 3];
    return [i + 1, date, station, rain, sky, i % 4 === 1 ? 'yes' : 'no', 20 + ((i * 7) % 23), i % 6, 'x', `note ${i}`];
  });
  const header = ['Nr', 'date', 'station', 'rain in mm', 'sky', 'holiday', 'visitors', 'class', 'unit', 'note'];
  return `\ufeff${[header, ...rows].map((cells) => cells.join(';')).join('\r\n')}\r\n`;
};

/** A project's script, as its own words, with this project's paths. */
const script = (project: string, name: string, ...more: readonly string[]) => {
  const { scripts } = JSON.parse(read(`${project}/package.json`));
  const [program, ...words] = [...String(scripts[name]).matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, quoted, plain]) => plain ?? quoted ?? '',
  );
  expect(program).toBe('cvae-compile');
  return cli(...words.map((word) => (/^(model\.ts|out\/.*)$/.test(word) ? file(join(project, word)) : word)), ...more);
};

beforeAll(() => {
  writeFileSync(file('days.csv'), days());
  for (const [i, name] of ['cat', 'dog'].entries()) {
    mkdirSync(file(`pictures/${name}`), { recursive: true });
    for (let k = 0; k < 6; k++) {
      const data = Uint8Array.from({ length: 8 * 8 * 3 }, (_, p) => (40 * k + 90 * i + p) % 256);
      writeFileSync(file(`pictures/${name}/${k}.png`), encode({ width: 8, height: 8, channels: 3, data }));
    }
  }
});

describe('init --from', () => {
  it('writes a definition of a table: kinds, names, dates, what is missing and what is left out', async () => {
    const { code, err } = await cli('init', file('table'), '--from', file('days.csv'), '--target', 'rain in mm,sky,holiday,visitors', '--condition', 'month,station,class'); // prettier-ignore
    expect(code).toBe(0);
    expect(err).toMatch(/days\.csv: 60 rows$/m);
    expect(err).toMatch(/^ {2}Nr +left out: it numbers the rows$/m);
    expect(err).toMatch(/^ {2}unit +left out: it is x in every row$/m);
    expect(err).toMatch(/^ {2}note +left out: it is text that differs in each row$/m);
    expect(err).toMatch(/^ {2}date +dates; its month is a condition$/m);
    const model = read('table/model.ts');
    for (const text of [
      'rain_in_mm: hurdle(normalScores(1, { mask: true })), // from 0 to 4.5, ',
      "sky: categorical('clear; sunny', 'rain', { mask: true }), // ",
      "holiday: categorical('no', 'yes'), // 75 % are no",
      'visitors: normalScores(1), // from 20 to 42',
      String.raw`station: categorical('Köln', 'St. John\'s', { mask: true }), // 50 % are `,
      "class_: categorical('0', '1', '2', '3', '4', '5'),",
      "month: categorical('1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12'), // the month of date",
      "delimiter: ';',",
      "decimal: ',',",
      "rain_in_mm: 'rain in mm',",
      "class_: 'class',",
      'month: ({ date }) => monthOf(date),',
      "missing: 'mask',",
      ' * - note: left out: it is text that differs in each row',
    ])
      expect(model).toContain(text);
  });

  it('writes a definition of a folder of pictures by class', async () => {
    const { code, err } = await cli('init', file('images'), '--from', file('pictures'));
    expect(code).toBe(0);
    expect(err).toContain('pictures: 12 pictures of 8 × 8 pixels, in colour, 2 classes');
    expect(read('images/README.md')).toContain('the log-likelihood of the pictures that were held out');
    const model = read('images/model.ts');
    expect(model).toContain("condition: { label: categorical('cat', 'dog') },");
    expect(model).toContain('target: bernoulli(8, 8, 3),');
    expect(model).toContain("imageFolder(new URL('../pictures', import.meta.url), { channels: 3 })");
  });

  it('writes a definition of grey pictures that were saved in colours', async () => {
    mkdirSync(file('greyish/cat'), { recursive: true });
    const saved = (name: string, at: (p: number) => number) =>
      writeFileSync(
        file(`greyish/cat/${name}.png`),
        encode({ width: 8, height: 8, channels: 3, data: Uint8Array.from({ length: 192 }, (_, p) => at(p)) }),
      );
    // Of twenty and more, some are held out for the test.
    for (let i = 0; i < 24; i++) saved(`${i}`, (p) => 5 * i + Math.floor(p / 3));
    expect((await cli('init', file('grey'), '--from', file('greyish'))).err).toContain('8 × 8 pixels, grey, 1 class');
    expect(read('grey/model.ts')).toContain('target: bernoulli(8, 8, 1),');
    expect(read('grey/model.ts')).toContain('{ channels: 1, test: 0.1 }');
    saved('red', (p) => (p % 3 === 0 ? 200 : 0));
    expect((await cli('init', file('red'), '--from', file('greyish'))).err).toContain('in colour');
  });

  it('writes a definition of pictures of different sizes, with the package that makes them alike', async () => {
    for (const [i, [width, height]] of (
      [
        [40, 30],
        [80, 60],
        [33, 50],
      ] as const
    ).entries()) {
      // prettier-ignore
      mkdirSync(file('mixed/cat'), { recursive: true });
      const data = Uint8Array.from({ length: width * height * 4 }, (_, p) => (p * 7 + i) % 256);
      writeFileSync(file(`mixed/cat/${i}.png`), encode({ width, height, channels: 4, data }));
    }
    const { code, err } = await cli('init', file('mixed-model'), '--from', file('mixed'));
    expect(code).toBe(0);
    expect(err).toContain('mixed: 3 pictures of 33 to 80 × 30 to 60 pixels, in colour, 1 class');
    expect(err).toContain('filled and cut, so that all have 32 × 32 pixels');
    const model = read('mixed-model/model.ts');
    expect(model).toContain('target: bernoulli(32, 32, 3),');
    expect(model).toContain("{ size: 32, channels: 3, background: '#ffffff' }");
    expect(JSON.parse(read('mixed-model/package.json')).dependencies).toHaveProperty('sharp');
    const { code: understood, out } = await script('mixed-model', 'data');
    expect(understood).toBe(0);
    expect(out).toMatch(/^mixed: 3 examples to train on/m);
  });

  it('makes large pictures of one size smaller, in their shape, for a model that learns in minutes', async () => {
    mkdirSync(file('large/cat'), { recursive: true });
    for (const i of [0, 1]) {
      const data = Uint8Array.from({ length: 96 * 72 * 3 }, (_, p) => (p * 11 + i) % 256);
      writeFileSync(file(`large/cat/${i}.png`), encode({ width: 96, height: 72, channels: 3, data }));
    }
    const { err } = await cli('init', file('large-model'), '--from', file('large'));
    expect(err).toContain('made smaller, to 40 × 32 pixels');
    const model = read('large-model/model.ts');
    expect(model).toContain('convDecoder(32, 40, 3,');
    expect(model).toContain('A size twice as large takes four times as long');
  });

  it('writes definitions of Parquet and Arrow files, which train', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({ rain: i % 7, when: new Date(Date.UTC(2020, i % 12, 3)) }));
    const columnData = [
      { name: 'rain', data: rows.map(({ rain }) => rain), type: 'INT32' as const },
      { name: 'when', data: rows.map(({ when }) => when), type: 'TIMESTAMP' as const },
    ];
    parquetWriteFile({ filename: file('days.parquet'), columnData });
    const table = tableFromArrays({ rain: rows.map(({ rain }) => rain), when: rows.map(({ when }) => when) });
    writeFileSync(file('days.feather'), tableToIPC(table, 'file'));
    for (const [source, name] of [
      ['parquet', 'days.parquet'],
      ['arrow', 'days.feather'],
    ] as const) {
      // prettier-ignore
      const made = await cli('init', file(source), '--from', file(name), '--target', 'rain', '--condition', 'month');
      expect(made.code).toBe(0);
      expect(read(`${source}/model.ts`)).toContain(`${source}(new URL('../${name}', import.meta.url), {`);
      const { dependencies } = JSON.parse(read(`${source}/package.json`));
      expect(Object.keys(dependencies).includes('apache-arrow')).toBe(source === 'arrow');
      expect(await script(source, 'train', '--epochs', '1', '--engine', 'onnx')).toMatchObject({ code: 0 });
    }
    expect((await cli('init', file('no'), '--from', file('days.npz'))).err).toMatch(
      /days\.npz: expected a table or a folder of pictures, got arrays of NumPy.*data = npz\('days\.npz'\)/,
    );
  });

  it('writes projects that type-check', () => {
    const projects = ['table', 'images', 'mixed-model', 'parquet', 'arrow'];
    for (const project of chosen('projects that are type-checked', projects, 2)) {
      expect(run(process.execPath, [...TSC(), '--noEmit', '-p', project])).toEqual({
        status: 0,
        output: '',
      });
    }
  });

  const projects = [
    ['table', []],
    ['images', ['--limit', '10']],
  ] as const;
  // The first is evaluated below.
  it.each(IS_LONG ? projects : projects.slice(0, 1))(
    'writes projects whose own scripts train, export and sample: %s',
    async (project, limit) => {
      for (const [name, ...more] of [
        ['train', '--epochs', '1', '--engine', 'onnx', ...limit],
        ['export'],
        ['sample'],
      ] as const)
        expect([name, (await script(project, name, ...more)).code]).toEqual([name, 0]);
    },
    180_000,
  );

  it('evaluates, and draws rows that look like the table', async () => {
    const { code, err } = await script('table', 'evaluate', '--samples', '1', '--engine', 'onnx');
    expect(code).toBe(0);
    expect(err).toContain('drawn rows are not scored: that takes 30 held-out rows, and there are 6\n');
    expect((await script('table', 'evaluate', '--samples', '1', '--no-scores')).err).not.toContain('not scored');
    const [header = '', ...rows] = read('table/out/rows.csv').trim().split('\n');
    expect(header).toBe('month,station,class,sample,rain in mm,sky,holiday,visitors');
    expect(rows).toHaveLength(120);
    expect(rows.every((row) => /,(yes|no),\d+$/.test(row))).toBe(true);
  });

  it('samples for conditions whose columns have the names of the data, or that are missing', async () => {
    writeFileSync(file('given.csv'), 'class,month,station\n2,3,Köln\n5,4,\n');
    const drawn = async (...given: readonly string[]) => {
      const { code, out, err } = await cli('sample', file('table/out/model'), '--draw', '--seed', '1', ...given);
      expect([code, err]).toEqual([0, '']);
      const rows = out.trim().split('\n').map((line) => JSON.parse(line)); // prettier-ignore
      return rows.map(({ month, station, class_ }) => [month, station, class_]);
    };
    const rows = [
      ['3', 'Köln', '2'],
      ['4', null, '5'],
    ];
    expect(await drawn('--conditions', file('given.csv'))).toEqual(rows);
    expect(await drawn('--data', file('given.csv'), '--example', '0-1')).toEqual(rows);
    writeFileSync(file('given.csv'), 'class_,month\n2,3\n');
    expect(await drawn('--conditions', file('given.csv'))).toEqual([['3', null, '2']]);
    writeFileSync(file('given.csv'), 'station,month\nKöln,3\n');
    const { code, err } = await cli('sample', file('table/out/model'), '--conditions', file('given.csv'));
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/expected a column for each condition \(month, class_\), got none for class_; /),
    ]);
  });

  it('gives a year of the data to its own sample', async () => {
    const days = Array.from(
      { length: 60 },
      (_, i) => `${i % 3 === 0 ? 2019 : 2021}-05-${10 + (i % 20)},${(i * 7) % 31}`,
    );
    writeFileSync(file('years.csv'), ['day,visitors', ...days, ''].join('\n'));
    await cli('init', file('yearly'), '--from', file('years.csv'), '--target', 'visitors', '--condition', 'year');
    expect(read('yearly/package.json')).toContain('--set year=2021 ');
  });

  it('writes projects whose data are shown as they were understood, and rehearse a training', async () => {
    const { code, out } = await script('table', 'data');
    expect(code).toBe(0);
    expect(out).toMatch(/^days\.csv: 54 examples to train on, 6 for test$/m);
    expect(out).toMatch(/^ {2}rain_in_mm \(rain in mm\) +0 to 4\.5 .* normal scores$/m);
    expect(out).toMatch(/^ {2}holiday +no \(\d+\), yes \(\d+\) +one-hot$/m);
    expect(out).toMatch(/^ {2}month +1 \(\d+\), 2 \(\d+\), [^]* 12 \(\d+\)/m);
    expect(out).toMatch(/^not used: Nr, unit, note$/m);
    const { variables } = JSON.parse((await script('table', 'data', '--json')).out);
    const rain = variables.find(({ name }: { readonly name: string }) => name === 'rain_in_mm');
    expect(rain).toMatchObject({ missing: rain.numbers[0].missing, standardised: false });
    expect(rain.missing).toBeGreaterThan(0);

    const sheet = file('sheet.png');
    expect((await script('images', 'data', '--out', sheet, '--scale', '1')).code).toBe(0);
    const { width, height } = decode(readFileSync(sheet));
    expect([width, height]).toEqual([6 * 8, 2 * 8]);
    expect((await script('table', 'data', '--out', sheet)).err).toMatch(/expected images for a contact sheet/);

    const before = existsSync(file('table/out/run'));
    const { code: rehearsed, out: plan } = await script(
      'table',
      'train',
      '--dry-run',
      '--epochs',
      '7',
      '--engine',
      'onnx',
    );
    expect(rehearsed).toBe(0);
    expect(plan).toMatch(/^table: [\d,]+ parameters, 49 examples, 5 to validate on, onnxruntime-node$/m);
    expect(plan).toMatch(/^at most 7 epochs of 1 batches of 64; elbo, adam/m);
    expect(existsSync(file('table/out/run'))).toBe(before);
    expect((await script('table', 'train', '--dry-run', '--epochs', '0')).code).not.toBe(0);
  });

  it('draws all that is no condition, and whole rows', async () => {
    await cli('init', file('all'), '--from', file('days.csv'), '--target', 'all', '--no-condition');
    const model = read('all/model.ts');
    expect(model).toContain('condition: {},');
    expect(model).toMatch(/Draws station, rain in mm, sky, holiday, visitors and class\. /);
    expect(model).not.toContain('prior');
  });

  it.each([
    [
      ['--target', 'rian in mm', '--no-condition'],
      /expected columns in --target \(Nr, date, .*\), got rian in mm; did you mean rain in mm\?/,
    ],
    [
      ['--target', 'note', '--no-condition'],
      /got note, which a model learns nothing from: it is text that differs in each row; leave it out/,
    ],
    [['--target', 'date', '--no-condition'], /got date, which are dates; give it as --condition/],
    [['--target', 'sky', '--condition', 'sky'], /expected sky as target or condition, got it as both/],
    [
      ['--no-condition'],
      /expected --target, the columns to draw, got none; give some of its columns, separated by commas: Nr \(left out: .*\); date \(dates\); station \(classes Köln, St\. John's, 33 % missing\); /,
    ],
    [['--target', 'sky'], /expected --condition, the columns that it is given, got none; .*, or --no-condition: /],
  ])('refuses %s', async (options, message) => {
    const { code, err } = await cli('init', file('no'), '--from', file('days.csv'), ...options);
    expect(code).toBe(1);
    expect(err).toMatch(message);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('refuses columns without a file, and a path that is not a file', async () => {
    expect((await cli('init', file('no'), '--target', 'sky')).err).toMatch(
      /expected --from, whose columns are targets/,
    );
    expect((await cli('init', file('no'), '--from', file('none.csv'))).err).toMatch(
      /none\.csv: expected a CSV file, got no such file/,
    );
  });

  it('asks on a terminal for what is missing', async () => {
    const terminal = new Terminal({ tty: true });
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    const asked = Object.assign(terminal, { stdin });
    Object.assign(terminal.stderr, { columns: 30 });
    const done = asked.run('init', file('asked'), '--from', file('days.csv'));
    const answer = async (question: string, keys: readonly string[]): Promise<void> => {
      await expect.poll(() => terminal.stderr.text).toContain(question);
      for (const key of keys) stdin.write(key);
    };
    await answer('Which columns should the model draw?', [' ', '\r']);
    await answer('Which columns is it given?', [' ', '\r']);
    const { code } = await done;
    expect(code).toBe(0);
    // A choice is one line of the terminal.
    expect(terminal.stderr.text).toContain('date  dates, of which th…');
    expect(read('asked/model.ts')).toContain('Draws station, given month. ');
  });
});

it('is not written over anything', async () => {
  rmSync(file('again'), { recursive: true, force: true });
  mkdirSync(file('again'));
  writeFileSync(file('again/model.ts'), 'mine');
  const { code, err } = await cli('init', file('again'), '--from', file('pictures'));
  expect(code).toBe(1);
  expect(err).toMatch(/model\.ts: expected no such file, got one/);
});
