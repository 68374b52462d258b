import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../browser/support/chromium.ts';
import { shared } from '../browser/support/shared.ts';
import { axe } from '../playground/support/axe.ts';
import { cli, SMALL, temporary } from '../cli/support/cli.ts';
import { bareProject } from '../setup/tfjs-project.ts';
import { IS_LONG } from '../support/chosen.ts';

const folder = temporary();
const read = (run: string) => readFileSync(join(run, 'report.html'), 'utf8');
const parsed = (run: string) => parseHTML(read(run)).document;
const texts = (run: string, selector: string) =>
  [...parsed(run).querySelectorAll(selector)].map(({ textContent }) => textContent ?? '');

/** Trains a definition, and gives the run's folder. */
const trained = async (name: string, definition: string, ...options: readonly string[]): Promise<string> => {
  const path = join(folder, `${name}.ts`);
  writeFileSync(path, definition);
  const out = join(folder, name);
  const { code, err } = await cli('train', path, '--out', out, '--epochs', '6', '--seed', '3', ...options);
  expect(err).toContain(`report: ${join(out, 'report.html')}`);
  expect(code, err).toBe(0);
  return out;
};

describe('the page about a run', () => {
  let run: string;
  beforeAll(async () => {
    run = await trained('small', SMALL);
  });

  it('is one file without scripts that names nothing outside itself', () => {
    const html = read(run);
    expect(html).not.toContain('<script');
    const names = [...html.matchAll(/(?:src|href)="(.{8})/g)].map(([, start]) => start);
    expect(new Set(names)).toEqual(new Set(['data:ima']));
    expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:/);
    expect(html.length).toBeLessThan(200_000);
  });

  it('names seed, data checksum, versions and options, and holds the definition', () => {
    const { data, options } = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'));
    const shown = new Map(
      [...parsed(run).querySelectorAll('dl div')].map((row) => [
        row.querySelector('dt')?.textContent,
        row.querySelector('dd')?.textContent,
      ]),
    );
    expect(data.checksum).toMatch(/^[0-9a-f]{64}$/);
    expect(Object.fromEntries(shown)).toMatchObject({
      ...options,
      epochs: '6',
      objective: 'elbo',
      seed: '3',
      'data checksum': `${data.checksum.slice(0, 12)}…`,
      Node: expect.stringContaining(process.version),
      library: expect.stringMatching(/^cvae-compile \d/),
      engine: expect.stringMatching(/^\S+ \d+\.\d+/),
      examples: '86 train, 10 validation, 16 test',
    });
    expect(texts(run, 'pre')[0]).toBe(SMALL);
  });

  it('draws loss and KL, of each latent dimension too, from the metrics', () => {
    expect(texts(run, 'figure h3')).toEqual([
      'Loss',
      'Reconstruction',
      'KL',
      'What z decides',
      'KL of each latent dimension',
      'KL of each dimension over epochs',
    ]);
    const epochs = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trimEnd().split('\n').slice(0, 6);
    const last = JSON.parse(epochs.at(-1) ?? '');
    const [loss] = [...parsed(run).querySelectorAll('figure')];
    const told = [...(loss?.querySelectorAll('.tip') ?? [])].map((tip) =>
      [...tip.querySelectorAll('text')].map(({ textContent }) => textContent),
    );
    expect(told).toHaveLength(6);
    const [of6] = told.slice(-1);
    expect(of6?.[0]).toBe('epoch 6');
    expect(of6?.[1]).toMatch(/^training \d+\.\d\d nats$/);
    expect(of6?.[2]).toBe(`validation ${last.validation.loss.toFixed(2)} nats`);
    // The axis says its unit, and a map of shades what they stand for.
    expect(loss?.textContent).toContain('nats');
    expect([...parsed(run).querySelectorAll('.key .shade')]).toHaveLength(4);
    // Two dimensions: two bars.
    expect([...parsed(run).querySelectorAll('figure')][4]?.querySelectorAll('rect')).toHaveLength(2);
  });

  it('shows samples of each class over time, and reconstructions', () => {
    const headings = texts(run, 'h2');
    expect(headings).toContain('Samples over time');
    expect(headings.some((heading) => /^Samples after epoch \d$/.test(heading))).toBe(true);
    expect(texts(run, 'p.soft').some((text) => text.includes('by the weights that were kept'))).toBe(true);
    expect(texts(run, '.sheets h3')).toEqual(expect.arrayContaining(['truth', 'epoch 1', 'reconstruction', 'samples']));
    expect(texts(run, '.labels span').slice(0, 2)).toEqual(['left', 'right']);
    expect(parsed(run).querySelectorAll('img').length).toBeGreaterThanOrEqual(5);
  });

  it('is written again from the folder, to the byte, also when the last line was cut off by a kill', async () => {
    const before = read(run);
    rmSync(join(run, 'report.html'));
    const { code, out } = await cli('report', run, '--json');
    expect({ code, out }).toEqual({ code: 0, out: `${JSON.stringify({ report: join(run, 'report.html') })}\n` });
    expect(read(run)).toBe(before);
    appendFileSync(join(run, 'metrics.jsonl'), '{"phase":"mod');
    await cli('report', run);
    expect(read(run)).toBe(before);
  });

  it('shows no picture but those in its snapshots, whatever a snapshot names', async () => {
    const copy = join(folder, 'hostile');
    cpSync(run, copy, { recursive: true });
    const [name = ''] = readdirSync(join(copy, 'looks')).filter((file) => file.endsWith('.json'));
    const [picture = ''] = readdirSync(join(copy, 'looks')).filter((file) => file.endsWith('.png'));
    const snapshot = JSON.parse(readFileSync(join(copy, 'looks', name), 'utf8'));
    cpSync(join(copy, 'looks', picture), join(folder, 'private.png'));
    symlinkSync(join(folder, 'private.png'), join(copy, 'looks', 'linked.png'));
    symlinkSync(folder, join(copy, 'looks', 'link'));
    const others = ['../../private.png', join(folder, 'private.png'), 'link/private.png', 'linked.png', 'missing.png'];
    for (const file of others) {
      writeFileSync(join(copy, 'looks', name), JSON.stringify({ ...snapshot, file }));
      const { code, err } = await cli('report', copy);
      expect({ file, code }).toEqual({ file, code: 1 });
      expect(err).toMatch(
        /^error: .*private\.png|linked\.png|missing\.png: expected a picture in .*looks, got none there; remove the snapshot that names it, or train again\n$/,
      );
    }
    expect(read(copy)).toBe(read(run));
  });

  it('is refused in one sentence where there is no run', async () => {
    const { code, err } = await cli('report', join(folder, 'nothing'));
    expect(code).toBe(1);
    expect(err).toMatch(
      /^error: .*run\.json: expected a run, got no such file; give the folder of the run, as given to train --out\n$/,
    );
  });

  describe('in Chromium', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await shared();
    });
    afterAll(() => browser.close());

    it.each([
      [1200, 'light'],
      [390, 'dark'],
    ] as const)('fits %i pixels, in %s, without a word or a request', async (width, colorScheme) => {
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
      const said = listen(page);
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.goto(pathToFileURL(join(run, 'report.html')).href);
      // In the page: its types are the browser's.
      const seen = await page.evaluate(`({
        over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        paper: getComputedStyle(document.body).backgroundColor,
        pictures: [...document.images].every((image) => image.complete && image.naturalWidth > 0),
        charts: [...document.querySelectorAll('svg.chart')].every((chart) => chart.getBoundingClientRect().height > 100),
      })`);
      const paper = colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(20, 23, 28)';
      expect(seen).toEqual({ over: 0, paper, pictures: true, charts: true });
      expect(said).toEqual([]);
      expect(await axe(page)).toEqual([]);
      expect(asked.filter((url) => !url.startsWith('file:') && !url.startsWith('data:'))).toEqual([]);
      await page.close();
    });
  });
});

const ROWS = `Array.from({ length: 80 }, (_, i) => i)`;
describe.each<readonly [string, string, readonly string[]]>([
  [
    'given images',
    `import { add, bernoulli, concat, cvae, dense, flatten, gaussian, image, network, reshape } from 'cvae-compile';
     const x = image(4, 4, 1);
     const baseline = network('baseline', { x }, ({ x }) => x.pipe(flatten, dense(16), reshape(4, 4, 1)));
     export default cvae({
       condition: { x }, target: bernoulli(4, 4, 1, { mask: 'x' }), latent: 2, baseline,
       recognition: ({ x, y }) => concat(x, y).pipe(flatten, gaussian(2)),
       decoder: ({ x, z }) => add(baseline({ x }), z.pipe(dense(16), reshape(4, 4, 1))),
     });
     const rows = ${ROWS};
     const pixels = (i: number, from: number) => Array.from({ length: 16 }, (_, p) => Number(p >= from) * (((i * 7 + p) % 5) / 4));
     export const data = { x: rows.map((i) => pixels(i, 8)), y: rows.map((i) => pixels(i, 0)), mask: rows.map(() => Array.from({ length: 16 }, (_, p) => Number(p < 8))) };`,
    ['Completions over time', 'given', 'truth', 'baseline', 'completions', 'Loss of the baseline'],
  ],
  [
    'a table of numbers',
    `import { concat, continuous, cvae, dense, gaussian, normal, relu } from 'cvae-compile';
     export default cvae({
       condition: { x: continuous(1) }, target: normal(3, { sigma: 'learned' }), latent: 1,
       recognition: ({ x, y }) => concat(x, y).pipe(gaussian(1)),
       decoder: ({ x, z }) => concat(x, z).pipe(dense(8), relu, gaussian(3)),
     });
     const rows = ${ROWS};
     export const data = { x: rows.map((i) => i / 80), y: rows.map((i) => [i / 80, ((i * 7) % 13) / 13, 1 - i / 80]) };`,
    ['y 1 and y 2', 'Quantiles of y 1', 'Quantiles of y 2', 'Quantiles of y 3'],
  ],
  [
    'classes',
    `import { categorical, concat, continuous, cvae, dense, gaussian, relu } from 'cvae-compile';
     export default cvae({
       condition: { x: continuous(1) }, target: categorical('low', 'middle', 'high'), latent: 1,
       recognition: ({ x, y }) => concat(x, y).pipe(gaussian(1)),
       decoder: ({ x, z }) => concat(x, z).pipe(dense(8), relu, dense(3)),
     });
     const rows = ${ROWS};
     export const data = { x: rows.map((i) => i / 80), y: rows.map((i) => (i < 40 ? 'low' : i < 60 ? 'middle' : 'high')) };`,
    ['Classes of y'],
  ],
  [
    'classes of pixels, by a model without a latent',
    `import { categorical, conv2d, image, predictor } from 'cvae-compile';
     export default predictor({
       condition: { x: image(4, 4, 1) }, target: categorical(3, { at: [4, 4] }), network: ({ x }) => x.pipe(conv2d(3)),
     });
     const rows = ${ROWS};
     export const data = {
       x: rows.map((i) => Array.from({ length: 16 }, (_, p) => ((i + p) % 3) / 2)), y: rows.map((i) => Array.from({ length: 16 }, (_, p) => (i + p) % 3)) };`,
    ['Loss', 'given', 'truth', 'prediction'],
  ],
  [
    'several, one of them with a mask',
    `import { categorical, concat, continuous, cvae, dense, gaussian, heads, logNormal, normal, relu, zeroInflated } from 'cvae-compile';
     const target = { rain: zeroInflated(logNormal(1)), heat: normal(2, { mask: true }), sky: categorical('clear', 'rain') };
     export default cvae({
       condition: { x: continuous(1) }, target, latent: 1,
       recognition: ({ x, y }) => concat(x, y.rain, y.sky).pipe(gaussian(1)),
       decoder: ({ x, z }) => concat(x, z).pipe(dense(8), relu, heads(target)),
     });
     const rows = ${ROWS};
     export const data = {
       x: rows.map((i) => i / 80), rain: rows.map((i) => i % 3), heat: rows.map((i) => [i, i % 7 === 0 ? 1e9 : -i]),
       heat_mask: rows.map((i) => [1, i % 7 === 0 ? 0 : 1]), sky: rows.map((i) => (i % 3 === 0 ? 'clear' : 'rain')) };`,
    [
      'Reconstruction of rain',
      'Reconstruction of sky',
      'rain and heat 1',
      'Quantiles of rain',
      'Quantiles of heat 2',
      'Classes of sky',
    ],
  ],
])('a run whose y are %s', (name, definition, headings) => {
  it('shows them as what they are', async () => {
    const run = await trained(name.replaceAll(/\W+/g, '-'), definition);
    expect([...texts(run, 'h2'), ...texts(run, 'h3')]).toEqual(expect.arrayContaining([...headings]));
    // Nothing that could not be computed is drawn.
    expect(read(run)).not.toMatch(/NaN|undefined|Infinity|1,?000,?000,?000/);
  });
});

it('shows what was noticed, and why a run diverged', async () => {
  const path = join(folder, 'diverges.ts');
  writeFileSync(
    path,
    `import { continuous, dense, exp, normal, predictor } from 'cvae-compile';
     export default predictor({ condition: { x: continuous(1) }, target: normal(1), network: ({ x }) => x.pipe(dense(1), exp, exp, exp) });
     const x = Array.from({ length: 64 }, (_, i) => i / 6.4);
     export const data = { x, y: x };
     export const training = { learningRate: 5, batch: 8 };`,
  );
  const run = join(folder, 'diverges');
  expect((await cli('train', path, '--out', run)).code).toBe(1);
  expect(texts(run, '.state')).toEqual(['diverged']);
  expect(texts(run, '.notice').at(-1)).toMatch(/^train: expected a finite loss, got \S+ at step \d+ /);
});

it('writes neither page nor event files where they are not wanted', async () => {
  const path = join(folder, 'small.ts');
  const out = join(folder, 'bare');
  const options = ['--epochs', '1', '--no-report', '--no-tensorboard'];
  expect((await cli('train', path, '--out', out, ...options)).err).not.toContain('report');
  expect(readdirSync(out).sort()).toEqual([
    'checkpoints',
    'definition.ts',
    'examples.json',
    'metrics.jsonl',
    'run.json',
    'weights.safetensors',
  ]);
  expect((await cli('report', out)).code).toBe(0);
});

describe('event files for TensorBoard', () => {
  const bin = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));

  it('hold each metric of each epoch once, also when the run is resumed', async () => {
    const path = join(folder, 'small.ts');
    const out = join(folder, 'events');
    for (const words of [['1'], ['2', '--resume']])
      expect(await cli('train', path, '--out', out, '--epochs', ...words, '--engine', 'onnx')).toMatchObject({
        code: 0,
      });
    const files = readdirSync(join(out, 'events'));
    expect(files).toHaveLength(1);
    const bytes = readFileSync(join(out, 'events', files[0] ?? ''), 'latin1');
    const times = (tag: string) => bytes.split(tag).length - 1;
    expect(times('brain.Event:2')).toBe(1);
    for (const tag of ['loss/train', 'loss/validation', 'kl/validation', 'latent/active units'])
      expect(times(tag)).toBe(2);
  });

  it.runIf(IS_LONG)('need no TensorFlow', () => {
    const run = mkdtempSync(join(tmpdir(), 'cvae-events-'));
    const path = join(folder, 'small.ts');
    const words = ['train', path, '--out', run, '--epochs', '1', '--engine', 'onnx'];
    const { status, stderr } = spawnSync(process.execPath, [bin, ...words], { cwd: bareProject(), encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    expect(readdirSync(join(run, 'events'))).toHaveLength(1);
    rmSync(run, { recursive: true });
  });
});
