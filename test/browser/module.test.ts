import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open } from '../../src/runtime/node.ts';
import { exportModule } from '../wasm/support.ts';
import { listen } from './support/chromium.ts';
import { serve, type Served } from './support/server.ts';
import { shared } from './support/shared.ts';

/** What each place computes: whether the self-test passed, some numbers of samples, and which files were asked for. */
const COMPUTED = `import { open } from '/digits/model.js';
const computed = async () => {
  const model = await open();
  const { passed } = await model.selfTest();
  const { data, z } = await model.sample({ digit: 7 }, { count: 3, seed: 1 });
  return { passed, z: [...z.data.slice(0, 5)], y: [...data.slice(300, 320)], name: model.backend.name };
};
const post = (found) => fetch('/found', { method: 'POST', body: JSON.stringify(found) });
const compute = () => computed().then(post, (error) => post(String(error)));
`;
const page = (script: string): string =>
  `<!doctype html><meta charset="utf-8" /><title>t</title><script type="module" src="${script}"></script>`;
const TEXTS = {
  '/favicon.ico': '',
  '/found': '',
  '/page.html': page('/page.js'),
  '/page.js': `${COMPUTED}compute();`,
  '/worker.html': page('/starts-worker.js'),
  '/starts-worker.js': `new Worker('/page.js', { type: 'module' });`,
  '/service.html': page('/starts-service.js'),
  '/starts-service.js': `await navigator.serviceWorker.register('/service.js', { type: 'module' });
(await navigator.serviceWorker.ready).active.postMessage('compute');`,
  '/service.js': `${COMPUTED}addEventListener('message', compute);`,
};

/** The policy of a browser extension's pages (manifest version 3): no eval, WebAssembly allowed. */
const EXTENSION = "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'";

let folder = '';
let browser: Browser;
const sites: Served[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cvae-module-'));
  await exportModule(folder, 'digits');
  browser = await shared();
});
afterAll(async () => {
  for (const site of sites) await site.close();
  await browser.close();
  await rm(folder, { recursive: true });
});

const visit = async (path: string, policy: string): Promise<unknown> => {
  const headers = { 'content-security-policy': policy };
  const site = await serve({ texts: TEXTS, folders: { '/digits/': join(folder, 'digits/') }, headers });
  sites.push(site);
  const context = await browser.newContext();
  const tab = await context.newPage();
  const said = listen(tab);
  await tab.goto(`${site.url}${path}`);
  // Not asked for in the page, where Playwright would need `eval`.
  await expect.poll(() => site.posted.length > 0 || said.some((line) => line.startsWith('error'))).toBe(true);
  expect(site.posted, said.join('\n')).toHaveLength(1);
  const found: unknown = JSON.parse(site.posted[0] ?? 'null');
  await context.close();
  // One script and one module: nothing else of the model is asked for.
  expect(site.asked.filter((one) => one.startsWith('/digits/')).sort()).toEqual([
    '/digits/model.js',
    '/digits/model.wasm',
  ]);
  return found;
};

describe('model.js computes what Node computes, of the same noise', () => {
  it.each([
    ['a page', '/page.html', "default-src 'self' 'wasm-unsafe-eval'"],
    ['a worker', '/worker.html', "default-src 'self' 'wasm-unsafe-eval'"],
    ['a service worker', '/service.html', "default-src 'self' 'wasm-unsafe-eval'"],
    ["a page with a browser extension's policy", '/page.html', EXTENSION],
    ["a worker with a browser extension's policy", '/worker.html', EXTENSION],
  ])('in %s', async (_, path, policy) => {
    const model = await open(join(folder, 'digits'));
    const { data, z } = await model.sample({ digit: 7 }, { count: 3, seed: 1 });
    await model.close();
    expect(await visit(path, policy)).toEqual({
      passed: true,
      name: 'wasm',
      z: Array.from(z.data.slice(0, 5)),
      y: Array.from(data.slice(300, 320), (value) => expect.closeTo(value, 5)),
    });
  });

  it('is refused in words where a policy forbids WebAssembly', async () => {
    expect(await visit('/page.html', "default-src 'self'")).toMatch(
      /model\.wasm: expected a host that compiles WebAssembly, got ".*"; allow 'wasm-unsafe-eval' in script-src, or import/,
    );
  });
});
