import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open, type OpenOptions, type SelfTest } from '../../src/runtime/node.ts';
import { launch } from './support/chromium.ts';
import { evaluate } from './support/evaluate.ts';
import { exportExample } from './support/models.ts';
import { serve, type Served } from './support/server.ts';
import { mapped } from './support/site.ts';

/** The examples, and a condition of each in a page's words. WebGPU is emulated here, so only two are run on it. */
const EXAMPLES = [
  { name: 'digits', given: '{ digit: 7 }', gpu: true },
  { name: 'completion', given: '{ x: Float32Array.from({ length: 784 }, (_, i) => (i % 29) / 29) }', gpu: true },
  { name: 'article', given: '{ digit: 7 }', gpu: false },
  { name: 'table', given: '{}', gpu: false },
  { name: 'digits-fp16', given: '{ digit: 7 }', gpu: true },
] as const;

let root = '';
let site: Served;
let browser: Browser;
let page: Page;
const table: string[][] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cvae-parity-'));
  for (const { name } of EXAMPLES) await exportExample(root, name.replace('-fp16', ''), name.endsWith('-fp16'));
  site = await serve(mapped(root));
  browser = await launch({ gpu: true });
  page = await browser.newPage();
  await page.goto(site.url);
});
afterAll(async () => {
  await browser.close();
  await site.close();
  await rm(root, { recursive: true });
  const head = ['example', 'Node', 'Node, WASM', 'Chromium, WASM', 'Chromium, WebGPU (software)'];
  const lines = [head, head.map(() => '---'), ...table].map((row) => `| ${row.join(' | ')} |`);
  await mkdir('out', { recursive: true });
  await writeFile(
    'out/parity.md',
    `Largest |a − b| / (1 + |b|) from the float64 reference, over all files of the example.\n\n${lines.join('\n')}\n`,
  );
});

const inNode = async (name: string, options: OpenOptions): Promise<SelfTest> => {
  const model = await open(join(root, name), options);
  const test = await model.selfTest();
  await model.close();
  return test;
};
const inPage = (name: string, backend: string) =>
  evaluate<{ test: SelfTest; backend: unknown }>(
    page,
    `const m = await runtime.open('/models/${name}', { backend: '${backend}' });
     const test = await m.selfTest(); await m.close(); return { test, backend: m.backend };`,
  );

describe.each(EXAMPLES)('$name', ({ name, gpu }) => {
  it('computes the same everywhere, within 1e-5, on WebGPU within 1e-4', async () => {
    const native = await inNode(name, {});
    const wasm = await inNode(name, { backend: 'wasm' });
    const web = await inPage(name, 'wasm');
    expect([native, wasm, web.test].map(({ passed, tolerance }) => [passed, tolerance])).toEqual(
      Array.from({ length: 3 }, () => [true, 1e-5]),
    );
    const row = [name, ...[native, wasm, web.test].map(({ largest }) => largest.toExponential(1))];
    table.push(row);
    if (!gpu) return void row.push('not run');
    const { test, backend } = await inPage(name, 'webgpu');
    expect(backend).toEqual({ name: 'webgpu', threads: 1 });
    expect(test).toMatchObject({ passed: true, tolerance: 1e-4 });
    row.push(test.largest.toExponential(1));
  });
});
