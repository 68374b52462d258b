import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, test } from 'vitest';
import { load } from '../../src/cli/load.ts';
import { print } from '../../src/index.ts';
import { cli, temporary, type Result } from './support/cli.ts';
import { IS_LONG, chosen } from '../support/chosen.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = temporary();

/** The commands in an example's README, in order, as the words after `node dist/cli/bin.js`. */
const commandsOf = (example: string): readonly (readonly string[])[] => {
  const readme = readFileSync(join(root, 'examples', example, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  return blocks
    .join('')
    .trim()
    .split('\n')
    .map((line) => {
      expect(line).toMatch(/^node dist\/cli\/bin\.js /);
      return line.split(' ').slice(2);
    });
};

/** Options that make a command quick, since it only has to work. */
const SHORT: Readonly<Record<string, readonly string[]>> = {
  train: ['--epochs', '1', '--limit', '100'],
  evaluate: ['--samples', '2', '--limit', '50'],
};

/** A command's words with paths that are right here. */
const shortened = (words: readonly string[]): readonly string[] => {
  const here = words.map((word) =>
    word.replace(/(^|=)examples\//, `$1${join(root, 'examples')}/`).replace(/^out\//, `${folder}/`),
  );
  return [...here, ...(SHORT[words[0] ?? ''] ?? [])];
};

const EXAMPLES = ['digits', 'article', 'completion', 'quadrants', 'table', 'names', 'weather', 'custom-op', 'zoo'];
describe.each(chosen('commands of examples', EXAMPLES, 1))('%s', (example) => {
  const results: { readonly words: readonly string[]; readonly result: Result }[] = [];
  beforeAll(async () => {
    for (const command of commandsOf(example)) {
      const words = shortened(command);
      results.push({ words, result: await cli(...words) });
    }
  });

  test('the commands of its README run, from training to samples', () => {
    expect(results.map(({ words }) => words[0])).toEqual(expect.arrayContaining(['train', 'export', 'sample']));
    for (const { words, result } of results)
      expect(result, `${words.join(' ')}\n${result.err}`).toMatchObject({ code: 0 });
  });

  test('they leave what they say', () => {
    for (const { words } of results) {
      const out = words[words.indexOf('--out') + 1];
      if (out !== undefined && words.includes('--out')) expect(existsSync(out), out).toBe(true);
      if (out?.endsWith('.png')) expect(decode(readFileSync(out)).width).toBeGreaterThan(28);
    }
  });

  test('what is exported is verified to less than 1e-5', () => {
    const exported = results.find(({ words }) => words[0] === 'export');
    const [, difference = ''] = /largest difference (\S+),/.exec(exported?.result.err ?? '') ?? [];
    expect(Number(difference)).toBeLessThan(1e-5);
  });
});

test('the digits of MNIST are the same model, on other data', async () => {
  const [own, mnist] = await Promise.all(
    ['model.ts', 'mnist.ts'].map((file) => load(join(root, 'examples/digits', file))),
  );
  expect(mnist && print(mnist.model)).toBe(own && print(own.model));
  expect(mnist?.data).not.toBe(own?.data);
});

test.each([
  ['table', 'weather.csv'],
  ['weather', 'days.csv'],
])('the data of %s are what its formulas give', (example, file) => {
  const made = join(folder, file);
  expect(spawnSync(process.execPath, [join(root, 'examples', example, 'make.mjs'), made]).status).toBe(0);
  expect(readFileSync(made, 'utf8')).toBe(readFileSync(join(root, 'examples', example, file), 'utf8'));
});

test('the quarters of digits are what the script makes', () => {
  expect(spawnSync(process.execPath, [join(root, 'examples/completion/make.mjs'), folder]).status).toBe(0);
  for (const name of ['six', 'three', 'five', 'seven'])
    expect(readFileSync(join(folder, `${name}.png`))).toEqual(
      readFileSync(join(root, 'examples/completion', `${name}.png`)),
    );
});

test.runIf(IS_LONG)(
  'the table, trained, is sampled conditionally: colder in winter and on the peak, and of two kinds in the valley',
  async () => {
    const at = (name: string) => join(folder, name);
    const model = join(root, 'examples/table/model.ts');
    await cli('train', model, '--out', at('weather'), '--epochs', '12', '--seed', '1');
    await cli('export', model, '--weights', at('weather'), '--out', at('weather-onnx'));
    const days = async (station: string, day: number) => {
      const given = ['--set', `station=${station}`, '--set', `day=${day}`, '--set', 'clouds=2'];
      const { out } = await cli('sample', at('weather-onnx'), ...given, '--count', '400', '--draw', '--seed', '1');
      const lines = out.trimEnd().split('\n');
      return lines.map((line): readonly [number, number, number] => JSON.parse(line).y);
    };
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const temperature = (all: readonly (readonly [number, number, number])[]) => mean(all.map(([t]) => t));
    // By the formulas: 13 ± 6 °C on the coast, −3 + 7 on the peak, and clouds of 2 add 1 in summer, and take it in winter.
    expect(Math.abs(temperature(await days('coast', 200)) - 20)).toBeLessThan(2);
    expect(Math.abs(temperature(await days('coast', 17)) - 6)).toBeLessThan(2);
    expect(Math.abs(temperature(await days('peak', 200)) - 5)).toBeLessThan(2);
    // A fifth of the days in the valley has foehn: 42 km/h where 7 are usual; hardly a day has something between.
    const valley = await days('valley', 200);
    const foehn = valley.filter(([, , wind]) => wind > 30);
    expect(foehn.length / valley.length).toBeGreaterThan(0.08);
    expect(foehn.length / valley.length).toBeLessThan(0.35);
    expect(mean(foehn.map(([, humidity]) => humidity))).toBeLessThan(45);
    expect((await days('coast', 200)).filter(([, , wind]) => wind > 45).length / 400).toBeLessThan(0.05);
  },
);

/** Runs the commands of an example's README, and then a program of its own on the folder that they have left. */
const runExample = async (example: string, program: string, exported: string) => {
  for (const command of commandsOf(example)) {
    const words = shortened(command);
    // Only a trained model shows what is unusual.
    const learns = words[0] === 'train' && example === 'anomaly';
    const whole = learns ? [...words.slice(0, -4), '--epochs', '15', '--engine', 'onnx'] : words;
    expect(await cli(...whole), whole.join(' ')).toMatchObject({ code: 0 });
  }
  const path = join(root, 'examples', example, program);
  return spawnSync(process.execPath, [path, join(folder, exported)], { encoding: 'utf8', cwd: root });
};

test.runIf(IS_LONG)(
  'unusual rows of a table are the least likely, each in nats',
  async () => {
    const { status, stdout, stderr } = await runExample('anomaly', 'find.mjs', 'weather/asked');
    expect(status, stderr).toBe(0);
    const scores = readFileSync(join(folder, 'weather/unusual.csv'), 'utf8').trimEnd().split('\n').slice(1);
    expect(scores.map((line) => Number(line.split(',')[0])).sort((a, b) => a - b)).toEqual([1, 4, 7, 10]);
    expect(Math.max(...scores.map((line) => Number(line.split(',')[2])))).toBeLessThan(-15);
    const [january = '', frost = '', july = ''] = stdout.split('\n');
    const nats = (line: string) => Number(/: (-?[\d.]+) ±/.exec(line)?.[1]);
    expect(nats(january)).toBeGreaterThan(-10);
    expect(nats(july)).toBeGreaterThan(-10);
    expect(nats(frost)).toBeLessThan(-40);
    expect(frost).toMatch(/likeliest in (Dec|Jan|Feb)$/);
  },
  180_000,
);

test('a digit is written as all others in its style', async () => {
  const { status, stdout, stderr } = await runExample('style', 'draw.mjs', 'digits/asked');
  expect(status, stderr).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(8);
  expect(Math.max(...lines.map(({ length }) => length))).toBeGreaterThan(200);
  const { width, height } = decode(readFileSync(join(folder, 'digits/styles.png')));
  expect([width, height]).toEqual([11 * 56 + (6 + 3) * 2, 10 * 56]);
});
