import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { load } from '../src/cli/load.ts';
import { cli, temporary } from './cli/support/cli.ts';
import { chosen } from './support/chosen.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const examples = join(root, 'examples', 'variants');
const folder = temporary();
const table = readFileSync(join(root, 'docs', 'variants.md'), 'utf8');
// The files that others import define no model.
const PARTS = ['guess.ts', 'quarters.ts'];
const variants = readdirSync(examples).filter((file) => file.endsWith('.ts') && !PARTS.includes(file));

test('every variant is a row of the table, and every row a variant', () => {
  const rows = [...table.matchAll(/^\| \[[\w-]+\]\(\.\.\/examples\/variants\/([\w-]+\.ts)\)/gm)].map(
    ([, file]) => file,
  );
  expect(rows.toSorted()).toEqual(variants.toSorted());
});

test('its numbers are those that were measured', () => {
  const script = join(root, 'scripts', 'variants.mjs');
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

describe.each(chosen('some variants', variants, 1))('%s', (file) => {
  const path = join(examples, file);
  const run = join(folder, file);

  test('trains, exports and evaluates', async () => {
    const { model } = await load(path);
    const trained = await cli(
      'train',
      path,
      '--out',
      run,
      '--epochs',
      '1',
      '--limit',
      '64',
      '--batch',
      '32',
      '--engine',
      'onnx',
      '--json',
    );
    expect(trained.code, trained.err).toBe(0);
    const exported = await cli('export', path, '--weights', run, '--out', join(run, 'onnx'));
    expect(exported.code, exported.err).toBe(0);
    const words = ['--weights', run, '--samples', '3', '--limit', '20', '--json'];
    const evaluated = await cli('evaluate', path, ...words);
    expect(evaluated.code, evaluated.err).toBe(0);
    const result = JSON.parse(evaluated.out);
    expect(result.examples).toBe(20);
    expect(result.negativeElbo).toBeGreaterThan(0);
    // What a variant lacks is null, and what it has is a number.
    const number = (there: unknown) => (there ? expect.any(Number) : null);
    expect(result.importanceSampling).toEqual(number(model.networks.recognition));
    expect(result.activeUnits).toEqual(number(model.networks.recognition));
    expect(result.monteCarlo).toEqual(expect.any(Number));
    expect(result.classes === null).toBe(model.target.distribution !== 'categorical');
    if (!model.networks.recognition) expect(result.kl).toBe(0);
  });
});
