import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type weather from '../../examples/weather/model.ts';
import { open } from '../../src/runtime/node.ts';
import { evaluate } from './support/evaluate.ts';
import type { Site } from './support/server.ts';
import { FOLDERS, mapped } from './support/site.ts';
import { browsing } from './support/visit.ts';
import { IS_LONG, chosen } from '../support/chosen.ts';

const { root, visit } = browsing(['digits', 'weather']);
const SAMPLE = `m.sample({ digit: 7 }, { count: 5, seed: 3 })`;

describe('a model in a page', () => {
  it('gives what it gives in Node: the same noise to the bit, outputs within 1e-5, pictures within 1', async () => {
    const { page, site } = await visit(mapped(root()));
    const found = await evaluate<{ z: number[]; y: number[]; picture: number[]; backend: unknown }>(
      page,
      `const m = await runtime.open('/models/digits');
       const s = await ${SAMPLE};
       const picture = Array.from(s.grid().data);
       await m.close();
       return { z: Array.from(s.z.data), y: Array.from(s.data), picture, backend: m.backend };`,
    );
    const model = await open(join(root(), 'digits'));
    const expected = await model.sample({ digit: 7 }, { count: 5, seed: 3 });
    await model.close();
    expect(found.backend).toEqual({ name: 'wasm', threads: 1 });
    expect(found.z).toEqual([...expected.z.data]);
    expect(distance(found.y, expected.data)).toBeLessThan(1e-5);
    expect(distance(found.picture, expected.grid().data)).toBeLessThanOrEqual(1);
    expect(site.asked).not.toContain('/ort/ort.webgpu.bundle.min.mjs');
  });

  it('gives several targets by name, as in Node', async () => {
    const { page, site } = await visit(mapped(root()));
    const found = await evaluate<{ rows: Record<string, number[]>; seed: number; keys: string[]; mean: number[] }>(
      page,
      `const m = await runtime.open('/models/weather');
       const { rain, temperature, sky, seed, ...more } = await m.sample({ month: 'Jul' }, { count: 5, seed: 3, draw: true });
       const { sky: mean } = await m.mean({ month: 'Jan' });
       const numbers = ({ data, shape }) => [...shape, ...data];
       const rows = { rain: numbers(rain), temperature: numbers(temperature), sky: numbers(sky) };
       return { rows, seed, keys: Object.keys(more), mean: numbers(mean) };`,
    );
    const model = await open<typeof weather>(join(root(), 'weather'));
    const { rain, temperature, sky } = await model.sample({ month: 'Jul' }, { count: 5, seed: 3, draw: true });
    const { sky: mean } = await model.mean({ month: 'Jan' });
    await model.close();
    expect([found.seed, found.keys]).toEqual([3, ['z']]);
    for (const [name, { shape, data }] of Object.entries({ rain, temperature, sky }))
      expect(distance(found.rows[name] ?? [], [...shape, ...data]), name).toBeLessThan(1e-4);
    expect(distance(found.mean, [...mean.shape, ...mean.data])).toBeLessThan(1e-5);
    expect(site.asked.some((path) => path.endsWith('/runtime/several.js'))).toBe(true);
  });

  it('runs in a worker, so that the page stays responsive, or on request in the page', async () => {
    const { page } = await visit(mapped(root()));
    const workers = (body: string) =>
      evaluate(
        page,
        `const m = await runtime.open('/models/digits/', ${body}); const s = await ${SAMPLE}; return s.data[300]`,
      );
    const there = await workers('{}');
    expect(page.workers()).toHaveLength(1);
    const here = await workers('{ worker: false }');
    expect(page.workers()).toHaveLength(1);
    expect(here).toBe(there);
  });

  it.runIf(IS_LONG)('proves itself, and says where it does not', async () => {
    const { page } = await visit(mapped(root()));
    const test = await evaluate<{ passed: boolean; largest: number; tolerance: number; parts: object }>(
      page,
      `const m = await runtime.open('/models/digits'); return m.selfTest();`,
    );
    expect(test).toMatchObject({ passed: true, tolerance: 1e-5 });
    expect(Object.keys(test.parts)).toEqual(['decoder']);
    expect(test.largest).toBeLessThan(1e-5);
  });

  it.runIf(IS_LONG)('answers calls in order, and the newest only where that is asked for', async () => {
    const { page } = await visit(mapped(root()));
    const order = await evaluate(
      page,
      `const m = await runtime.open('/models/digits');
       const done = [];
       await Promise.all([1, 2, 3].map((digit) => m.mean({ digit }).then(() => done.push(digit))));
       const draw = runtime.latestWins((digit) => m.mean({ digit }).then(() => digit));
       const first = draw(1);
       await Promise.resolve(); await Promise.resolve(); await Promise.resolve();
       return [done, await Promise.all([first, draw(2), draw(3), draw(4)])];`,
    );
    expect(order).toEqual([
      [1, 2, 3],
      [1, null, null, 4],
    ]);
  });

  it('reports how far loading has come, and stops on request', async () => {
    const { page } = await visit(mapped(root()));
    const [progress, reason] = await evaluate<[Record<string, number>, string]>(
      page,
      `const at = {};
       const m = await runtime.open('/models/digits', { onProgress: ({ file, loaded }) => (at[file] = loaded) });
       const stop = new AbortController();
       const opening = runtime.open('/models/digits', { signal: stop.signal, threads: 1 });
       stop.abort(new Error('enough'));
       return [at, await opening.catch(String)];`,
    );
    expect(Object.keys(progress)).toEqual(['model.json', 'decoder.onnx', 'ort-wasm-simd-threaded.wasm']);
    expect(progress['ort-wasm-simd-threaded.wasm']).toBeGreaterThan(1e7);
    expect(reason).toBe('Error: enough');
  });

  it('has threads where the page is isolated, and says so where it is not', async () => {
    const open2 = `const m = await runtime.open('/models/digits', { threads: 2 }); const t = await m.selfTest(); return [m.backend, t.passed];`;
    const plain = await visit(mapped(root()));
    expect(await evaluate(plain.page, open2)).toEqual([
      { name: 'wasm', threads: 1, reason: 'threads need the headers COOP and COEP' },
      true,
    ]);
    const headers = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
    const isolated = await visit(mapped(root(), { headers }));
    expect(await evaluate(isolated.page, open2)).toEqual([{ name: 'wasm', threads: 2 }, true]);
  });
});

describe('WebGPU that is missing', () => {
  it.runIf(IS_LONG)('is replaced by WASM, with the reason', async () => {
    const { page } = await visit(mapped(root()));
    const backend = await evaluate<{ name: string; reason: string }>(
      page,
      `const m = await runtime.open('/models/digits', { backend: 'webgpu' }); await ${SAMPLE}; return m.backend;`,
    );
    expect(backend.name).toBe('wasm');
    expect(backend.reason).toMatch(/^webgpu: .*(adapter|WebGPU)/);
  });
});

describe('under a Content-Security-Policy', () => {
  /** A page of one script, in which all is bundled, with what `cvae-compile assets` writes next to it. */
  const bundled = async (policy: string, options: string): Promise<Site> => {
    const { build } = await import('esbuild');
    const { outputFiles } = await build({
      stdin: {
        contents: `import { open } from './dist/runtime/web.js'; window.runtime = { open: (url) => open(url, ${options}) };`,
        resolveDir: process.cwd(),
      },
      bundle: true,
      format: 'esm',
      write: false,
      outfile: 'page.js',
    });
    return {
      texts: {
        '/index.html': '<!doctype html><title>test</title><script type="module" src="/page.js"></script>',
        '/page.js': outputFiles[0]?.text ?? '',
      },
      folders: { '/models/': root(), '/cvae/': FOLDERS['/ort/'], '/cvae': FOLDERS['/dist/'] + 'browser' },
      headers: { 'content-security-policy': policy },
    };
  };
  const POLICY = `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'`;
  const prove = `const m = await runtime.open('/models/digits'); return (await m.selfTest()).passed;`;

  const ways = ["{ wasmPaths: '/cvae/' }", "{ wasmPaths: '/cvae/', worker: false }"];
  it.each(chosen('ways under a policy', ways, 1))('works with %s', async (options) => {
    const { page, said } = await visit(await bundled(POLICY, options));
    expect(await evaluate(page, prove), said.join('\n')).toBe(true);
  });

  it('that forbids WebAssembly, it says which word is missing', async () => {
    const { page } = await visit(await bundled(`default-src 'self'`, "{ wasmPaths: '/cvae/' }"));
    expect(await evaluate<string>(page, prove)).toMatch(
      /^Unavailable: .*: expected onnxruntime-web to start, got .*; add 'wasm-unsafe-eval' to the page's script-src$/,
    );
  });
});

/** The largest difference of two lists of one length. */
const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? NaN))), 0);
};
