import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { load } from '../src/cli/load.ts';
import { temporary } from './cli/support/cli.ts';
import { MODELS, QUICK, trainExportSample, ZOO } from './support/zoo.ts';
import { chosen } from './support/chosen.ts';

const folder = temporary();
const read = (file: string): string => readFileSync(join(ZOO, file), 'utf8');

/** The number of lines of a definition, without what it imports, comments, data and options of training. */
const linesOf = (text: string): number => {
  const [definition = ''] = text.replaceAll(/^import [\s\S]*?;\n/gm, '').split(/^export const/m);
  return definition.split('\n').filter((line) => !/^\s*($|\/\/|\/?\*)/.test(line)).length;
};

test('every model is a row of the table, with the number of its lines, and every row a model', () => {
  const rows = [...read('README.md').matchAll(/^\| \[[^\]]+\]\(([\w-]+\.ts)\) .* \| (\d+) \|/gm)];
  expect(rows.map(([, file, lines]) => [file, Number(lines)])).toEqual(
    MODELS.map((file) => [file, linesOf(read(file))]),
  );
});

test.each(MODELS)('%s is a definition without a cast and without an op of its own', async (file) => {
  const { model, data } = await load(join(ZOO, file));
  expect(model.networks.recognition).toBeDefined();
  expect(data).toBeDefined();
  const code = read(file).replaceAll(/\/\*\*[\s\S]*?\*\/|\/\/.*/g, '');
  expect(code).not.toMatch(/\b(as|any|unknown|apply|elementwise|distribution)\b|@ts-|!\./);
});

describe.each(chosen('definitions of the zoo', QUICK, 2))('%s', (file) => {
  test('trains, exports, is verified and sampled', () => trainExportSample(file, folder));
});
