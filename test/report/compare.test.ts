import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, test } from 'vitest';
import { categorical, concat, cvae, dense, gaussian, normal } from 'cvae-compile';
import { elbo, hybrid, train } from 'cvae-compile/train';
import { cli, temporary } from '../cli/support/cli.ts';

const folder = temporary();
const modelOf = (latent: number) =>
  cvae({
    condition: { kind: categorical(2) },
    target: normal(1),
    latent,
    recognition: ({ y, kind }) => concat(y, kind).pipe(gaussian(latent)),
    decoder: ({ z, kind }) => concat(z, kind).pipe(dense(1)),
  });
const data = {
  train: Array.from({ length: 80 }, (_, i) => ({ kind: i % 2, y: [i % 7] })),
  test: Array.from({ length: 20 }, (_, i) => ({ kind: i % 2, y: [i % 5] })),
};
const small = join(folder, 'a', 'small');
const large = join(folder, 'b', 'large');

describe('runs side by side', () => {
  beforeAll(async () => {
    const options = { epochs: 3, seed: 1, report: false, tensorboard: false, onNotice: () => undefined };
    await train(modelOf(1), data, { ...options, run: small });
    await train(modelOf(2), data, { ...options, run: large, learningRate: 0.01 });
  });

  test('are one page: figures, what differs, and a curve of each', async () => {
    const out = join(folder, 'compare.html');
    const { code, err } = await cli('compare', small, large, '--out', out);
    expect({ code, err }).toEqual({ code: 0, err: `2 runs compared: ${out}\n` });
    const html = readFileSync(out, 'utf8');
    expect(html).not.toContain('<script');
    const { document } = parseHTML(html);
    expect([...document.querySelectorAll('.key span')].map(({ textContent }) => textContent)).toEqual([
      'small',
      'large',
    ]);
    const rows = new Map(
      [...document.querySelectorAll('tr')].map((row) => [
        row.querySelector('th')?.textContent,
        [...row.querySelectorAll('td')].map(({ textContent }) => textContent),
      ]),
    );
    expect(rows.get('learning rate')).toEqual(['0.001', '0.01']);
    expect(rows.get('latent')).toEqual(['1', '2']);
    expect(rows.has('batch')).toBe(false);
    expect(rows.get('test loss (−ELBO)')).toHaveLength(2);
    expect(document.querySelectorAll('tr b').length).toBeGreaterThan(0);
    const [loss] = [...document.querySelectorAll('figure')];
    expect(loss?.querySelector('h3')?.textContent).toBe('Validation loss');
    const lines = [...(loss?.querySelectorAll('g.line path') ?? [])];
    expect(lines).toHaveLength(2);
    const tip = loss?.querySelector('.tip');
    expect(tip?.textContent).toMatch(/epoch 1small [\d.]+large [\d.]+/);
  });

  test('are not ranked by validation, if seeds hold out other examples', async () => {
    const other = join(folder, 'c', 'other');
    await train(modelOf(1), data, { epochs: 3, seed: 2, report: false, tensorboard: false, onNotice: () => undefined, run: other }); // prettier-ignore
    const boldOf = async (...runs: readonly string[]) => {
      const out = join(folder, 'bold.html');
      const { err } = await cli('compare', ...runs, '--out', out);
      const { document } = parseHTML(readFileSync(out, 'utf8'));
      const bold = [...document.querySelectorAll('tr')].filter((row) => row.querySelector('b'));
      return [err.split(' compared')[0], bold.map((row) => row.querySelector('th')?.textContent)];
    };
    expect(await boldOf(small, large)).toEqual(['2 runs', ['test loss (−ELBO)', 'lowest validation loss']]);
    expect(await boldOf(small, other)).toEqual(['2 runs', ['test loss (−ELBO)']]);
    expect(await boldOf(small)).toEqual(['1 run', []]);
  });

  test('are not ranked by losses of other objectives, whose settings are shown', async () => {
    const options = { epochs: 2, seed: 1, report: false, tensorboard: false, onNotice: () => undefined };
    const beta = join(folder, 'd', 'beta');
    const free = join(folder, 'd', 'free');
    await train(modelOf(1), data, { ...options, run: beta, objective: elbo({ beta: 4, samples: 1 }) });
    await train(modelOf(1), data, { ...options, run: free, objective: hybrid(0.5, { freeBits: { total: 2 } }) });
    const out = join(folder, 'objectives.html');
    await cli('compare', small, beta, free, '--out', out);
    const { document } = parseHTML(readFileSync(out, 'utf8'));
    const rows = [...document.querySelectorAll('tr')];
    const row = (name: string) => rows.find((one) => one.querySelector('th')?.textContent === name);
    const cells = [...(row('objective')?.querySelectorAll('td') ?? [])].map(({ textContent }) => textContent);
    expect(cells).toEqual(['elbo', 'elbo, beta 4', 'hybrid, alpha 0.5, freeBits total 2']);
    expect(row('lowest validation loss')?.querySelector('b')).toBeNull();
    expect(row('test loss (−ELBO)')?.querySelector('b')).not.toBeNull();
  });

  test('are JSON for scripts, without a page', async () => {
    const none = join(folder, 'none.html');
    const { out } = await cli('compare', small, large, '--json', '--out', none);
    const { runs, differ } = JSON.parse(out);
    const last = readFileSync(join(large, 'metrics.jsonl'), 'utf8').trimEnd().split('\n').at(-1) ?? '';
    expect(runs).toMatchObject([
      { name: 'small', folder: small, unit: 'nats', epochs: 3, stopped: 'finished' },
      { name: 'large', test: JSON.parse(last).test.negativeElbo },
    ]);
    expect(differ).toMatchObject({ 'learning rate': ['0.001', '0.01'], latent: ['1', '2'] });
    expect(differ).not.toHaveProperty('seed');
    expect(existsSync(none)).toBe(false);
  });

  test('that are not runs are refused in words', async () => {
    const { code, err } = await cli('compare', small, join(folder, 'nothing'));
    expect(code).toBe(1);
    expect(err).toMatch(/run\.json: expected a run, got .*; give the folder of the run, as given to train --out/);
  });
});
