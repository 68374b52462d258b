import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type weather from '../../examples/weather/model.ts';
import { open } from '../../src/runtime/node.ts';
import { snippet, stranger, writePackage } from '../packaged/support.ts';
import { listen } from './support/chromium.ts';
import { shared } from './support/shared.ts';
import { serve, type Served } from './support/server.ts';
import { IS_LONG } from '../support/chosen.ts';

let folder = '';
let site: Served;
let browser: Browser;

beforeAll(async () => {
  folder = await stranger('onnxruntime-web');
  for (const name of ['digits', 'table', 'weather'] as const) {
    const out = await writePackage(folder, name);
    await writeFile(join(folder, `${name}.html`), snippet(await readFile(join(out, 'README.md'), 'utf8'), 'html'));
  }
  site = await serve({ texts: { '/favicon.ico': '' }, folders: { '/': `${folder}/` } });
  browser = await shared();
});
afterAll(async () => {
  await browser.close();
  await site.close();
  await rm(folder, { recursive: true });
});

/** What an expression is in a page of the site, once it is true. */
const wait = async <T>(path: string, expression: string): Promise<{ found: T; workers: number }> => {
  const page = await browser.newPage();
  const said = listen(page);
  await page.goto(`${site.url}${path}`);
  const found = await page
    .waitForFunction(expression, undefined, { timeout: 45_000 })
    .then((handle) => handle.jsonValue())
    .catch((error: unknown) => {
      throw new Error(said.join('\n'), { cause: error });
    });
  const workers = page.workers().length;
  await page.close();
  expect(said.filter((line) => line.startsWith('error'))).toEqual([]);
  return { found: found as T, workers }; // what the caller's expression gives
};

describe("a package's card has a page", () => {
  it('that shows the pictures that Node makes of the same seed', async () => {
    const pixels = `(() => {
      const canvas = document.querySelector('canvas');
      const { width, height } = canvas;
      const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
      return data.some((value, i) => i % 4 < 3 && value > 0) && [width, height, ...data.filter((_, i) => i % 4 === 0)];
    })()`;
    const { found, workers } = await wait<number[]>('/digits.html', pixels);
    expect(workers).toBe(1);
    const model = await open(join(folder, 'digits'));
    const samples = await model.sample({ digit: 7 }, { count: 16, seed: 1 });
    await model.close();
    const { width, height, data } = samples.grid();
    expect(found.slice(0, 2)).toEqual([width, height]);
    expect(
      data.reduce((most, value, i) => Math.max(most, Math.abs(value - (found[i + 2] ?? NaN))), 0),
    ).toBeLessThanOrEqual(1);
  });

  it.runIf(IS_LONG)('that shows numbers where there is nothing to draw', async () => {
    const { found } = await wait<string>('/table.html', `document.querySelector('pre').textContent`);
    const numbers = found.split(' ').map(Number);
    expect(numbers).toHaveLength(16 * 3);
    const model = await open(join(folder, 'table'));
    const html = await readFile(join(folder, 'table.html'), 'utf8');
    const given = (name: string): number => Number(new RegExp(`${name}: (-?[\\d.]+)`).exec(html)?.[1]);
    const conditions = { station: 'peak', day: given('day'), clouds: given('clouds') };
    const { data } = await model.sample(conditions, { count: 16, seed: 1 });
    await model.close();
    expect(data.reduce((most, value, i) => Math.max(most, Math.abs(value - (numbers[i] ?? NaN))), 0)).toBeLessThan(
      1e-4,
    );
  });
});

it("a package of several targets shows each on a line of the card's page", async () => {
  const { found } = await wait<string>('/weather.html', `document.querySelector('pre').textContent`);
  const model = await open<typeof weather>(join(folder, 'weather'));
  const { rain, temperature, sky } = await model.sample({ month: 'Aug' }, { count: 16, seed: 1 });
  await model.close();
  const lines = found.split('\n').map((line) => line.split(' ').map(Number));
  expect(lines.map(({ length }) => length)).toEqual([16, 32, 48]);
  for (const [i, { data }] of [rain, temperature, sky].entries())
    for (const [j, value] of data.entries()) expect(lines[i]?.[j]).toBeCloseTo(value, 3);
});

describe("a package's own code in a page", () => {
  it('is at most 10 kB of gzip in addition to what says which model it is, its worker included', async () => {
    const runtime = join(folder, 'digits', 'runtime');
    const begin = new Set<string>();
    const read = async (file: string): Promise<void> => {
      if (begin.has(file)) return;
      begin.add(file);
      const text = await readFile(join(runtime, file), 'utf8');
      for (const [, next = ''] of text.matchAll(/(?:from|^import|;import)"\.\/([\w-]+\.js)"/g)) await read(next);
    };
    for (const file of ['web.js', 'picture.js', 'worker.js']) await read(file);
    const sizes = await Promise.all(
      [...begin].map(async (file) => gzipSync(await readFile(join(runtime, file)), { level: 9 }).length),
    );
    expect(begin.size).toBeGreaterThan(3);
    // In more files than a bundler makes of it (size.test.ts), of which each is compressed by itself.
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(10_050);
  });

  it('is bundled without warnings, and without what runs in Node', async () => {
    const { warnings, metafile } = await build({
      stdin: { contents: `import { open } from './digits/index.js'; open();`, resolveDir: folder },
      bundle: true,
      splitting: true,
      format: 'esm',
      outdir: join(folder, 'bundle'),
      write: false,
      metafile: true,
      logLevel: 'silent',
    });
    expect(warnings).toEqual([]);
    const inputs = Object.entries(metafile.inputs);
    expect(inputs.find(([path, { bytes }]) => path.endsWith('runtime/node.js') && bytes > 0)).toBeUndefined();
    expect(inputs.some(([path]) => path.endsWith('runtime/web.js'))).toBe(true);
  });
});

it('a package in a page answers what is asked of examples as Node does, and loads the files for it only then', async () => {
  const asked = `
    const y = [1, 2].map((k) => Float32Array.from({ length: 784 }, (_, i) => ((i * 37 * k) % 101) / 100));
    const given = { digit: [7, 3], y };
    const { mean } = await model.encode(given);
    const { data, z } = await model.reconstruct(given, { as: { digit: 1 }, seed: 3, count: 2, temperature: 1 });
    const { values } = await model.logLikelihood(given, { samples: 30, seed: 2 });
    const { indices } = await model.neighbours(given, { mean });
    const chunks = [];
    for await (const chunk of model.stream({ digit: 1 }, { count: 5, seed: 1, rows: 2 })) chunks.push(...chunk.z.data);
    return [[...mean.data], [...data], [...values], [...indices], chunks, z.shape];`;
  await writeFile(
    join(folder, 'asked.html'),
    `<!doctype html><script type="importmap">{ "imports": { "onnxruntime-web/wasm": "/node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs" } }</script>
     <script type="module">
       import { open } from './digits/index.js';
       const model = await open();
       const before = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.onnx')).length;
       const found = await (async () => { ${asked} })();
       await model.close();
       window.asked = { before, found };
     </script>`,
  );
  type Found = readonly (readonly number[])[];
  const { found } = await wait<{ before: number; found: Found }>('/asked.html', 'window.asked');
  const model = await open(join(folder, 'digits'));
  const expected: Found = await new Function('model', `return (async () => { ${asked} })()`)(model);
  await model.close();
  expect(found.before).toBe(1);
  expect(found.found[3]).toEqual(expected[3]);
  expect(found.found[4]).toEqual(expected[4]);
  expect(found.found[5]).toEqual(expected[5]);
  for (const part of [0, 1, 2])
    found.found[part]?.forEach((value, i) => {
      const right = expected[part]?.[i] ?? NaN;
      expect(Math.abs(value - right)).toBeLessThan(1e-4 * (1 + Math.abs(right)));
    });
});
