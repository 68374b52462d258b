import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toDataset } from '../../src/data/convert.ts';
import { csv, type CsvOptions } from '../../src/data/csv.ts';
import { measure } from '../../src/data/scaling.ts';
import { InvalidData, InvalidFile } from '../../src/errors.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'csv-'));
});
afterAll(() => rm(folder, { recursive: true }));

const read = async (text: string, options: CsvOptions) => {
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

  it('stays in its own units, with mean and deviation beside', async () => {
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

  it('gives a constant column the deviation 1, so that nothing is divided by zero', async () => {
    const { scaling } = await read('a,b\n0.1,1\n0.1,2\n0.1,4\n', { condition: { a: 'continuous' }, target: 'b' });
    expect(scaling?.['a']?.deviation).toEqual([1]);
  });

  it('may lack values in lines that are then left out, and in columns that are not used', async () => {
    const text = birds.replace('emu,6,30', 'emu,NA,30').replace('owl,5', '?,5');
    const { train } = await read(text, { ...options, missing: 'skip' });
    expect([train.count, train.columns['species']?.classes]).toEqual([1, ['owl']]);
  });

  it.each<readonly [string, string, Partial<CsvOptions>, RegExp]>([
    ['a missing number', birds.replace('emu,6', 'emu,'), {}, /birds\.csv: line 3 lacks length; fill it in, or leave such lines out with \{ missing: 'skip' \}$/], // prettier-ignore
    ['NaN', birds.replace('owl,5', 'owl,NaN'), {}, /birds\.csv: line 4 lacks length \(NaN\); /],
    ['a missing class', birds.replace('emu', ' '), {}, /birds\.csv: line 3 lacks species; /],
    ['text', birds.replace('30', 'heavy'), {}, /birds\.csv: mass in line 3 is "heavy", not a number; correct it, or make the column categorical$/], // prettier-ignore
    ['infinity', birds.replace('30', '1e99'), {}, /mass in line 3 is "1e99", not a number/],
    ['no such column', birds, { target: 'weight' }, /birds\.csv: expected a column weight, got species, length, mass, wing, note; correct the name/], // prettier-ignore
    ['no such class', birds, { condition: { species: { classes: ['owl', 'kea'] } } }, /species in line 3 is "emu"; write one of owl, kea, or name that class too$/], // prettier-ignore
    ['an uneven line', birds.replace('"3",x', '3'), {}, /birds\.csv: expected 5 cells in line 4 \(species, length, mass, wing, note\), got 4; /], // prettier-ignore
    ['a column twice', birds.replace('note', 'mass'), {}, /birds\.csv: expected each column once, got mass twice; /],
    ['a quote left open', birds.replace('"3"', '"3'), {}, /birds\.csv: expected CSV, got a file that cannot be read so \(.*\); correct it$/], // prettier-ignore
    ['no lines', 'species,length,mass,wing\n', {}, /birds\.csv: expected lines of data, got none; /],
    ['nothing', '', {}, /birds\.csv: expected a header line, got an empty file; give one$/],
  ])('is refused for %s', async (_, text, change, message) => {
    const failed = read(text, { ...options, ...change });
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
