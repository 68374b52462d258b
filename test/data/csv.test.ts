import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toDataset } from '../../src/data/convert.ts';
import { csv, type CsvOptions } from '../../src/data/csv.ts';
import { measure } from '../../src/data/scaling.ts';
import type { Variables } from '../../src/data/variable.ts';
import { InvalidData, InvalidFile } from '../../src/errors.ts';
import { IS_LONG } from '../support/chosen.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'csv-'));
});
afterAll(() => rm(folder, { recursive: true }));

const read = async (text: string | Buffer, options: CsvOptions) => {
  await writeFile(join(folder, 'birds.csv'), text);
  return csv(join(folder, 'birds.csv'), options);
};

const birds = 'species,length,mass,wing,note\nowl,4,10,1,"a, b"\nemu,6,30,2,\nowl,5,20,"3",x\n';
const options: CsvOptions = { condition: { species: 'categorical', length: 'continuous' }, target: ['mass', 'wing'] };

describe('a CSV file', () => {
  it('gives classes by name, numbers, and several targets as one y', async () => {
    const { name, train, test, validation } = await read(birds, options);
    expect([name, train.count, test, validation]).toEqual(['birds.csv', 3, undefined, undefined]);
    expect(train.columns).toEqual({
      species: { shape: [], data: Int32Array.of(1, 0, 1), scale: 1, classes: ['emu', 'owl'] },
      length: { shape: [1], data: Float32Array.of(4, 6, 5), scale: 1 },
      y: { shape: [2], data: Float32Array.of(10, 1, 30, 2, 20, 3), scale: 1 },
    });
  });

  it('stays in its own units, with mean and deviation in addition', async () => {
    const { scaling } = await read(birds, options);
    const third = Math.sqrt(2 / 3);
    expect(Object.keys(scaling ?? {})).toEqual(['length', 'y']);
    expect(scaling?.['length']?.mean[0]).toBeCloseTo(5, 12);
    expect(scaling?.['length']?.deviation[0]).toBeCloseTo(third, 12);
    expect(scaling?.['y']?.mean.map((value) => value.toFixed(9))).toEqual(['20.000000000', '2.000000000']);
    expect(scaling?.['y']?.deviation[0]).toBeCloseTo(10 * third, 12);
  });

  it('may call columns otherwise, group them, and name the classes in order', async () => {
    const { train } = await read(birds, {
      condition: {
        kind: { column: 'species', classes: ['owl', 'emu', 'kea'] },
        size: { columns: ['wing', 'length'] },
        weight: { column: 'mass' },
      },
      target: { column: 'species', classes: 'sorted' },
    });
    expect(train.columns['kind']).toEqual({ shape: [], data: Int32Array.of(0, 1, 0), scale: 1, classes: ['owl', 'emu', 'kea'] }); // prettier-ignore
    expect(train.columns['size']).toEqual({ shape: [2], data: Float32Array.of(1, 4, 2, 6, 3, 5), scale: 1 });
    expect(train.columns['weight']?.data).toEqual(Float32Array.of(10, 30, 20));
    expect(train.columns['y']?.classes).toEqual(['emu', 'owl']);
  });

  it('orders classes that are numbers by value, before all others', async () => {
    const months = Array.from({ length: 12 }, (_, i) => `${12 - i},${i}`).join('\n');
    const { train } = await read(`month,b\n${months}\nnone,1\n`, { condition: { month: 'categorical' }, target: 'b' });
    expect(train.columns['month']?.classes).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', 'none']); // prettier-ignore
    expect([...(train.columns['month']?.data ?? [])]).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 12]);
  });

  it('keeps the names and units of its columns with the data', async () => {
    const { names } = await read(birds, {
      condition: { length: 'continuous', size: { columns: ['wing', 'length'] }, weight: { column: 'mass' } },
      target: ['mass', 'wing'],
      units: { mass: 'g', length: 'cm' },
    });
    expect(names).toEqual({
      length: { elements: ['length'], units: ['cm'] },
      size: { elements: ['wing', 'length'], units: ['', 'cm'] },
      weight: { elements: ['mass'], units: ['g'] },
      y: { elements: ['mass', 'wing'], units: ['g', ''] },
    });
    expect((await read(birds, options)).names).toEqual({ y: { elements: ['mass', 'wing'] } });
    const ofClasses = await read(birds, { ...options, target: { column: 'species', classes: 'sorted' } });
    expect(ofClasses.names).toEqual({ y: { elements: ['species'] } });
  });

  it('leaves numbers as they are if that is asked for', async () => {
    const { scaling } = await read(birds, { ...options, scaling: false });
    expect(scaling).toEqual({ length: { mean: [0], deviation: [1] }, y: { mean: [0, 0], deviation: [1, 1] } });
  });

  it('is trained on', async () => {
    const dataset = await read(birds, options);
    const { train, scaling } = await toDataset(dataset, {
      species: { kind: 'categorical', shape: [2], dataShape: [], classes: ['owl', 'emu'] },
      length: { kind: 'continuous', shape: [1], dataShape: [1] },
      y: { kind: 'continuous', shape: [2], dataShape: [2], distribution: 'normal' },
    });
    expect(train.columns['species']?.data).toEqual(Uint8Array.of(0, 1, 0));
    expect(scaling).toEqual(dataset.scaling);
  });

  it('is split by fractions and a seed; the scaling is that of the part to train on', async () => {
    const text = `a,b\n${Array.from({ length: 100 }, (_, i) => `${i},${i * i}`).join('\n')}\n`;
    const parts: CsvOptions = { condition: { a: 'continuous' }, target: 'b', test: 0.2, validation: 0.1, seed: 5 };
    const dataset = await read(text, parts);
    expect([dataset.train.count, dataset.validation?.count, dataset.test?.count]).toEqual([70, 10, 20]);
    const all = [dataset.train, dataset.validation, dataset.test].flatMap((part) => [
      ...(part?.columns['a']?.data ?? []),
    ]);
    expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    const { a } = dataset.train.columns;
    expect(dataset.scaling?.['a']).toEqual(a && measure(a));
    expect(await read(text, parts)).toEqual(dataset);
    expect((await read(text, { ...parts, seed: 6 })).test).not.toEqual(dataset.test);
  });

  it('may have another delimiter, a byte order mark, white space, empty lines and CRLF', async () => {
    const { train } = await read('\ufeffa; b\r\n 1 ;2.5e1\r\n\r\n-3; 4\r\n', { condition: { a: 'continuous' }, target: 'b', delimiter: ';' }); // prettier-ignore
    expect([...(train.columns['a']?.data ?? []), ...(train.columns['y']?.data ?? [])]).toEqual([1, -3, 25, 4]);
  });

  it.each([
    ['UTF-8', 'utf8', undefined],
    ['Windows-1252', 'latin1', 'windows-1252'],
    ['UTF-16, which says so itself', 'utf16le', undefined],
    ['UTF-16 that does not say so', 'utf16le', 'utf-16le'],
  ] as const)('may be in another encoding: %s', async (_, how, encoding) => {
    const mark = how === 'utf16le' && encoding === undefined ? '\ufeff' : '';
    const bytes = Buffer.from(`${mark}city,b\nKöln,1\nKäln,2\nKüln,3\n`, how);
    await writeFile(join(folder, 'cities.csv'), bytes);
    const { train } = await csv(join(folder, 'cities.csv'), {
      condition: { city: 'categorical' },
      target: 'b',
      ...(encoding && { encoding }),
    });
    expect(train.columns['city']?.classes).toEqual(['Käln', 'Köln', 'Küln']);
  });

  it('may have lines that end in all ways', async () => {
    const { train } = await read('a,b\r\n1,2\n"3,",4\r5,6', { condition: { a: 'categorical' }, target: 'b' });
    expect([train.columns['a']?.classes, [...(train.columns['y']?.data ?? [])]]).toEqual([['1', '5', '3,'], [2, 4, 6]]); // prettier-ignore
  });

  it('may have columns named like the members of every object', async () => {
    const { names } = await read('toString,constructor\n1,2\n2,3\n', {
      condition: { toString: { column: 'toString' } },
      target: 'constructor',
    });
    expect(names).toEqual({ y: { elements: ['constructor'] } });
  });

  it('may have what Excel leaves next to and below a table', async () => {
    const text = 'a,b,,\n1,2,,\n3,4\n5,6,,,,\n,,,\n7,8,,x\n';
    const { train, notices } = await read(text, { condition: { a: 'continuous' }, target: 'b' });
    expect([[...(train.columns['a']?.data ?? [])], notices]).toEqual([[1, 3, 5, 7], undefined]);
  });

  it('gives a constant column the deviation 1, so that nothing is divided by zero', async () => {
    const { scaling } = await read('a,b\n0.1,1\n0.1,2\n0.1,4\n', { condition: { a: 'continuous' }, target: 'b' });
    expect(scaling?.['a']?.deviation).toEqual([1]);
  });

  it('may lack values in lines that are then left out, and in columns that are not used', async () => {
    const text = birds.replace('emu,6,30', 'emu,NA,30').replace('owl,5', '?,5');
    const { train } = await read(text, { ...options, missing: 'skip' });
    expect([train.count, train.columns['species']?.classes]).toEqual([1, ['owl']]);
  });

  it('says how many lines were left out, and which is the first', async () => {
    const text = `a,b\n${Array.from({ length: 1200 }, (_, i) => `${i % 100 === 7 ? 'None' : i},1`).join('\n')}\n`;
    const dataset = await read(text, { condition: { a: 'continuous' }, target: 'b', missing: 'skip' });
    expect(dataset.notices).toEqual([
      `${join(folder, 'birds.csv')}: 12 of 1,200 lines lack a value and are left out; the first is line 9, which lacks a`,
    ]);
    const variables: Variables = {
      a: { kind: 'continuous', shape: [1], dataShape: [1] },
      y: { kind: 'continuous', shape: [1], dataShape: [1], distribution: 'normal' },
    };
    expect((await toDataset(dataset, variables)).notices).toEqual(dataset.notices);
    await expect(read('a,b\n?,1\n', { target: 'a', missing: 'skip' })).rejects.toThrow(
      /expected lines of data, got none that is whole: 1 of 1 lines lack a value; /,
    );
  });

  it.each(['NA', 'None', '<NA>', '#N/A', '-', 'NaN', '-nan', 'NULL', '1.#QNAN', '?', 'n/a'])(
    'takes %s for a missing value, of a class and of a number, unless a class is named so',
    async (token) => {
      const text = `city,b\n${token},1\nDE,2\n`;
      const city: CsvOptions = { condition: { city: 'categorical' }, target: 'b' };
      expect((await read(text, { ...city, missing: 'skip' })).train.columns['city']?.classes).toEqual(['DE']);
      await expect(read(text, city)).rejects.toThrow(
        `line 2 lacks city (${token}); fill it in, or leave such lines out with { missing: 'skip' }, or keep them with { missing: 'mask' }, or name the classes, with ${token} among them`,
      );
      const named = { condition: { city: { classes: [token, 'DE'] } }, target: 'b' };
      for (const missing of ['error', 'skip'] as const)
        expect((await read(text, { ...named, missing })).train.columns['city']?.data).toEqual(Int32Array.of(0, 1));
      const numbers = await read(`a,b\n${token},1\n3,2\n`, { condition: { a: 'continuous' }, target: 'b', missing: 'skip' }); // prettier-ignore
      expect(numbers.train.columns['a']?.data).toEqual(Float32Array.of(3));
    },
  );

  it('may have missing values of its own', async () => {
    const skip: CsvOptions = { condition: { a: 'continuous' }, target: 'b', missing: 'skip', missingValues: ['-999'] };
    const { train } = await read('a,b\n-999,1\n2,3\n', skip);
    expect(train.columns['a']?.data).toEqual(Float32Array.of(2));
  });

  it('may have negative numbers as accountants write them, with signs of money or of thousands', async () => {
    const text = 'a,b,c\n($5.50),"(1,234.5)",$ (2)\n$3,7,$4\n';
    const { train } = await read(text, { target: ['a', 'b', 'c'], thousands: ',', signs: ['$'] });
    expect(train.columns['y']?.data).toEqual(Float32Array.of(-5.5, -1234.5, -2, 3, 7, 4));
    for (const wrong of ['((5))', '(-5)', '()', '($)'])
      await expect(read(`a\n${wrong}\n`, { target: 'a', signs: ['$'] })).rejects.toThrow(/not a number/);
  });

  it('refuses times that float32 makes equal, by the name of their column', async () => {
    const lines = Array.from({ length: 3600 }, (_, i) => `${1_700_000_000 + i},${i}`);
    const text = `stamp,b\n${lines.join('\n')}\n`;
    await expect(read(text, { condition: { time: { column: 'stamp' } }, target: 'b' })).rejects.toThrow(
      /birds\.csv: stamp: expected values that float32 can tell apart, got 3,600 of which it leaves 29; subtract 1\.7e9 first$/,
    );
  });

  it.each<readonly [string, string | Buffer, Partial<CsvOptions>, RegExp]>([
    ['a missing number', birds.replace('emu,6', 'emu,'), {}, /birds\.csv: line 3 lacks length; fill it in, or leave such lines out with \{ missing: 'skip' \}, or keep them with \{ missing: 'mask' \}$/], // prettier-ignore
    ['NaN', birds.replace('owl,5', 'owl,NaN'), {}, /birds\.csv: line 4 lacks length \(NaN\); /],
    ['a missing class', birds.replace('emu', ' '), {}, /birds\.csv: line 3 lacks species; /],
    ['text', birds.replace('30', 'heavy'), {}, /birds\.csv: mass in line 3 is "heavy", not a number; give \{ missingValues: \['heavy'\] \} if it stands for a missing one, correct it, or make the column categorical$/], // prettier-ignore
    ['infinity', birds.replace('30', '1e99'), {}, /mass in line 3 is "1e99", not a number/],
    ['no such column', birds, { target: 'weight' }, /birds\.csv: expected a column weight, got species, length, mass, wing, note; correct the name/], // prettier-ignore
    ['no such class', birds, { condition: { species: { classes: ['owl', 'kea'] } } }, /species in line 3 is "emu"; write one of owl, kea, or name that class too$/], // prettier-ignore
    [
      'a number that is none in CSV',
      birds.replace('30', '0x10'),
      {},
      /mass in line 3 is "0x10", not a number; correct it/,
    ],
    [
      'a decimal comma',
      birds.replace('30', '"30,5"'),
      {},
      /mass in line 3 is "30,5", not a number; write 30\.5, or give \{ decimal: ',' \}$/,
    ],
    ['commas for thousands', birds.replace('30', '"1,030"'), {}, /mass in line 3 is "1,030", not a number; write 1030, or give \{ thousands: ',' \} to csv, if its commas are for thousands$/], // prettier-ignore
    ['no columns as target', birds, { target: [] }, /^csv: expected names of columns as target, got an array of 0; /],
    ['binary digits', birds.replace('30', '0b11'), {}, /mass in line 3 is "0b11", not a number/],
    [
      'bytes that are not UTF-8',
      Buffer.from(birds.replace('emu', 'émeu'), 'latin1'),
      {},
      /birds\.csv: expected UTF-8, got other bytes in line 3; save it as UTF-8, or give its \{ encoding: 'windows-1252' \}, say$/,
    ],
    [
      'UTF-16 that does not say so',
      Buffer.from(birds, 'utf16le'),
      {},
      /birds\.csv: expected text, got characters of code 0, .*; give \{ encoding: 'utf-16le' \}/,
    ],
    [
      'a workbook',
      Buffer.from('PK\x03\x04....'),
      {},
      /birds\.csv: expected CSV, got a workbook or a ZIP file; save it as CSV$/,
    ],
    [
      'an encoding that is none',
      birds,
      { encoding: 'klingon' },
      /^csv: expected an encoding that TextDecoder knows, got "klingon"; /,
    ],
    [
      'semicolons',
      birds.replaceAll(',', ';'),
      {},
      /expected a column species, got species;length;mass;wing;note; correct the name in csv\(…\) or the header, or give the delimiter: \{ delimiter: ';' \}$/,
    ],
    ['tabs', birds.replaceAll(',', '\t'), {}, /or give the delimiter: \{ delimiter: '\\t' \}$/],
    ['spaces', birds.replaceAll(',', ' '), {}, /or give the delimiter: \{ delimiter: ' ' \}$/],
    ['a semicolon that is not there', birds, { delimiter: ';' }, /or give the delimiter: \{ delimiter: ',' \}$/],
    [
      'a misspelt option',
      birds,
      { seperator: ';' } as object,
      /^csv: expected the options condition, target, .*, got seperator; correct it or leave it out$/,
    ],
    [
      'a misspelt option of a variable',
      birds,
      { condition: { species: { class: 'sorted' } } } as object,
      /^csv, species: expected the options column, columns, classes, got class; /,
    ],
    [
      'a kind that is none',
      birds,
      { condition: { species: 'categoric' } } as object,
      /^csv: expected categorical, continuous, or a variable as species, got "categoric"; /,
    ],
    [
      'no target',
      birds,
      { target: undefined } as object,
      /^csv: expected a column, several, or a variable as target, got nothing; /,
    ],
    [
      'a fraction as text',
      birds,
      { test: '0.1' } as object,
      /^csv: expected a fraction between 0 and 1 as test, got "0\.1"; /,
    ],
    [
      'fractions that leave nothing',
      birds,
      { test: 0.5, validation: 0.5 },
      /^csv: expected fractions that leave something/,
    ],
    [
      'classes of two names',
      birds,
      { condition: { species: { classes: ['owl', 'owl'] } } },
      /^csv: expected 'sorted' or names that differ as classes of species/,
    ],
    [
      'a unit of no column',
      birds,
      { units: { weight: 'g' } },
      /^csv: expected units, as text, of columns of numbers that are used \(length, mass, wing\), got weight; /,
    ],
    ['a unit of a class', birds, { units: { species: 'g' } }, /got species; /],
    ['no options', birds, null as never, /^csv: expected options as an object, got null; /],
    ['an uneven line', birds.replace('"3",x', '3'), {}, /birds\.csv: expected 5 cells in line 4 \(species, length, mass, wing, note\), got 4; /], // prettier-ignore
    ['a column twice', birds.replace('note', 'mass'), {}, /birds\.csv: expected each column once, got mass twice; /],
    ['a quote left open', birds.replace('"3"', '"3'), {}, /birds\.csv: expected CSV, got a quote after line 3 that is never closed; close or remove it$/], // prettier-ignore
    ['a quote within a cell', birds.replace('"3"', '3"'), {}, /birds\.csv: expected CSV, got a quote within an unquoted cell in line 4; quote the whole cell, /], // prettier-ignore
    ['text after a quote', birds.replace('"3"', '"3"cm'), {}, /birds\.csv: expected CSV, got text after the closing quote of a cell in line 4; double /], // prettier-ignore
    ['no lines', 'species,length,mass,wing\n', {}, /birds\.csv: expected lines of data, got none; /],
    ['nothing', '', {}, /birds\.csv: expected a header line, got an empty file; give one$/],
  ])('is refused for %s', async (_, text, change, message) => {
    const failed = read(text, change === null ? change : { ...options, ...change });
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.toThrow(InvalidData);
  });

  it('counts lines as an editor does, also after cells that span several', async () => {
    const text = birds.replace('"a, b"', '"a\nb"').replace('owl,5', 'owl,');
    await expect(read(text, options)).rejects.toThrow(/line 5 lacks length/);
  });

  it('must be there', async () => {
    const failed = csv(join(folder, 'none.csv'), options);
    await expect(failed).rejects.toThrow(/none\.csv: expected a CSV file, got no such file; correct the path$/);
    await expect(failed).rejects.toThrow(InvalidFile);
  });
});

describe('a large CSV file', () => {
  const lines = (count: number, classes: number): string =>
    `kind,a,b,note\n${Array.from({ length: count }, (_, i) => `k${(i * 7919) % classes},${i % 1000},${i / 8},"a note, ${i}"\n`).join('')}`;
  const large: CsvOptions = { condition: { kind: 'categorical', a: 'continuous' }, target: 'b' };

  it('of 300,000 lines is read in a heap of 40 MB', async () => {
    const path = join(folder, 'large.csv');
    await writeFile(path, lines(300_000, 3));
    const module = new URL('../../dist/data/index.js', import.meta.url).href;
    const program = `import { csv } from ${JSON.stringify(module)}; const { train } = await csv(process.argv[1], ${JSON.stringify(large)}); console.log(train.count, train.columns.y.data[299999]);`;
    const args = ['--max-old-space-size=40', '--input-type=module', '--eval', program, path];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout).toBe(`300000 ${299_999 / 8}\n`);
  });

  it.runIf(IS_LONG)('takes no longer for 20,000 classes than for three', async () => {
    const cost = async (classes: number) => {
      const text = lines(60_000, classes);
      const before = process.cpuUsage();
      const { train } = await read(text, large);
      expect(train.columns['kind']?.classes).toHaveLength(classes);
      const { user } = process.cpuUsage(before);
      return user;
    };
    await cost(3);
    expect((await cost(20_000)) / (await cost(3))).toBeLessThan(2);
  });
});
