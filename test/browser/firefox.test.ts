import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open } from '../../src/runtime/node.ts';
import { findFirefox, openInFirefox } from './support/firefox.ts';
import { exportExample } from './support/models.ts';
import { serve } from './support/server.ts';
import { mapped, MAPPED } from './support/site.ts';

// A smoke test: Firefox is there or not, and nothing installs it.
const firefox = findFirefox();
let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cvae-firefox-models-'));
  await exportExample(root, 'digits');
});
afterAll(() => rm(root, { recursive: true }));

/** What a function of a page returns in Firefox, where the page imports the runtime as `runtime`. */
const evaluate = async (body: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> => {
  const ask = `<script type="module">
    import * as runtime from 'cvae-compile/runtime';
    const found = await (async () => { ${body} })().catch(String);
    await fetch('/found', { method: 'POST', body: JSON.stringify(found) });
  </script>`;
  const site = await serve({ ...mapped(root, { headers }), texts: { '/index.html': MAPPED + ask } });
  const browser = await openInFirefox(firefox ?? '', site.url);
  try {
    await expect.poll(() => site.posted.length, { timeout: 90_000, interval: 200 }).toBe(1);
    return JSON.parse(site.posted[0] ?? '');
  } finally {
    await browser.close();
    await site.close();
  }
};

describe.skipIf(firefox === undefined)('in Firefox', { timeout: 120_000 }, () => {
  it('a model gives what it gives in Node, in a worker, and says why it is not on WebGPU or on more threads', async () => {
    const found = Object(
      await evaluate(
        `const m = await runtime.open('/models/digits');
         const s = await m.sample({ digit: 7 }, { count: 5, seed: 3 });
         const test = await m.selfTest();
         const lost = await runtime.open('/models/nowhere').catch(String);
         const gpu = await runtime.open('/models/digits', { backend: 'webgpu', threads: 2 });
         return { backend: m.backend, gpu: gpu.backend, test, lost, z: [...s.z.data], y: [...s.data], agent: navigator.userAgent };`,
      ),
    );
    expect(found).toMatchObject({
      agent: expect.stringContaining('Firefox'),
      backend: { name: 'wasm', threads: 1 },
      gpu: { name: 'wasm', threads: 1, reason: expect.stringMatching(/webgpu/i) },
      test: { passed: true },
      lost: expect.stringMatching(/got 404 Not Found; give the address of an exported folder/),
    });
    const model = await open(join(root, 'digits'));
    const { z, data } = await model.sample({ digit: 7 }, { count: 5, seed: 3 });
    await model.close();
    expect(found.z).toEqual([...z.data]);
    expect(Math.max(...data.map((value, i) => Math.abs(value - found.y[i])))).toBeLessThan(1e-5);
  });
});
