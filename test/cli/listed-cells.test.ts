import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { categorical, concat, continuous, cvae, flatten, gaussian, heads, mlp, normal } from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { train } from 'cvae-compile/train';
import { cli, temporary } from './support/cli.ts';

const folder = temporary();
const exported = join(folder, 'exported');

const target = { mass: normal(1, { sigma: 'learned' }), sky: categorical('clear', 'rain') };
const model = cvae({
  condition: { start: continuous(2, { mask: true }), ways: categorical('left', 'right', '01', { at: [2] }) },
  target,
  latent: 1,
  recognition: ({ y, start, start_mask }) => concat(y.mass, y.sky, start, start_mask).pipe(gaussian(1)),
  decoder: ({ z, start, ways }) => concat(z, start, flatten(ways)).pipe(mlp([8]), heads(target)),
});

const examples = Array.from({ length: 32 }, (_, i) => ({
  start: [i % 3 === 0 ? null : i, 10 + (i % 7)],
  // A number would be the class of that name.
  ways: [['left', 'right', '01'][i % 3], 'right'],
  mass: i / 3,
  sky: i % 2,
}));

beforeAll(async () => {
  const { weights } = await train(model, examples, { epochs: 1, seed: 1, engine: 'onnx' });
  await exportModel(model, weights, { out: exported, examples, recognition: true, evaluationSamples: 2 });
});

const rows = ['--example', '0-3', '--seed', '1'];

describe('samples for conditions of several values', () => {
  test.each(['csv', 'jsonl'])('are read again as %s', async (ending) => {
    const path = join(folder, `samples.${ending}`);
    const sampled = await cli('sample', exported, ...rows, '--draw', '--out', path);
    expect(sampled.code, sampled.err).toBe(0);
    for (const command of ['score', 'encode', 'reconstruct']) {
      const { code, out, err } = await cli(command, exported, '--data', path);
      expect(code, err).toBe(0);
      expect(out.trim().split('\n').length).toBe(4);
    }
    const again = await cli('sample', exported, '--data', path, ...rows, '--draw');
    const first = await cli('sample', exported, ...rows, '--draw');
    expect(again.out).toBe(first.out);
  });

  test('are lists as JSON, and text as CSV, with the names of classes', async () => {
    const { out } = await cli('sample', exported, ...rows);
    const lines = out
      .trim()
      .split('\n')
      .map((line): object => JSON.parse(line));
    expect(lines).toMatchObject([
      { start: [null, 10], ways: ['left', 'right'] },
      { start: [expect.any(Number), expect.any(Number)], ways: [expect.any(String), 'right'] },
      {},
      {},
    ]);
    const path = join(folder, 'as-text.csv');
    await cli('sample', exported, ...rows, '--out', path);
    expect(readFileSync(path, 'utf8').split('\n')[1]).toMatch(/^",10","left,right",0,/);
    const set = await cli('sample', exported, '--set', 'start=,2.5', '--set', 'ways=01,left');
    expect(JSON.parse(set.out)).toMatchObject({ start: [null, 2.5], ways: ['01', 'left'] });
  });

  test('are refused in words if a cell has another number of them', async () => {
    const path = join(folder, 'short.csv');
    writeFileSync(path, 'start,ways,mass,sky\n"1.5,2.5,3","left,right",3,rain\n');
    const { code, err } = await cli('encode', exported, '--data', path);
    expect(code).toBe(1);
    expect(err).toContain(
      `short.csv, line 2: expected 2 values of start, separated by commas, got "1.5,2.5,3"; write all of them`,
    );
  });
});

test('a table of conditions without a row is refused in words, and one that lacks a column names what it must have', async () => {
  const path = join(folder, 'empty.csv');
  writeFileSync(path, 'ways.0,ways.1,start\n');
  const empty = await cli('sample', exported, '--conditions', path);
  expect(empty.err).toContain('empty.csv: expected a line for each combination, got none; write at least one');
  writeFileSync(path, 'start\n"1,2"\n');
  const none = await cli('sample', exported, '--conditions', path);
  // Start may be missing.
  expect(none.err).toContain('expected a column for each condition (ways), got none for ways; name one so');
});
