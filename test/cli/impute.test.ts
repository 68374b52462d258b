import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anyPart, categorical, concat, cvae, dense, gaussian, heads, mlp, normal } from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { train } from 'cvae-compile/train';
import { cli } from './support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'impute-'));
afterAll(() => rmSync(folder, { recursive: true }));

const target = { air: normal(1, { sigma: 'learned' }), sky: categorical('clear', 'rain') };
const condition = { station: categorical('coast', 'valley') };
const given = cvae({
  condition,
  target,
  latent: 1,
  known: anyPart(),
  recognition: ({ y }) => concat(y.air, y.sky).pipe(gaussian(1)),
  decoder: ({ z, station, known }) => concat(z, station, known.air, known.sky).pipe(mlp([8]), heads(target)),
});
const plain = cvae({
  condition,
  target,
  latent: 1,
  recognition: ({ y }) => concat(y.air, y.sky).pipe(gaussian(1)),
  decoder: ({ z, station }) => concat(z, station).pipe(mlp([8]), heads(target)),
});

/** A single target, of which parts may be known: examples are in its folder. */
const series = cvae({
  condition,
  target: normal(4),
  latent: 1,
  known: anyPart(),
  recognition: ({ y }) => y.pipe(gaussian(1)),
  decoder: ({ z, station, known, known_mask }) => concat(z, station, known, known_mask).pipe(mlp([8]), dense(4)),
});

const gaps = join(folder, 'gaps.csv');

beforeAll(async () => {
  const rows = Array.from({ length: 64 }, (_, i) => ({
    station: i % 2,
    air: i % 20,
    sky: i % 3 === 0 ? 'rain' : 'clear',
  }));
  for (const [name, model] of Object.entries({ given, plain })) {
    const { weights } = await train(model, rows, { epochs: 1, seed: 1, engine: 'onnx' });
    await exportModel(model, weights, { out: join(folder, name) });
  }
  const data = rows.map(({ station, air }) => ({ station, y: [air, air + 1, air + 2, air + 3] }));
  const { weights } = await train(series, data, { epochs: 1, seed: 1, engine: 'onnx' });
  await exportModel(series, weights, {
    out: join(folder, 'series'),
    examples: data,
    recognition: true,
    evaluationSamples: 2,
  });
  writeFileSync(gaps, 'station,air,sky\ncoast,3,\nvalley,,rain\ncoast,,\nvalley,7,clear\n');
});

const impute = (...args: readonly string[]) => cli('impute', join(folder, 'given'), ...args);

test('a target of several numbers without names has the columns that samples are written with', async () => {
  const path = join(folder, 'series.csv');
  writeFileSync(path, 'station,y_1,y_2,y_3,y_4\ncoast,3,,5,6\nvalley,,,,9\n');
  const { code, out } = await cli('impute', join(folder, 'series'), '--data', path, '--seed', '1');
  expect(code).toBe(0);
  const [first, second] = out
    .trim()
    .split('\n')
    .map((line): { y: number[] } => JSON.parse(line));
  expect(first?.y).toEqual([3, expect.any(Number), 5, 6]);
  expect(second?.y[3]).toBe(9);
  const drawn = join(folder, 'drawn.csv');
  await cli('sample', join(folder, 'series'), '--set', 'station=all', '--draw', '--seed', '1', '--out', drawn);
  const again = await cli('score', join(folder, 'series'), '--data', drawn);
  expect(again.err).not.toContain('error');
  expect(again.code).toBe(0);
  // A row that is scored has no use for what is known.
  expect(again.out).not.toContain('known');
});

describe('impute', () => {
  test('fills the empty cells of a table, and leaves the others', async () => {
    const out = join(folder, 'filled.csv');
    const { code, err } = await impute('--data', gaps, '--count', '2', '--seed', '1', '--out', out);
    expect(code, err).toBe(0);
    const [header, ...lines] = readFileSync(out, 'utf8').trim().split('\n');
    expect(header).toBe('example,station,sample,air,sky');
    const cells = lines.map((line) => line.split(','));
    expect(cells).toHaveLength(8);
    expect(cells.every((row) => row.every((cell) => cell !== ''))).toBe(true);
    expect(cells.slice(0, 2).map((row) => row[3])).toEqual(['3', '3']);
    expect(cells.slice(2, 4).map((row) => row[4])).toEqual(['rain', 'rain']);
    expect(cells.slice(6).map((row) => row.slice(3))).toEqual([
      ['7', 'clear'],
      ['7', 'clear'],
    ]);
    // Draws of a row differ.
    expect(cells[2]?.[3]).not.toBe(cells[3]?.[3]);
    const again = await impute('--data', gaps, '--count', '2', '--seed', '1', '--out', join(folder, 'again.csv'));
    expect(again.err).not.toContain('error');
    expect(again.code).toBe(0);
    expect(readFileSync(join(folder, 'again.csv'), 'utf8')).toBe(readFileSync(out, 'utf8'));
  });

  test('gives the mean, and chosen rows', async () => {
    const { code, out, err } = await impute('--data', gaps, '--example', '0', '--mean');
    expect(code, err).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ example: 0, station: 'coast', air: [3] });
  });

  test('and all that takes an example, starts from the examples next to the model', async () => {
    const { examples } = JSON.parse(readFileSync(join(folder, 'series', 'examples.json'), 'utf8'));
    const { known, known_mask } = examples[0].conditions;
    const drawn = await cli('sample', join(folder, 'series'), '--example', '0', '--seed', '1', '--draw');
    expect(drawn.code, drawn.err).toBe(0);
    const { y } = JSON.parse(drawn.out);
    // What the example says is known is in its place.
    expect(known_mask).toContain(1);
    for (const [i, isKnown] of known_mask.entries()) if (isKnown === 1) expect(y[i]).toBeCloseTo(known[i], 4);
    for (const command of ['impute', 'reconstruct', 'encode']) {
      const { code, err } = await cli(command, join(folder, 'series'), '--example', '0');
      expect(code, err).toBe(0);
    }
  });

  test('is refused for a model that is given no parts, and several means', async () => {
    const other = await cli('impute', join(folder, 'plain'), '--data', gaps);
    expect(other.code).toBe(1);
    expect(other.err).toContain(
      'expected a model that is given parts of its target, got one that is not; define it with known: anyPart(), and train it',
    );
    const twice = await impute('--data', gaps, '--mean', '--count', '2');
    expect(twice.err).toContain(
      "count: expected 1, since y at the prior's mean is always the same, got 2; leave it out",
    );
  });
});

test('data lists what the data have, not what is known of the target', async () => {
  const path = join(folder, 'model.ts');
  writeFileSync(
    path,
    `import { anyPart, concat, cvae, dense, gaussian, normal } from 'cvae-compile';
     export default cvae({ condition: {}, target: normal(2), latent: 1, known: anyPart(),
       recognition: ({ y }) => y.pipe(gaussian(1)), decoder: ({ z, known }) => concat(z, known).pipe(dense(2)) });
     export const data = Array.from({ length: 20 }, (_, i) => ({ y: [i, null] }));`,
  );
  const { code, out, err } = await cli('data', path, '--json');
  expect(code, err).toBe(0);
  expect(JSON.parse(out).variables).toMatchObject([{ name: 'y', missing: 20 }]);
});
