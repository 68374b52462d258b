import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode, encode } from 'fast-png';
import { beforeAll, describe, expect, test } from 'vitest';
import { open } from '../../src/runtime/node.ts';
import { cli, SMALL, temporary } from './support/cli.ts';

const folder = temporary();
const at = (name: string) => join(folder, name);

/** Trains for an epoch and exports. */
const exported = async (name: string, definition: string): Promise<string> => {
  writeFileSync(at(`${name}.ts`), definition);
  const trained = await cli('train', at(`${name}.ts`), '--out', at(name), '--epochs', '1');
  const { code, err } = await cli('export', at(`${name}.ts`), '--weights', at(name), '--out', at(`${name}-onnx`));
  expect(`${trained.err}${err}`).not.toContain('error');
  expect(code).toBe(0);
  return at(`${name}-onnx`);
};

const rowsOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('a model of images', () => {
  let model: string;
  beforeAll(async () => {
    model = await exported('small', SMALL);
  });

  test('JSON lines go to standard output where no file is named', async () => {
    const { code, out, err } = await cli('sample', model, '--set', 'kind=right', '--count', '2', '--seed', '1');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(rowsOf(out)).toMatchObject([
      { kind: 'right', sample: 0 },
      { kind: 'right', sample: 1 },
    ]);
    for (const { y } of rowsOf(out)) {
      expect(y).toHaveLength(16);
      expect(y.every((p: number) => p > 0 && p < 1)).toBe(true);
    }
  });

  test('a class is given by name or number', async () => {
    const of = async (kind: string) =>
      rowsOf((await cli('sample', model, '--set', `kind=${kind}`, '--seed', '1')).out)[0].y;
    expect(await of('1')).toEqual(await of('right'));
    expect(await of('0')).not.toEqual(await of('right'));
  });

  test('the same seed gives the same samples; without one, the one that was drawn is reported', async () => {
    const first = await cli('sample', model, '--set', 'kind=0');
    const [, seed = ''] = /^seed: (\d+)\n$/.exec(first.err) ?? [];
    const again = await cli('sample', model, '--set', 'kind=0', '--seed', seed);
    expect(again.out).toBe(first.out);
    expect((await cli('sample', model, '--set', 'kind=0', '--seed', `${Number(seed) + 1}`)).out).not.toBe(first.out);
  });

  test('more samples than are drawn at once come in order, the same in each format', async () => {
    const count = 4200; // of which 4,096 are drawn at once
    const opened = await open(model);
    const { data } = await opened.sample({ kind: ['left', 'right'] }, { count, seed: 1 });
    await opened.close();
    const all = ['--set', 'kind=all', '--count', `${count}`, '--seed', '1'];
    for (const name of ['many.npy', 'many.csv'])
      expect(await cli('sample', model, ...all, '--out', at(name))).toMatchObject({ code: 0, out: '' });
    const npy = readFileSync(at('many.npy'));
    expect(npy.subarray(0, 128).toString('latin1')).toContain(`'shape': (${2 * count}, 4, 4, 1)`);
    expect(new Float32Array(npy.buffer.slice(npy.byteOffset + 128, npy.byteOffset + npy.length))).toEqual(data);
    const [header = '', ...lines] = readFileSync(at('many.csv'), 'utf8').trimEnd().split('\n');
    expect(header).toMatch(/^kind,sample,y_1,/);
    const rows = rowsOf((await cli('sample', model, ...all)).out);
    expect([lines.length, rows.length]).toEqual([2 * count, 2 * count]);
    for (const [row, { kind, sample, y }] of rows.entries()) {
      const place = [['left', 'right'][Math.floor(row / count)], row % count];
      if (kind !== place[0] || sample !== place[1]) expect([row, kind, sample]).toEqual([row, ...place]);
      if (lines[row] !== [...place, ...y].join()) expect(lines[row]).toBe([...place, ...y].join());
    }
    expect(rows.at(-1).y[3]).toBeCloseTo(data[(2 * count - 1) * 16 + 3] ?? NaN, 6);
  });

  test('all, lists and repetitions give a combination each', async () => {
    const kinds = async (...sets: readonly string[]) => {
      const { out } = await cli('sample', model, ...sets.flatMap((set) => ['--set', set]), '--seed', '1');
      return rowsOf(out).map(({ kind }) => kind);
    };
    expect(await kinds('kind=all')).toEqual(['left', 'right']);
    expect(await kinds('kind=right,left')).toEqual(['right', 'left']);
    expect(await kinds('kind=1', 'kind=0')).toEqual(['right', 'left']);
  });

  test('temperature 0 is the mean of the prior; --draw gives values of y, not chances', async () => {
    const y = async (...options: readonly string[]) =>
      rowsOf((await cli('sample', model, '--set', 'kind=0', ...options)).out)[0].y;
    expect(await y('--temperature', '0', '--seed', '3')).toEqual(await y('--mean'));
    expect(await y('--seed', '3')).not.toEqual(await y('--mean'));
    const drawn: readonly number[] = await y('--draw', '--seed', '3');
    expect(drawn.every((v) => v === 0 || v === 1)).toBe(true);
  });

  test('a picture has a row for each combination and a column for each sample', async () => {
    const out = at('grid.png');
    const given = ['--set', 'kind=all', '--count', '3', '--seed', '1'];
    const { code, err, out: text } = await cli('sample', model, ...given, '--scale', '1', '--out', out);
    expect({ code, err, text }).toEqual({ code: 0, err: `6 samples: ${out}\n`, text: '' });
    const png = decode(readFileSync(out));
    expect([png.width, png.height, png.channels]).toEqual([3 * 4, 2 * 4, 1]);
    const rows = rowsOf((await cli('sample', model, ...given)).out);
    // The fifth sample, the second of the second kind: its second line of pixels.
    const pixels = Array.from(png.data.subarray((4 + 1) * 12 + 4, (4 + 1) * 12 + 8));
    expect(pixels).toEqual(rows[4].y.slice(4, 8).map((v: number) => Math.round(v * 255)));
  });

  test('pixels are drawn as squares, and columns as asked', async () => {
    const out = at('scaled.png');
    await cli('sample', model, '--set', 'kind=0', '--count', '6', '--scale', '3', '--columns', '2', '--out', out);
    const { width, height, data } = decode(readFileSync(out));
    expect([width, height]).toEqual([2 * 4 * 3, 3 * 4 * 3]);
    expect(new Set([data[0], data[1], data[2], data[width], data[2 * width + 2]]).size).toBe(1);
  });

  test('a picture that does not fit into memory is refused before it is begun', async () => {
    const out = at('vast.png');
    for (const more of [
      ['--scale', '1000', '--count', '16'],
      ['--columns', '9007199254740991'],
    ]) {
      const { code, err } = await cli('sample', model, '--set', 'kind=0', '--out', out, ...more);
      expect(code).toBe(1);
      expect(err).toMatch(
        /^error: out: expected a picture of at most 67108864 pixels, got \d+; give a smaller --scale /,
      );
    }
    expect(existsSync(out)).toBe(false);
  });

  test('CSV has a header', async () => {
    const out = at('samples.csv');
    await cli('sample', model, '--set', 'kind=left', '--count', '2', '--seed', '1', '--out', out);
    const [header, ...lines] = readFileSync(out, 'utf8').trimEnd().split('\n');
    expect(header).toBe(`kind,sample,${Array.from({ length: 16 }, (_, i) => `y_${i + 1}`).join(',')}`);
    expect(lines.map((line) => line.split(',').slice(0, 2))).toEqual([
      ['left', '0'],
      ['left', '1'],
    ]);
  });

  test.each<readonly [string, readonly string[], string]>([
    ['a missing condition', [], 'kind: expected a class (left, right), got none; give --set kind=…'],
    ['an unknown condition', ['--set', 'knid=0'], 'knid: expected a condition of this model, got another; set kind'],
    ['a label out of range', ['--set', 'kind=2'], 'kind: expected a class, left or right, got 2; give one of these'],
    ['an unknown label', ['--set', 'kind=up'], 'kind: expected a class, left or right, got "up"; give one of these'],
    ['several means', ['--set', 'kind=0', '--mean', '--count', '2'], 'count: expected 1, '],
  ])('%s is reported in one sentence, and nothing is written', async (_, options, sentence) => {
    const file = at('none.png');
    const { code, out, err } = await cli('sample', model, ...options, '--out', file);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^error: [^\n]*\n$/);
    expect(err).toContain(sentence);
    expect(existsSync(file)).toBe(false);
  });
});

describe('a model that is given an image', () => {
  let model: string;
  beforeAll(async () => {
    model = await exported(
      'completes',
      `import { add, bernoulli, conv2d, cvae, concat, dense, flatten, gaussian, image, reshape } from 'cvae-compile';
       export default cvae({
         condition: { seen: image(4, 4, 1) }, target: bernoulli(4, 4, 1), latent: 1,
         recognition: ({ y, seen }) => concat(y, seen).pipe(flatten, gaussian(1)),
         decoder: ({ z, seen }) => add(seen.pipe(conv2d(1)), z.pipe(dense(16), reshape(4, 4, 1))),
       });
       const y = Array.from({ length: 32 }, (_, i) => Array.from({ length: 16 }, (_, p) => ((i + p) % 16) / 16));
       export const data = { y, seen: y.map((row) => row.map((v, p) => (p % 2 === 0 ? v : 0))) };`,
    );
  });
  const seen = Uint8Array.from({ length: 16 }, (_, i) => i * 16);

  test('reads it from a PNG file, and draws it before its samples', async () => {
    writeFileSync(at('seen.png'), encode({ width: 4, height: 4, channels: 1, data: seen }));
    const given = ['--set', `seen=${at('seen.png')}`, '--count', '2', '--scale', '1'];
    const { code, err } = await cli('sample', model, ...given, '--out', at('row.png'));
    expect(err).toContain('2 samples');
    expect(code).toBe(0);
    const { width, height, data } = decode(readFileSync(at('row.png')));
    expect([width, height]).toEqual([12, 4]);
    const first = Array.from({ length: 4 }, (_, row) => Array.from(data.subarray(row * 12, row * 12 + 4))).flat();
    expect(first).toEqual(Array.from(seen));
  });

  test('the same image in colour or of 16 bits is the same condition', async () => {
    const of = async (name: string) => (await cli('sample', model, '--set', `seen=${at(name)}`, '--mean')).out;
    const colour = Uint8Array.from({ length: 48 }, (_, i) => seen[Math.floor(i / 3)] ?? 0);
    writeFileSync(at('colour.png'), encode({ width: 4, height: 4, channels: 3, data: colour }));
    const deep = Uint16Array.from(seen, (v) => v * 257);
    writeFileSync(at('deep.png'), encode({ width: 4, height: 4, channels: 1, depth: 16, data: deep }));
    const y = (line: string) => JSON.parse(line).y;
    expect(y(await of('colour.png'))).toEqual(y(await of('seen.png')));
    expect(y(await of('deep.png'))).toEqual(y(await of('seen.png')));
  });

  test('an image of another size, or none, is one sentence', async () => {
    writeFileSync(at('large.png'), encode({ width: 5, height: 4, channels: 1, data: new Uint8Array(20) }));
    writeFileSync(at('text.png'), 'not an image');
    const error = async (name: string) => (await cli('sample', model, '--set', `seen=${at(name)}`)).err;
    expect(await error('large.png')).toMatch(/^error: seen: expected 4 × 4 pixels, got 5 × 4 in .*\n$/);
    expect(await error('text.png')).toMatch(/^error: .*text\.png: expected a PNG, JPEG or WebP file, .*\n$/);
    expect(await error('missing.png')).toMatch(
      /^error: .*missing\.png: expected a PNG, JPEG or WebP file, got no such file; .*\n$/,
    );
  });
});

describe('a model of numbers', () => {
  let model: string;
  beforeAll(async () => {
    model = await exported(
      'numbers',
      `import { concat, continuous, dense, normal, predictor } from 'cvae-compile';
       export default predictor({
         condition: { a: continuous(1), b: continuous(2) }, target: normal(1),
         network: ({ a, b }) => concat(a, b).pipe(dense(1)),
       });
       const a = Array.from({ length: 32 }, (_, i) => i);
       export const data = { a, b: a.map((v) => [v, -v]), y: a };`,
    );
  });

  test('takes a number, several, or a list', async () => {
    const { out, code } = await cli('sample', model, '--set', 'a=1,2.5', '--set', 'b=3,-4', '--set', 'b=5,6');
    expect(code).toBe(0);
    expect(rowsOf(out).map(({ a, b, sample }) => [a, b, sample])).toEqual([
      [1, [3, -4], 0],
      [1, [5, 6], 0],
      [2.5, [3, -4], 0],
      [2.5, [5, 6], 0],
    ]);
    expect(new Set(rowsOf(out).map(({ y }) => y[0])).size).toBe(4);
  });

  test('quotes what CSV requires', async () => {
    await cli('sample', model, '--set', 'a=1', '--set', 'b=3,-4', '--out', at('numbers.csv'));
    expect(readFileSync(at('numbers.csv'), 'utf8')).toMatch(/^a,b,sample,y\n1,"3,-4",0,\S+\n$/);
  });

  test('cannot be drawn as a picture', async () => {
    const { code, err } = await cli('sample', model, '--set', 'a=1', '--set', 'b=3,-4', '--out', at('numbers.png'));
    expect(code).toBe(1);
    expect(err).toBe(
      'error: out: expected a target that is an image as a picture, got one of [1]; give a .csv or a .jsonl\n',
    );
  });

  test.each([
    ['a=x', 'a: expected a number, got "x"'],
    ['a=', 'a: expected a number, got ""'],
    ['a=1e999', 'a: expected a number, got Infinity'],
    ['b=1,2,3', 'b: expected numbers of [2], got 3 numbers'],
  ])('%s is refused', async (set, sentence) => {
    const [name] = set.split('=');
    const others = ['a=1', 'b=1,2'].filter((other) => !other.startsWith(`${name}=`)).flatMap((s) => ['--set', s]);
    const { code, err } = await cli('sample', model, '--set', set, ...others);
    expect(code).toBe(1);
    expect(err).toMatch(/^error: [^\n]*\n$/);
    expect(err).toContain(sentence);
  });
});
