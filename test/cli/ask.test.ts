import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, test } from 'vitest';
import { open } from 'cvae-compile/runtime';
import { toDataset } from '../../src/data/convert.ts';
import { exampleAt } from '../../src/data/example-at.ts';
import { variablesOfSignature } from '../../src/data/signature-variables.ts';
import { labelled } from '../../src/cli/labels.ts';
import { GLYPHS } from '../../src/cli/glyphs.ts';
import { npyOf } from '../../src/data/encode-npy.ts';
import { decodeNpy } from '../../src/data/npy-array.ts';
import { cli, SMALL, temporary } from './support/cli.ts';

const folder = temporary();
const at = (name: string) => join(folder, name);
const rowsOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** Trains for an epoch and exports. */
const exported = async (name: string, definition: string, ...options: readonly string[]): Promise<string> => {
  writeFileSync(at(`${name}.ts`), definition);
  await cli('train', at(`${name}.ts`), '--out', at(name), '--epochs', '1', '--engine', 'onnx');
  const out = at(`${name}-onnx`);
  expect(await cli('export', at(`${name}.ts`), '--weights', at(name), '--out', out, ...options)).toMatchObject({
    code: 0,
  });
  return out;
};

/** The shape, the type and the numbers of a `.npy` file of version 1.0, read by its specification. */
const npy = (path: string) => {
  const bytes = readFileSync(path);
  expect(bytes.subarray(0, 8)).toEqual(Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]));
  const length = bytes.readUInt16LE(8);
  expect((10 + length) % 64).toBe(0);
  const header = bytes.subarray(10, 10 + length).toString('latin1');
  const [, type = '', shape = ''] =
    /^\{'descr': '(<..)', 'fortran_order': False, 'shape': \(([\d, ]+)\), \} *\n$/.exec(header) ?? [];
  const body = new Uint8Array(bytes.subarray(10 + length)).buffer;
  const data = type === '<f4' ? new Float32Array(body) : type === '<f8' ? new Float64Array(body) : new Int32Array(body);
  return { type, shape: shape.split(',').flatMap((n) => (n.trim() ? [Number(n)] : [])), data };
};

describe('a model of images', () => {
  let model = '';
  beforeAll(async () => {
    model = await exported('small', SMALL, '--recognition', '--evaluation');
  });
  const definition = () => ['--data', at('small.ts')];

  test('encode gives z of the examples in its folder, or of rows of a definition', async () => {
    const { code, out, err } = await cli('encode', model);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const rows = rowsOf(out);
    expect(rows).toHaveLength(12);
    const opened = await open(model);
    const example = JSON.parse(readFileSync(join(model, 'examples.json'), 'utf8')).examples[3];
    const { mean, deviation } = await opened.encode({ ...example.conditions, y: example.target });
    await opened.close();
    expect(rows[3]).toMatchObject({ example: 3, kind: example.conditions.kind });
    for (const j of [0, 1]) {
      expect(rows[3].z[j]).toBeCloseTo(mean.data[j] ?? NaN, 5);
      expect(rows[3].deviation[j]).toBeCloseTo(deviation.data[j] ?? NaN, 5);
    }
    const test = rowsOf((await cli('encode', model, ...definition(), '--example', '0,14-15')).out);
    expect(test.map((row: { example: number }) => row.example)).toEqual([0, 14, 15]);
    const train = await cli('encode', model, ...definition(), '--part', 'train', '--out', at('z.csv'));
    expect(train).toMatchObject({ code: 0, err: `96 examples: ${at('z.csv')}\n` });
    const csv = readFileSync(at('z.csv'), 'utf8').trimEnd().split('\n');
    expect(csv[0]).toBe('example,kind,z_1,z_2,deviation_1,deviation_2');
    expect(csv).toHaveLength(97);
    await cli('encode', model, '--out', at('z.npy'));
    const { type, shape, data } = npy(at('z.npy'));
    expect([type, shape]).toEqual(['<f4', [12, 2]]);
    expect(Number((data[6] ?? NaN).toPrecision(7))).toBe(rows[3].z[0]);
  });

  test('score gives log p(y|x), the least likely first where they are asked for', async () => {
    const all = await cli('score', model, ...definition(), '--samples', '50');
    expect(all.code).toBe(0);
    expect(all.err).toMatch(/^mean of 16: −?[\d.]+ ± [\d.]+ nats\n$/);
    const rows = rowsOf(all.out);
    expect(rows[0]).toMatchObject({ example: 0, kind: 'left' });
    const lowest = rowsOf((await cli('score', model, ...definition(), '--samples', '50', '--lowest', '3')).out);
    const sorted =
      rows.toSorted?.((a, b) => a.logLikelihood - b.logLikelihood) ??
      [...rows].sort((a, b) => a.logLikelihood - b.logLikelihood);
    expect(lowest).toEqual(sorted.slice(0, 3));
    expect(rows.every(({ standardError }) => standardError > 0)).toBe(true);
    const one = await cli('score', model, '--example', '0');
    const [only] = rowsOf(one.out);
    expect(one.err).toContain(` ± ${only.standardError.toFixed(2)} nats`);
    await cli('score', model, '--samples', '50', '--out', at('scores.npy'));
    expect(npy(at('scores.npy'))).toMatchObject({ type: '<f8', shape: [12] });
  });

  test('neighbours are those that the runtime finds, without the example itself', async () => {
    const { out } = await cli('neighbours', model, '--example', '3', '--count', '4');
    const [row] = rowsOf(out);
    const opened = await open(model);
    const { examples } = JSON.parse(readFileSync(join(model, 'examples.json'), 'utf8'));
    const all = {
      kind: examples.map((e: { conditions: { kind: string } }) => e.conditions.kind),
      y: examples.map((e: { target: number[] }) => e.target),
    };
    const found = await opened.neighbours({ kind: all.kind[3], y: all.y[3] }, all, { count: 5 });
    await opened.close();
    expect(row.neighbours).not.toContain(3);
    expect(row.distances[0]).toBeCloseTo([...found.distances].filter((_, k) => found.indices[k] !== 3)[0] ?? NaN, 5);
    await cli('neighbors', model, '--example', '0-2', '--among', '4-9', '--count', '2', '--out', at('near.npy'));
    const { type, shape, data } = npy(at('near.npy'));
    expect([type, shape]).toEqual(['<i4', [3, 2]]);
    expect([...data].every((index) => index >= 4 && index <= 9)).toBe(true);
    await cli('neighbours', model, '--example', '0-2', '--count', '3', '--scale', '1', '--out', at('near.png'));
    const { width, height } = decode(readFileSync(at('near.png')));
    expect([width, height]).toEqual([16, 12]);
  });

  test('reconstruct draws each row after what it was, under its condition or others', async () => {
    const rows = rowsOf((await cli('reconstruct', model, '--example', '0,3', '--as', 'kind=all')).out);
    expect(rows.map(({ example, kind, sample }) => [example, kind, sample])).toEqual([
      [0, 'left', 0],
      [0, 'right', 0],
      [3, 'left', 0],
      [3, 'right', 0],
    ]);
    const { out } = await cli('reconstruct', model, '--example', '3');
    const own = rowsOf(out)[0];
    expect(rows.find((row) => row.example === 3 && row.kind === own.kind)?.y).toEqual(own.y);
    const picture = ['--example', '0-2', '--as', 'kind=all', '--count', '2', '--scale', '2', '--out', at('again.png')];
    expect(await cli('reconstruct', model, ...picture)).toMatchObject({
      code: 0,
      err: `12 samples: ${at('again.png')}\n`,
    });
    const { width, height, data } = decode(readFileSync(at('again.png')));
    expect([width, height]).toEqual([5 * 8, 3 * 8]);
    const { examples } = JSON.parse(readFileSync(join(model, 'examples.json'), 'utf8'));
    expect(data[0]).toBe(Math.round(examples[0].target[0] * 255));
    await cli('reconstruct', model, '--example', '0-2', '--out', at('again.npy'));
    expect(npy(at('again.npy')).shape).toEqual([3, 4, 4, 1]);
    expect((await cli('reconstruct', model, '--example', '0', '--draw', '--seed', '1')).err).toBe('');
    expect((await cli('reconstruct', model, '--example', '0', '--temperature', '1')).err).toMatch(/^seed: \d+\n$/);
  });

  test('sample takes the conditions of rows, changes one while z stays, and writes npy', async () => {
    const rows = rowsOf((await cli('sample', model, '--example', '0-1', '--seed', '1', '--count', '2')).out);
    const { examples } = JSON.parse(readFileSync(join(model, 'examples.json'), 'utf8'));
    expect(rows.map(({ kind }) => kind)).toEqual([0, 0, 1, 1].map((i) => examples[i].conditions.kind));
    const same = rowsOf(
      (await cli('sample', model, '--set', `kind=${rows[0].kind}`, '--seed', '1', '--count', '2')).out,
    );
    expect(rows.slice(0, 2)).toEqual(same);
    const as = ['--set', 'kind=left', '--as', 'kind=all', '--seed', '3', '--count', '2'];
    const changed = rowsOf((await cli('sample', model, ...as)).out);
    expect(changed.map(({ kind, sample }) => [kind, sample])).toEqual([
      ['left', 0],
      ['left', 1],
      ['right', 0],
      ['right', 1],
    ]);
    const left = rowsOf((await cli('sample', model, '--set', 'kind=left', '--seed', '3', '--count', '2')).out);
    expect(changed.slice(0, 2)).toEqual(left);
    const right = rowsOf((await cli('sample', model, '--set', 'kind=right', '--seed', '3', '--count', '2')).out);
    // The prior depends on the condition, so z of the same noise does too.
    expect(changed.slice(2)).not.toEqual(right);
    await cli('sample', model, '--set', 'kind=all', '--count', '3', '--seed', '1', '--out', at('y.npy'));
    expect(npy(at('y.npy'))).toMatchObject({ type: '<f4', shape: [6, 4, 4, 1] });
  });

  test('labels come before the rows of a picture', async () => {
    const given = ['--set', 'kind=all', '--count', '3', '--seed', '1', '--scale', '4'];
    await cli('sample', model, ...given, '--out', at('plain.png'));
    await cli('sample', model, ...given, '--labels', '--out', at('labelled.png'));
    const [plain, labels] = ['plain.png', 'labelled.png'].map((name) => decode(readFileSync(at(name))));
    const margin = (labels?.width ?? 0) - (plain?.width ?? 0);
    expect([margin, labels?.height]).toEqual([(5 * 6 + 3) * 2, plain?.height]);
    for (let y = 0; y < (plain?.height ?? 0); y++)
      expect(labels?.data.subarray(y * labels.width + margin, (y + 1) * labels.width)).toEqual(
        plain?.data.subarray(y * plain.width, (y + 1) * plain.width),
      );
    const dark = labels?.data
      .subarray(0, labels.width * 16)
      .filter((_, i) => i % labels.width < margin && labels.data[i] === 0);
    // Four dots for each of the letters of `left`.
    const dots = [...'left'].flatMap((letter) =>
      [...(GLYPHS.get(letter) ?? '')].map((sign) => Number.parseInt(sign, 32).toString(2).replaceAll('0', '').length),
    );
    expect(dark).toHaveLength(4 * dots.reduce((a, b) => a + b, 0));
    expect((await cli('sample', model, ...given, '--labels')).err).toBe(
      'error: labels: expected a picture, got .jsonl; give --out a name that ends in .png, or leave --labels out\n',
    );
    expect((await cli('sample', model, ...given, '--scale', '1', '--labels', '--out', at('low.png'))).err).toBe(
      'error: labels: expected rows of at least 8 pixels, got 4; give a larger --scale, or leave --labels out\n',
    );
    expect(existsSync(at('low.png'))).toBe(false);
  });

  test.each([
    [
      'a row that is not there',
      ['encode', '--example', '12'],
      'example: expected a row from 0 to 11, got 12; give one of these',
    ],
    [
      'a part that is not there',
      ['encode', '--data', 'small.ts', '--part', 'validation'],
      'data: expected a validation part, got none; leave --part out, or name another',
    ],
    [
      'data without --example',
      ['sample', '--data', 'small.ts'],
      'data: expected --example, the rows whose conditions are taken, got none; give --example 0',
    ],
    [
      'conditions twice',
      ['sample', '--example', '1', '--set', 'kind=left'],
      'conditions: expected them once, got --set kind and --example; give one of these',
    ],
    [
      'an unknown condition',
      ['reconstruct', '--as', 'hue=3'],
      'as: expected a condition of this model, got hue; give kind',
    ],
    [
      'samples without z',
      ['sample', '--set', 'kind=left', '--mean', '--as', 'kind=right'],
      'as: expected samples, whose z is kept, got --mean or a predictor; leave --as out',
    ],
    [
      'no other rows',
      ['neighbours', '--example', '3', '--among', '3'],
      'among: expected other examples than the one that is asked about, got none; give more',
    ],
    [
      'a table without the columns',
      ['encode', '--data', 'other.csv'],
      'got a, b; correct the header, or give the definition, which says what its columns are made of: --data model.ts',
    ],
    [
      'arrays that only a definition reads',
      ['encode', '--data', 'rows.npz'],
      'rows.npz: expected a table (.csv, .tsv, .json, .jsonl, .parquet or .arrow) or a definition with data, got a .npz file; write the rows as one of these',
    ],
  ])('%s is refused in a sentence', async (_, [verb = '', ...words], message) => {
    writeFileSync(at('other.csv'), 'a,b\n1,2\n');
    const paths = words.map((word) => (/\.(ts|csv)$/.test(word) ? at(word) : word));
    const { code, err } = await cli(verb, model, ...paths);
    expect(code).toBe(1);
    expect(err).toMatch(/^error: [^\n]*\n$/);
    expect(err).toContain(message);
  });

  test('says how to export a file that it needs', async () => {
    const plain = await exported('plain', SMALL);
    expect((await cli('encode', plain)).err).toContain('export the model again with --recognition');
    expect((await cli('score', plain)).err).toContain('export the model again with --evaluation');
    expect((await cli('encode', plain, '--example', 'x')).code).toBe(2);
  });
});

describe('a table', () => {
  const table = `import { categorical, concat, continuous, cvae, dense, gaussian, heads, normal } from 'cvae-compile';
    import { csv } from 'cvae-compile/data';
    const target = { rain: normal(1, { sigma: 'learned' }), heat: normal(2, { sigma: 1, mask: true }), sky: categorical('clear', 'rain') };
    export default cvae({
      condition: { month: categorical('Jan', 'Jul'), wind: continuous(1, { mask: true }) },
      target, latent: 2,
      recognition: ({ y, mask, month, wind }) => concat(y.rain, y.heat, y.sky, mask.heat, month, wind).pipe(gaussian(2)),
      decoder: ({ z, month, wind }) => concat(z, month, wind).pipe(dense(8), heads(target)),
    });
    export const data = csv('PATH', { columns: { heat: ['low', 'high'] } });`;
  const lines = Array.from(
    { length: 40 },
    (_, i) =>
      `${i % 2 ? 'Jan' : 'Jul'},${i % 5 ? i / 10 : ''},${i % 3},${i % 7 ? 10 - i / 4 : ''},${12 + i / 4},${i % 2 ? 'rain' : 'clear'}`,
  );

  test('is read by the names of columns that the model was trained with, with what is missing', async () => {
    const path = at('days.csv');
    writeFileSync(path, ['month,wind,rain,low,high,sky', ...lines].join('\n'));
    const model = await exported('table', table.replace('PATH', path), '--recognition', '--evaluation');
    const scores = await cli('score', model, '--data', path, '--samples', '20');
    expect(scores).toMatchObject({ code: 0 });
    const rows = rowsOf(scores.out);
    expect(rows).toHaveLength(40);
    expect(rows[0]).toMatchObject({ example: 0, month: 'Jul', wind: null });
    // As it is written, not the float32 that it is in all digits.
    expect(rows[1]).toMatchObject({ example: 1, month: 'Jan', wind: 0.1 });
    const opened = await open(model);
    const own = await opened.logLikelihood(
      { month: 'Jan', wind: 0.1, rain: 1, heat: [9.75, 12.25], sky: 'rain' },
      { samples: 20 },
    );
    const missing = await opened.logLikelihood(
      { month: 'Jul', wind: null, rain: 0, heat: [null, 12], sky: 'clear' },
      { samples: 20 },
    );
    await opened.close();
    expect(rows[1].logLikelihood).toBeCloseTo(own.values[0] ?? NaN, 3);
    expect(rows[0].logLikelihood).toBeCloseTo(missing.values[0] ?? NaN, 3);
    const again = await cli('reconstruct', model, '--data', path, '--example', '1', '--as', 'month=all');
    expect(rowsOf(again.out).map(({ month, sky }) => [month, sky.length])).toEqual([
      ['Jan', 2],
      ['Jul', 2],
    ]);
    const drawn = await cli('sample', model, '--data', path, '--example', '0-3', '--draw', '--out', at('drawn.csv'));
    expect(drawn.code).toBe(0);
    expect(readFileSync(at('drawn.csv'), 'utf8')).toMatch(/^month,wind,sample,rain,.*\nJul,,0,.*\nJan,0\.1,0,/);
    const json = at('days.jsonl');
    writeFileSync(json, `{"month":"Jan","wind":0.1,"rain":1,"low":9.75,"high":12.25,"sky":"rain"}\n`);
    const read = await cli('score', model, '--data', json, '--samples', '20');
    expect(rowsOf(read.out)[0].logLikelihood).toBe(rows[1].logLikelihood);
    const german = at('tage.csv');
    writeFileSync(german, 'sky;month;wind;rain;low;high\nrain;Jan;0,1;1,0;9,75;12,25\n');
    const other = await cli('score', model, '--data', german, '--samples', '20');
    expect(rowsOf(other.out)[0].logLikelihood).toBe(rows[1].logLikelihood);
    expect((await cli('sample', model, '--example', '0', '--out', at('y.npy'))).err).toBe(
      'error: out: expected a single target as .npy, got several; give a .npz, a .csv or a .jsonl\n',
    );
    const asked = ['sample', model, '--example', '0-1', '--count', '3', '--seed', '1'];
    await cli(...asked, '--out', at('all.npz'));
    const sampled = rowsOf((await cli(...asked)).out);
    const arrays = Object.entries(unzipSync(readFileSync(at('all.npz')))).map(
      ([name, bytes]) => [name, decodeNpy(bytes, name)] as const,
    );
    expect(arrays.map(([name, { shape }]) => [name, shape])).toEqual([
      ['rain.npy', [6, 1]],
      ['heat.npy', [6, 2]],
      ['sky.npy', [6, 2]],
    ]);
    const digits = (numbers: readonly unknown[]) => numbers.map((one) => Number(one).toPrecision(5));
    expect(digits([...(arrays[1]?.[1].data ?? [])])).toEqual(digits(sampled.flatMap(({ heat }) => heat)));
    const beside = rowsOf((await cli('score', model, '--samples', '20')).out);
    const { examples } = JSON.parse(readFileSync(join(model, 'examples.json'), 'utf8'));
    // The examples in the model's folder say what is missing too.
    for (const [i, { index }] of examples.entries())
      expect(beside[i].logLikelihood).toBeCloseTo(rows[index].logLikelihood, 3);
    expect(examples.some(({ masks }: { masks: { heat: number[] } }) => masks.heat[0] === 0)).toBe(true);
    expect((await cli('neighbours', model, '--out', at('near.png'))).err).toBe(
      'error: out: expected a single target as a picture, got several; give a .csv or a .jsonl\n',
    );
  });
});

test('an example of data is what a model takes: names of classes, masks, null for missing conditions', async () => {
  const variables = variablesOfSignature({
    format: 1,
    library: '',
    name: '',
    kind: 'cvae',
    latent: 1,
    fingerprint: '',
    opset: 18,
    conditions: {
      word: { kind: 'categorical', shape: [3], dataShape: [3], classes: ['a', 'b'] },
      age: { kind: 'continuous', shape: [2], dataShape: [2], mask: true },
      age_mask: { kind: 'continuous', shape: [2], dataShape: [2], maskOf: 'age' },
    },
    target: { distribution: 'normal', shape: [2], dataShape: [2], mask: true },
  });
  const { train } = await toDataset([{ word: ['b', 'a', 'b'], age: [1, null], y: [null, 2] }], variables);
  const example = exampleAt(train, 0, variables);
  expect(example['word']).toEqual(['b', 'a', 'b']);
  expect(example['age']).toEqual([1, null]);
  expect([...Object(example['y'])]).toEqual([0, 2]);
  expect([...Object(example['mask'])]).toEqual([0, 1]);
  expect(Object.keys(example)).toEqual(['word', 'age', 'y', 'mask']);
});

test('labels of any letters are drawn, long ones cut', () => {
  const black = { width: 4, height: 8, channels: 4, data: new Uint8ClampedArray(4 * 8 * 4) };
  expect(labelled(black, ['é']).data).toEqual(labelled(black, ['e']).data);
  expect(labelled(black, ['日']).data).not.toEqual(labelled(black, ['e']).data);
  expect(labelled(black, ['x'.repeat(80)]).width).toBe(4 + 32 * 6 + 3);
  // Opaque.
  expect(labelled(black, ['e']).data.filter((_, i) => i % 4 === 3 && i < 20)).toEqual(
    new Uint8ClampedArray(5).fill(255),
  );
});

test('the header of npy is as long as it has to be', () => {
  for (const length of [1, 12, 123456]) {
    const bytes = npyOf({ data: new Float32Array(length), shape: [length] });
    expect((bytes.length - 4 * length) % 64).toBe(0);
    expect(bytes[bytes.length - 4 * length - 1]).toBe(10);
  }
});
