import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { beforeAll, describe, expect, test } from 'vitest';
import { open } from 'cvae-compile/runtime';
import { encodeSafetensors } from '../../src/weights/safetensors.ts';
import { decodeSealed } from '../../src/weights/seal.ts';
import { cli, temporary } from './support/cli.ts';

const folder = temporary();
const at = (...names: readonly string[]) => join(folder, ...names);

/** Trains for some epochs, exports with a package, and gives the folder. */
const exported = async (name: string, definition: string, epochs = 1): Promise<string> => {
  writeFileSync(at(`${name}.ts`), definition);
  const trained = await cli(
    'train',
    at(`${name}.ts`),
    '--out',
    at(name),
    '--epochs',
    `${epochs}`,
    '--seed',
    '1',
    '--engine',
    'onnx',
  );
  expect(trained.err).not.toContain('error');
  const options = ['--out', at(`${name}-onnx`), '--package', '--license', 'MIT'];
  expect(await cli('export', at(`${name}.ts`), '--weights', at(name), ...options)).toMatchObject({ code: 0 });
  return at(`${name}-onnx`);
};

const lines = (text: string): readonly Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const sample = async (model: string, ...options: readonly string[]) => {
  const { code, out, err } = await cli('sample', model, '--seed', '1', ...options);
  return { code, err, rows: out === '' ? [] : lines(out) };
};

describe('a table of months, whose names are numbers', () => {
  const csv = Array.from({ length: 600 }, (_, i) => `${(i % 12) + 1},${10 * ((i % 12) + 1)},${i % 7}`).join('\n');
  const definition = (month: string) => `
    import { categorical, concat, cvae, dense, gaussian, normal, relu } from 'cvae-compile';
    import { csv } from 'cvae-compile/data';
    export default cvae({
      condition: { month: ${month} }, target: normal(2), latent: 1,
      recognition: ({ y, month }) => concat(y, month).pipe(dense(16), relu, gaussian(1)),
      decoder: ({ z, month }) => concat(z, month).pipe(dense(32), relu, dense(2)),
    });
    export const data = () => csv(${JSON.stringify(at('months.csv'))}, {
      condition: { month: 'categorical' }, target: ['rain', 'wind'], units: { rain: 'mm' },
    });
    export const training = { learningRate: 0.02, batch: 60 };`;
  const names = Array.from({ length: 12 }, (_, i) => `'${i + 1}'`).join(', ');
  let model: string;
  beforeAll(async () => {
    writeFileSync(at('months.csv'), `month,rain,wind\n${csv}\n`);
    model = await exported('months', definition(`categorical(${names})`), 40);
  });

  test('are refused where the definition counts from 0', async () => {
    writeFileSync(at('counted.ts'), definition('categorical(12)'));
    const { code, err } = await cli('train', at('counted.ts'), '--out', at('counted'), '--epochs', '1');
    expect(code).toBe(1);
    expect(err).toContain("got 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …; name them there: categorical('1', '2', …)");
  });

  test('are the months that are asked for, in the command line, in code, and in what is written', async () => {
    const rain = ({ values }: Record<string, unknown>) => (values as { rain: number }).rain;
    for (const month of [1, 2, 3, 10, 12]) {
      const { rows } = await sample(model, '--set', `month=${month}`, '--temperature', '0');
      expect(rows[0]).toMatchObject({ month: `${month}`, sample: 0 });
      expect(rain(rows[0] ?? {})).toBeGreaterThan(10 * month - 4);
      expect(rain(rows[0] ?? {})).toBeLessThan(10 * month + 4);
      const opened = await open(model);
      for (const given of [month, `${month}`, [month], Int32Array.of(month)]) {
        const { data } = await opened.sample({ month: given }, { temperature: 0, seed: 1 });
        expect(data[0]).toBeCloseTo(rain(rows[0] ?? {}), 3);
      }
      await opened.close();
    }
    const all = await sample(model, '--set', 'month=all');
    expect(all.rows.map(({ month }) => month)).toEqual(Array.from({ length: 12 }, (_, i) => `${i + 1}`));
    const zero = await sample(model, '--set', 'month=0');
    expect(zero).toMatchObject({ code: 1, rows: [] });
    expect(zero.err).toContain('got 0; give one of these; a number is the class of that name');
    expect((await sample(model, '--set', 'month=0x2')).err).toContain('got "0x2"; give one of these');
  });

  test('have examples with these names, and accept them', async () => {
    const { examples } = JSON.parse(readFileSync(join(model, 'examples.json'), 'utf8'));
    for (const { conditions, target } of examples) expect(target[0]).toBe(10 * Number(conditions.month));
    expect(examples.map(({ conditions }: { conditions: { month: string } }) => conditions.month).slice(0, 4)).toEqual([
      '1',
      '2',
      '3',
      '4',
    ]);
  });

  test('keep the names and units of their columns, in every form', async () => {
    const { target } = JSON.parse(readFileSync(join(model, 'model.json'), 'utf8'));
    expect([target.names, target.units]).toEqual([
      ['rain', 'wind'],
      ['mm', ''],
    ]);
    const { rows } = await sample(model, '--set', 'month=3', '--count', '2');
    const [{ y, values } = {}] = rows;
    expect(values).toEqual({ rain: (y as readonly number[])[0], wind: (y as readonly number[])[1] });
    await cli('sample', model, '--set', 'month=3', '--out', at('out.csv'));
    expect(readFileSync(at('out.csv'), 'utf8')).toMatch(/^month,sample,rain,wind\n3,0,[\d.-]+,[\d.-]+\n$/);
    const card = readFileSync(join(model, 'README.md'), 'utf8');
    expect(card).toContain("means, in the data's own units: rain (mm), wind");
    expect(card).toMatch(/\| `y`: rain \(mm\) \| \d+/);
    expect(readFileSync(join(model, 'index.d.ts'), 'utf8')).toContain("in the data's own units: rain (mm), wind");
    expect(card).toContain('![What the model draws, compared with held-out data](draws.svg)');
    expect(readFileSync(join(model, 'draws.svg'), 'utf8')).toContain('Quantiles of rain (mm)');
    const report = readFileSync(at('months', 'report.html'), 'utf8');
    expect(report).toContain('Quantiles of rain (mm)');
  });

  test('have no names if the weights were written before names were kept', async () => {
    // Without the checksum, which files of that time did not have.
    const { weights, metadata } = decodeSealed(readFileSync(at('months', 'weights.safetensors')), 'months');
    const { names: kept, ...before } = metadata;
    expect(JSON.parse(kept ?? '')).toEqual({ y: { elements: ['rain', 'wind'], units: ['mm', ''] } });
    writeFileSync(at('before.safetensors'), encodeSafetensors(weights, before));
    const { code } = await cli('export', at('months.ts'), '--weights', at('before.safetensors'), '--out', at('before'));
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(at('before', 'model.json'), 'utf8')).target.names).toBeUndefined();
    expect((await sample(at('before'), '--set', 'month=3')).rows[0]).not.toHaveProperty('values');
    writeFileSync(at('odd.safetensors'), encodeSafetensors(weights, { ...before, names: '{"y":3}' }));
    const odd = await cli('export', at('months.ts'), '--weights', at('odd.safetensors'), '--out', at('odd'));
    expect(odd.err).toMatch(/^error: .*odd\.safetensors, names in its metadata: expected y to be an object, got 3; /);
  });
});

describe('folders of images', () => {
  const definition = (classes: string, data: string) => `
    import { bernoulli, categorical, concat, cvae, dense, flatten, gaussian, reshape } from 'cvae-compile';
    import { imageFolder } from 'cvae-compile/data';
    export default cvae({
      condition: { label: ${classes} }, target: bernoulli(2, 2, 1), latent: 1,
      recognition: ({ y, label }) => concat(y.pipe(flatten), label).pipe(gaussian(1)),
      decoder: ({ z, label }) => concat(z, label).pipe(dense(4), reshape(2, 2, 1)),
    });
    export const data = () => imageFolder(${JSON.stringify(at(data))});`;
  const put = (data: string, name: string, level: number) => {
    mkdirSync(at(data, name), { recursive: true });
    for (let i = 0; i < 4; i++) {
      const pixels = Uint8Array.of(level, i, 0, 255);
      writeFileSync(at(data, name, `${i}.png`), encode({ width: 2, height: 2, channels: 1, data: pixels }));
    }
  };

  test('that are counted from 0 are the classes of these numbers, in whatever order a file system lists them', async () => {
    for (let i = 0; i < 11; i++) put('numbered', `${i}`, 20 * i);
    const model = await exported('numbered-model', definition('categorical(11)', 'numbered'), 1);
    const { examples } = JSON.parse(readFileSync(join(model, 'examples.json'), 'utf8'));
    for (const { conditions, target } of examples)
      expect(Math.round(target[0] * 255)).toBe(20 * Number(conditions.label));
    expect(JSON.parse(readFileSync(join(model, 'model.json'), 'utf8')).conditions.label.classes).toBe(11);
  });

  test('that the definition only counts keep their names', async () => {
    for (const [i, name] of ['cat', 'dog', 'emu'].entries()) put('pets', name, 40 * i);
    const model = await exported('pets-model', definition('categorical(3)', 'pets'));
    expect(JSON.parse(readFileSync(join(model, 'model.json'), 'utf8')).conditions.label.classes).toEqual([
      'cat',
      'dog',
      'emu',
    ]);
    const kinds = (await sample(model, '--set', 'label=all')).rows.map(({ label }) => label);
    expect(kinds).toEqual(['cat', 'dog', 'emu']);
    const of = async (label: string) => (await sample(model, '--set', `label=${label}`)).rows[0]?.['y'];
    expect(await of('dog')).toEqual(await of('1'));
    expect(readFileSync(join(model, 'index.d.ts'), 'utf8')).toContain("'cat' | 'dog' | 'emu' | number");
    expect(readdirSync(at('pets-model'))).toContain('examples.json');
    const evaluated = await cli('evaluate', at('pets-model.ts'), '--weights', at('pets-model'), '--samples', '2');
    expect(evaluated.code).toBe(0);
  });
});

describe('a target that is a class', () => {
  let model: string;
  beforeAll(async () => {
    model = await exported(
      'kinds',
      `import { categorical, concat, continuous, cvae, dense, gaussian } from 'cvae-compile';
       export default cvae({
         condition: { size: continuous(1) }, target: categorical('small', 'large, or so'), latent: 1,
         recognition: ({ y, size }) => concat(y, size).pipe(gaussian(1)),
         decoder: ({ z, size }) => concat(z, size).pipe(dense(2)),
       });
       const size = Array.from({ length: 40 }, (_, i) => i);
       export const data = { size, y: size.map((s) => (s < 20 ? 'small' : 'large, or so')) };`,
      20,
    );
  });

  test('is shown by its name where it is drawn, and its chances by the names of the classes', async () => {
    const drawn = await sample(model, '--set', 'size=3', '--draw', '--count', '3');
    for (const { y } of drawn.rows) expect(['small', 'large, or so']).toContain((y as readonly string[])[0]);
    const chances = await sample(model, '--set', 'size=3');
    expect(Object.keys(chances.rows[0]?.['values'] ?? {})).toEqual(['small', 'large, or so']);
    await cli('sample', model, '--set', 'size=3', '--draw', '--out', at('drawn.csv'));
    expect(readFileSync(at('drawn.csv'), 'utf8')).toMatch(/^size,sample,y\n3,0,(small|"large, or so")\n$/);
    await cli('sample', model, '--set', 'size=3', '--out', at('chances.csv'));
    expect(readFileSync(at('chances.csv'), 'utf8')).toMatch(/^size,sample,y_small,"y_large, or so"\n/);
  });
});

test('conditions named like the fields next to them are not hidden', async () => {
  const model = await exported(
    'clash',
    `import { concat, continuous, dense, normal, predictor } from 'cvae-compile';
     export default predictor({
       condition: { sample: continuous(1), values: continuous(1) }, target: normal(2),
       network: ({ sample, values }) => concat(sample, values).pipe(dense(2)),
     });
     const sample = Array.from({ length: 40 }, (_, i) => i);
     const y = { data: Float32Array.from(sample.flatMap((i) => [i, -i])), names: ['sample', 'up'], units: ['', 'm'] };
     export const data = { sample, values: sample, y };`,
  );
  const { rows } = await sample(model, '--set', 'sample=7', '--set', 'values=8');
  expect(rows[0]).toMatchObject({ sample: 7, values: 8, sample_: 0, values_: { sample: expect.any(Number) } });
  await cli('sample', model, '--set', 'sample=7', '--set', 'values=8', '--out', at('clash.csv'));
  expect(readFileSync(at('clash.csv'), 'utf8')).toMatch(/^sample,values,sample_,y_sample,up\n7,8,0,/);
});

test('lists of JSON, also nested ones, are columns of what they are', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({
    grid: [
      [i % 7, i % 5, 1 + (i % 3)],
      [i % 2, i % 11, i % 13],
    ],
    pair: [i % 4, i % 9],
    y: [(i % 7) + (i % 2), i % 5],
  }));
  writeFileSync(at('lists.json'), JSON.stringify(rows));
  const model = await exported(
    'lists',
    `
    import { concat, continuous, cvae, dense, flatten, gaussian, normal, relu } from 'cvae-compile';
    import { json } from 'cvae-compile/data';
    export default cvae({
      condition: { grid: continuous(2, 3), pair: continuous(2) }, target: normal(2), latent: 1,
      recognition: ({ y, grid, pair }) => concat(y, grid.pipe(flatten), pair).pipe(dense(8), relu, gaussian(1)),
      decoder: ({ z, grid, pair }) => concat(z, grid.pipe(flatten), pair).pipe(dense(8), relu, dense(2)),
    });
    export const data = () => json(${JSON.stringify(at('lists.json'))});`,
  );
  const some = rows.slice(0, 3);
  const asWritten = some.map(({ grid, pair }) => [grid.flat(), pair]);
  const shown = (given: readonly Record<string, unknown>[]) => given.map(({ grid, pair }) => [grid, pair]);
  writeFileSync(at('few.jsonl'), some.map((row) => JSON.stringify(row)).join('\n'));
  const drawn = await sample(model, '--conditions', at('few.jsonl'));
  expect(shown(drawn.rows)).toEqual(asWritten);
  expect(shown((await sample(model, '--data', at('few.jsonl'), '--example', '0-2')).rows)).toEqual(asWritten);
  // What was written is read again, and means the same.
  writeFileSync(at('again.jsonl'), drawn.rows.map((row) => JSON.stringify(row)).join('\n'));
  expect(await sample(model, '--conditions', at('again.jsonl'))).toEqual(drawn);
  await sample(model, '--conditions', at('few.jsonl'), '--out', at('again.csv'));
  expect(await sample(model, '--conditions', at('again.csv'))).toEqual(drawn);
});
