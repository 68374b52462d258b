import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  anyPart,
  bernoulli,
  categorical,
  concat,
  cvae,
  dense,
  gaussian,
  heads,
  normalScores,
  relu,
} from 'cvae-compile';
import { csv, toDataset } from 'cvae-compile/data';
import { engineOf, loadWeights, scoreModel, train } from 'cvae-compile/train';
import { normals, stream, uniforms } from '../../src/random.ts';
import { page } from '../../src/report/page.ts';
import { readRun } from '../../src/run/read-run.ts';
import { variablesOf } from '../../src/train/parameters.ts';
import { cli, temporary } from '../cli/support/cli.ts';
import { IS_LONG } from '../support/chosen.ts';

const folder = temporary();
const file = join(folder, 'days.csv');
const count = 500;
const [u, n] = [uniforms(stream(1, 'u'), count, 1), normals(stream(1, 'n'), count, 2)];
const lines = Array.from({ length: count }, (_, i) => {
  const city = Math.floor(3 * (u[i] ?? 0));
  const high = Math.round(100 * city + 20 * (n[2 * i] ?? 0)) / 10;
  const rain = (n[2 * i + 1] ?? 0) > 0.3 ? 'rain' : 'clear';
  return `${['Lima', 'Oslo', 'Rome'][city]},${high},${rain}`;
});
writeFileSync(file, `city,high,sky\n${lines.join('\n')}\n`);
const DEFINITION = `
import { categorical, concat, cvae, dense, gaussian, heads, normalScores, relu } from 'cvae-compile';
import { csv } from 'cvae-compile/data';
const target = { high: normalScores(1), sky: categorical('clear', 'rain') };
export default cvae({
  condition: { city: categorical('Lima', 'Oslo', 'Rome') },
  target,
  latent: 2,
  recognition: ({ y, city }) => concat(y.high, y.sky, city).pipe(dense(16), relu, gaussian(2)),
  decoder: ({ z, city }) => concat(z, city).pipe(dense(16), relu, heads(target)),
});
export const data = () => csv(${JSON.stringify(file)}, { test: 0.2 });
export const training = { epochs: 25, batch: 32, learningRate: 0.01, seed: 1, engine: 'onnx' };
`;
const path = join(folder, 'model.ts');
writeFileSync(path, DEFINITION);
const target = { high: normalScores(1), sky: categorical('clear', 'rain') };
const model = cvae({
  condition: { city: categorical('Lima', 'Oslo', 'Rome') },
  target,
  latent: 2,
  recognition: ({ y, city }) => concat(y.high, y.sky, city).pipe(dense(16), relu, gaussian(2)),
  decoder: ({ z, city }) => concat(z, city).pipe(dense(16), relu, heads(target)),
});
const run = join(folder, 'run');

describe('a model of a table', () => {
  let trained: Awaited<ReturnType<typeof cli>>;
  beforeAll(async () => {
    trained = await cli('train', path, '--out', run, '--json');
    expect(trained.code, trained.err).toBe(0);
  });

  test('is scored by evaluate: as a table in words, and in JSON', async () => {
    const { code, out, err } = await cli('evaluate', path, '--weights', run, '--samples', '5', '--json');
    expect(code, err).toBe(0);
    expect(err).toContain('400 rows drawn for given city, compared with 100 held-out rows; sequential trees');
    expect(err).toMatch(/^ {2}told apart from real rows \(AUC\) +0\.\d{3} +0\.\d{3} +0\.\d{3} +0\.5$/m);
    expect(err).toMatch(/^ {2}sky predicted by a forest trained on them \(accuracy\) +[01]\.\d{3}/m);
    const { scores } = JSON.parse(out);
    expect(scores.drawn.auc).toBeLessThan(0.75);
    expect(scores.drawn.impossible).toBe(0);
    expect(scores).toMatchObject({ given: ['city'], within: 'city', rows: { train: 400, test: 100 } });
  });

  test.runIf(IS_LONG)('is scored by the columns that are named, or not at all', async () => {
    const named = await cli('evaluate', path, '--weights', run, '--samples', '2', '--predict', 'high');
    expect(named.err).toContain('high predicted by a forest trained on them (R²)');
    expect(named.err).not.toContain('deprecated');
    const wrong = await cli('evaluate', path, '--weights', run, '--samples', '2', '--predict', 'hi');
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain('expected columns of the table, got hi; give one of city, high, sky');
    const none = await cli('evaluate', path, '--weights', run, '--samples', '2', '--no-scores', '--json');
    expect(JSON.parse(none.out)).not.toHaveProperty('scores');
  });

  test('predicts the column that is named by --told, as earlier versions called --predict', async () => {
    const { code, out, err } = await cli(
      'evaluate',
      path,
      '--weights',
      run,
      '--samples',
      '1',
      '--told',
      'high',
      '--json',
    );
    expect(code, err).toBe(0);
    expect(err).toContain('--told is deprecated; use --predict');
    expect(JSON.parse(out).scores.predicted).toEqual({ column: 'high', measure: 'R²' });
    const help = await cli('evaluate', '--help');
    expect(help.out).toContain('--predict <column>');
    expect(help.out).not.toContain('--told');
  });

  test('has its scores in the report also if an earlier version wrote them, with told for predicted', async () => {
    const earlier = join(folder, 'earlier');
    cpSync(run, earlier, { recursive: true });
    const metrics = join(earlier, 'metrics.jsonl');
    const written = readFileSync(metrics, 'utf8');
    expect(written).toContain('"predicted":{"column":"sky"');
    writeFileSync(metrics, written.replaceAll('"predicted":', '"told":'));
    const { scores } = JSON.parse(written.trim().split('\n').at(-1) ?? '');
    const { ending } = await readRun(earlier);
    expect(ending?.scores).toEqual(scores);
    expect(await page(await readRun(earlier))).toContain('sky predicted by a forest trained on them (accuracy)');
  });

  test('has its scores in the report and in what training gives', () => {
    const { scores } = JSON.parse(trained.out);
    expect(scores.drawn.rows).toBe(400);
    const html = readFileSync(join(run, 'report.html'), 'utf8');
    expect(html).toContain('<h2>Scores</h2>');
    expect(html).toContain(`<td>${scores.drawn.auc.toFixed(3)}</td>`);
    expect(html).toContain('sequential trees');
  });

  test.runIf(IS_LONG)('is scored by scoreModel alike, on either engine', async () => {
    const { weights } = await loadWeights(run);
    const data = await toDataset(await csv(file, { test: 0.2 }), variablesOf(model));
    const found = await Promise.all(
      (['tfjs', 'onnx'] as const).map(async (name) =>
        scoreModel(model, weights, data, { engine: await engineOf(name) }),
      ),
    );
    for (const scores of found) expect(scores?.rows).toEqual({ train: 400, test: 100 });
    const [one, other] = found.map((scores) => scores?.drawn.auc ?? NaN);
    expect(Math.abs((one ?? NaN) - (other ?? NaN))).toBeLessThan(0.03);
  });
});

test.runIf(IS_LONG)('data that hold nothing out are scored by what training held out', async () => {
  const other = join(folder, 'other.ts');
  writeFileSync(other, DEFINITION.replace('{ test: 0.2 }', '').replace('epochs: 25', 'epochs: 2, validation: 0.3'));
  const out = join(folder, 'other');
  const { out: text } = await cli('train', other, '--out', out, '--json');
  expect(JSON.parse(text).scores.rows).toEqual({ train: 350, test: 150 });
  const { err } = await cli('evaluate', other, '--weights', out, '--samples', '2');
  expect(err).toContain('compared with 150 held-out rows; sequential trees fitted to the same 350 rows');
});

test('what is no table has no scores', async () => {
  const pictures = cvae({
    condition: { kind: categorical(2) },
    target: bernoulli(4, { image: [2, 2, 1] }),
    latent: 1,
    recognition: ({ y, kind }) => concat(y, kind).pipe(gaussian(1)),
    decoder: ({ z, kind }) => concat(z, kind).pipe(dense(4), relu, dense(4)),
  });
  const data = Array.from({ length: 80 }, (_, i) => ({ kind: i % 2, y: [i % 2, 0, 1, 0] }));
  const { weights } = await train(pictures, data, { epochs: 1 });
  expect(await scoreModel(pictures, weights, { train: data, test: data })).toBeUndefined();
});

test('what is known of a target is no column that is given: nothing is known of the rows that are drawn', async () => {
  const given = cvae({
    condition: { city: categorical('Lima', 'Oslo', 'Rome') },
    target,
    latent: 1,
    known: anyPart(),
    recognition: ({ y }) => concat(y.high, y.sky).pipe(gaussian(1)),
    decoder: ({ z, city, known }) => concat(z, city, known.high, known.sky).pipe(dense(8), relu, heads(target)),
  });
  const { weights } = await train(given, csv(file, { test: 0.2 }), { epochs: 1, seed: 1, engine: 'onnx' });
  const data = await toDataset(await csv(file, { test: 0.2 }), variablesOf(given));
  const scores = await scoreModel(given, weights, data, { engine: 'onnx' });
  expect(scores?.given).toEqual(['city']);
  expect(Object.keys(scores?.drawn.columns ?? {})).not.toContain('known_high');
  // Who knew the sky, which is a coin's toss, would have 1.
  expect(scores?.trees?.predicted).toBeLessThan(0.8);
});
