import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { anyPart, categorical, concat, cvae, flatten, gaussian, heads, mlp, normal } from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { csv } from 'cvae-compile/data';
import { train } from 'cvae-compile/train';
import { cli, temporary } from './support/cli.ts';

const folder = temporary();
const table = join(folder, 'walks.csv');
const exported = join(folder, 'walks');

const target = { place: normal(2, { sigma: 'learned' }), sky: categorical('clear', 'rain') };
const model = cvae({
  condition: { ways: categorical('left, then right', 'straight', { at: [2] }) },
  target,
  latent: 1,
  known: anyPart(),
  recognition: ({ y }) => concat(y.place, y.sky).pipe(gaussian(1)),
  decoder: ({ z, ways, known }) =>
    concat(z, flatten(ways), known.place, known.place_mask, known.sky).pipe(mlp([8]), heads(target)),
});

/** Rows of which place has columns of other names: `x` and `y pos`. */
beforeAll(async () => {
  const line = (i: number) => `"left, then right",straight,${i % 20},${100 + (i % 7)},${i % 3 ? 'clear' : 'rain'}`;
  writeFileSync(table, `ways.0,ways.1,x,y pos,sky\n${Array.from({ length: 64 }, (_, i) => line(i)).join('\n')}\n`);
  const data = csv(table, { columns: { place: ['x', 'y pos'] } });
  const { weights, names } = await train(model, data, { epochs: 1, seed: 1, engine: 'onnx' });
  await exportModel(model, weights, { out: exported, names });
});

const rowsIn = (path: string): readonly string[] => readFileSync(path, 'utf8').trim().split('\n').slice(1);

test('a target of columns of other names is filled in a table that has these', async () => {
  const gaps = join(folder, 'gaps.csv');
  const out = join(folder, 'filled.csv');
  writeFileSync(gaps, 'ways.0,ways.1,x,y pos,sky\n"left, then right",straight,3,,\nstraight,straight,,104,rain\n');
  const { code, err } = await cli('impute', exported, '--data', gaps, '--seed', '1', '--out', out);
  expect(code, err).toBe(0);
  const [first, second] = rowsIn(out);
  expect(first).toMatch(/,3,[\d.]+,(clear|rain)$/);
  expect(second).toMatch(/,[-\d.]+,104,rain$/);
});

test('sample --conditions takes no columns of the target as known, and classes of several columns as they are', async () => {
  const { code, err, out } = await cli('sample', exported, '--conditions', table, '--draw', '--seed', '1');
  expect(code, err).toBe(0);
  const [first] = out.trim().split('\n');
  expect(JSON.parse(first ?? '')).not.toHaveProperty('known_place', expect.stringContaining('100'));
  expect(JSON.parse(first ?? '').place[1]).not.toBe(100);
  expect(JSON.parse(first ?? '').ways).toEqual(['left, then right', 'straight']);
});

test('sample takes a list of which one element is known, from a file and as --set', async () => {
  const given = join(folder, 'given.csv');
  writeFileSync(given, 'ways.0,ways.1,known_place\nstraight,straight,",104"\n');
  const own = await cli('sample', exported, '--conditions', given, '--draw', '--seed', '1');
  expect(own.code, own.err).toBe(0);
  expect(JSON.parse(own.out).place).toEqual([expect.any(Number), 104]);
  const sets = ['--set', 'ways=straight,straight', '--set', 'known_place=,104'];
  const set = await cli('sample', exported, ...sets, '--draw', '--seed', '1');
  expect(JSON.parse(set.out).place).toEqual(JSON.parse(own.out).place);
});
