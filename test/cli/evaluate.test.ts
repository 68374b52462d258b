import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { cli, SMALL, temporary, type Result } from './support/cli.ts';

const folder = temporary();
const model = join(folder, 'model.ts');
const run = join(folder, 'run');
writeFileSync(model, SMALL);
beforeAll(async () => {
  await cli('train', model, '--out', run, '--epochs', '1', '--seed', '5');
});

describe('evaluate', () => {
  const lines = join(folder, 'each.jsonl');
  let result: Result;
  beforeAll(async () => {
    const words = ['--weights', run, '--samples', '20', '--per-example', lines, '--json'];
    result = await cli('evaluate', model, ...words);
  });

  test('ends in one line of JSON on standard output', () => {
    expect(result.code).toBe(0);
    const all = JSON.parse(result.out.trimEnd().split('\n').at(-1) ?? '');
    for (const name of ['importanceSampling', 'monteCarlo', 'negativeElbo', 'kl', 'activeUnits'])
      expect(all[name], name).toEqual(expect.any(Number));
    expect(all.importanceSampling).toBeLessThan(all.negativeElbo);
    expect(all).toMatchObject({ samples: 20, unit: 'nats', part: 'test' });
  });

  test('writes a line for each example, which add up to it', () => {
    const all = JSON.parse(result.out);
    const each = readFileSync(lines, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(each).toHaveLength(all.examples);
    const mean = each.reduce((sum, { importanceSampling }) => sum + importanceSampling, 0) / each.length;
    expect(mean).toBeCloseTo(all.importanceSampling, 6);
  });

  test('gives the same on each engine', async () => {
    const { importanceSampling, monteCarlo } = JSON.parse(result.out);
    for (const engine of ['tfjs', 'onnx']) {
      const { out } = await cli('evaluate', model, '--weights', run, '--samples', '20', '--engine', engine, '--json');
      const own = JSON.parse(out);
      expect(own.engine.name).toMatch(engine === 'tfjs' ? /^tfjs/ : /^onnxruntime/);
      expect(own.importanceSampling).toBeCloseTo(importanceSampling, 3);
      expect(own.monteCarlo).toBeCloseTo(monteCarlo, 3);
    }
  });

  test('reports it in words on standard error', () => {
    expect(result.err).toMatch(/^ {2}−log p\(y\|x\), importance sampling +\d+\.\d\d ± \d+\.\d\d$/m);
    expect(result.err).toMatch(/^ {2}active units of \d+ +\d+$/m);
  });

  test('says what part it took where there is no test part, and nothing where one was asked for', async () => {
    const own = join(folder, 'untested.ts');
    writeFileSync(own, SMALL.replace(', test: examples(16)', ''));
    const evaluate = async (...words: readonly string[]): Promise<string> =>
      (await cli('evaluate', own, '--weights', run, '--samples', '2', ...words)).err;
    expect(await evaluate()).toContain(
      'the data have no test part, so these are of the train part, which the model was trained on',
    );
    expect(await evaluate('--part', 'train')).not.toContain('no test part');
    expect(result.err).not.toContain('no test part');
  });

  test.each([
    [['--samples', '0'], 2, 'a whole number of at least 1'],
    [['--part', 'best'], 2, 'Allowed choices are train, validation, test'],
    [
      ['--per-example', join(folder, 'model.ts', 'each.jsonl')],
      1,
      'expected a path that can be written to, got a file where',
    ],
    [['--weights', join(folder, 'nothing')], 1, 'expected weights, got no such file'],
  ])('refuses %j', async (words, code, sentence) => {
    const refused = await cli('evaluate', model, '--weights', run, ...words);
    expect(refused.code).toBe(code);
    expect(refused.err).toMatch(new RegExp(sentence, 'i'));
    expect(refused.out).toBe('');
  });
});
