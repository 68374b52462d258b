import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bernoulli, categorical, concat, cvae, dense, gaussian } from 'cvae-compile';
import digits from '../../examples/digits/model.ts';
import { write } from '../../src/export/write.ts';
import { open, trainer } from '../../src/runtime/node.ts';
import { exportTraining } from '../../src/export/training.ts';
import { shared } from '../browser/support/shared.ts';
import { evaluate } from '../browser/support/evaluate.ts';
import { serve, type Served } from '../browser/support/server.ts';
import { mapped } from '../browser/support/site.ts';
import { mutants } from '../formats/mutants.ts';
import { objectiveOf, weightsOf } from '../train-step/support.ts';
import { IS_LONG } from '../support/chosen.ts';

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

const PLACE = 'the damaged part';
/** Damaged texts in place of a part, `most` places of it. */
const of = (part: unknown, most: number) => mutants(JSON.stringify(part), most).filter(({ text }) => isJson(text));
const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return text.length < 10_000;
  } catch {
    return false;
  }
};

/** Digits that differ in where they are light; the same text makes them in the page. */
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

  it.runIf(IS_LONG)('gives weights that the model opens with, there as in Node', async () => {
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

  it.runIf(IS_LONG)(
    'trains and adapts by a damaged model.json, or says in one sentence which place of it is wrong',
    async () => {
      const small = cvae({
        condition: { kind: categorical(2) },
        target: bernoulli(4),
        latent: 1,
        recognition: ({ y, kind }) => concat(y, kind).pipe(gaussian(1)),
        decoder: ({ z, kind }) => concat(z, kind).pipe(dense(4)),
      });
      await write(join(root, 'small'), exportTraining(small, weightsOf(objectiveOf(small))), async () => undefined);
      const manifest = JSON.parse(await readFile(join(root, 'small', 'model.json'), 'utf8'));
      const { training, files } = manifest;
      const damaged = [
        ...of(training, 24).map(({ what, text }) => [`training ${what}`, { ...manifest, training: PLACE }, text]),
        ...of(files.decoder.initializers, 12).map(({ what, text }) => [
          `initializers ${what}`,
          { ...manifest, files: { ...files, decoder: { ...files.decoder, initializers: PLACE } } },
          text,
        ]),
      ].map(([what, whole, text]) => [what, JSON.stringify(whole).replace(`"${PLACE}"`, () => text)]);
      const found = await evaluate<readonly (readonly [what: string, told: string])[]>(
        page,
        `const own = fetch;
       const give = (text) => (globalThis.fetch = (address, how) =>
         String(address).endsWith('/model.json') ? Promise.resolve(new Response(text)) : own(address, how));
       const batch = { kind: [0, 1], y: [0, 1, 0, 1, 1, 0, 1, 0] };
       // Its onnxruntime is what the others run in, too.
       const kept = await runtime.open('/models/small');
       const told = [];
       try {
         for (const [what, text] of ${JSON.stringify(damaged)}) {
           give(text);
           const tried = async (how, run) => told.push([how + ': ' + what, await run().then(() => '', String)]);
           let weights = new Map();
           await tried('trainer', async () => {
             const training = await runtime.trainer('/models/small');
             try {
               await training.step(batch);
               weights = await training.weights();
             } finally {
               await training.close();
             }
           });
           await tried('adapted', () => runtime.adapted('/models/small', weights));
           await tried('open', () => runtime.open('/models/small', { weights }).then((model) => model.close()));
         }
       } finally {
         globalThis.fetch = own;
         await kept.close();
       }
       return told;`,
      );
      expect(found).toHaveLength(3 * damaged.length);
      const sentences = found.filter(([, told]) => told !== '');
      expect(new Set(sentences.map(([, told]) => told)).size).toBeGreaterThan(50);
      for (const [what, told] of sentences) {
        expect(told, what).toMatch(/^(InvalidFile|InvalidData): [^\n]+: expected [^\n]+, got [^\n]+; [^\n]+$/);
        // A place in the manifest, or what another file has instead of it.
        if (told.includes('/model.json: '))
          expect(told, what).toMatch(/: expected (training|files)\b|expected an export for training/);
      }
    },
  );

  it('says what is wrong with an address that holds no such export', async () => {
    expect(await evaluate(page, `await runtime.trainer('/models/nothing')`)).toMatch(/InvalidFile|expected/);
  });
});
