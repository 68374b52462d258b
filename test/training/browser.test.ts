import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import digits from '../../examples/digits/model.ts';
import { write } from '../../src/export/write.ts';
import { open, trainer } from '../../src/runtime/node.ts';
import { exportTraining } from '../../src/export/training.ts';
import { shared } from '../browser/support/shared.ts';
import { evaluate } from '../browser/support/evaluate.ts';
import { serve, type Served } from '../browser/support/server.ts';
import { mapped } from '../browser/support/site.ts';
import { objectiveOf, weightsOf } from '../train-step/support.ts';

let root = '';
let browser: Browser;
let site: Served;
let page: Page;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'training-web-'));
  await write(join(root, 'digits'), exportTraining(digits, weightsOf(objectiveOf(digits))), async () => undefined);
  browser = await shared();
  site = await serve(mapped(root));
  page = await browser.newPage();
  await page.goto(site.url);
});
afterAll(async () => {
  await browser.close();
  await site.close();
  await rm(root, { recursive: true });
});

/** Digits that are told apart by where they are light; the same text makes them in the page. */
const BATCH = `({
  digit: Array.from({ length: 32 }, (_, i) => i % 10),
  y: Array.from({ length: 32 }, (_, i) => Array.from({ length: 784 }, (_, j) => ((i % 10) * 78 <= j && j < (i % 10) * 78 + 78 ? 0.9 : 0.1))),
})`;
const batch = {
  digit: Array.from({ length: 32 }, (_, i) => i % 10),
  y: Array.from({ length: 32 }, (_, i) =>
    Array.from({ length: 784 }, (_, j) => ((i % 10) * 78 <= j && j < (i % 10) * 78 + 78 ? 0.9 : 0.1)),
  ),
};

describe('the same train.onnx in Chromium, on WASM', () => {
  it('gives the first loss that Node gives, to 1e-6, and lowers it', async () => {
    const found = await evaluate<{ losses: number[]; names: string[] }>(
      page,
      `const t = await runtime.trainer('/models/digits', { seed: 5 });
       const losses = [];
       for (let i = 0; i < 20; i++) losses.push((await t.step(${BATCH})).loss);
       const names = [...(await t.weights()).keys()];
       await t.close();
       return { losses, names };`,
    );
    const training = await trainer(join(root, 'digits'), { seed: 5 });
    const { loss = NaN } = await training.step(batch);
    const names = [...(await training.weights()).keys()];
    await training.close();
    expect(Math.abs((found.losses[0] ?? NaN) / loss - 1)).toBeLessThan(1e-6);
    expect(found.losses.at(-1)).toBeLessThan(0.9 * loss);
    expect(found.names).toEqual(names);
  });

  it('gives weights that the model opens with, there as in Node', async () => {
    const found = await evaluate<{ adapted: number[]; weights: [string, number[], number[]][] }>(
      page,
      `const t = await runtime.trainer('/models/digits', { seed: 5 });
       for (let i = 0; i < 3; i++) await t.step(${BATCH});
       const weights = await t.weights();
       await t.close();
       const m = await runtime.open('/models/digits', { weights });
       const { data } = await m.sample({ digit: 3 }, { count: 2, seed: 1 });
       await m.close();
       const plain = [...weights].map(([name, { data, shape }]) => [name, [...data], [...shape]]);
       return { adapted: [...data], weights: plain };`,
    );
    const weights = new Map(
      found.weights.map(([name, data, shape]) => [name, { data: Float32Array.from(data), shape }]),
    );
    const model = await open<typeof digits>(join(root, 'digits'), { weights });
    const { data } = await model.sample({ digit: 3 }, { count: 2, seed: 1 });
    await model.close();
    const apart = Math.max(...found.adapted.map((value, i) => Math.abs(value - (data[i] ?? NaN))));
    expect(apart).toBeLessThan(1e-5);
  });

  it('says what is wrong with an address that holds no such export', async () => {
    expect(await evaluate(page, `await runtime.trainer('/models/nothing')`)).toMatch(/InvalidFile|expected/);
  });
});
