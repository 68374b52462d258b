import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cli } from './support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'cvae-assets-'));
afterAll(() => rmSync(folder, { recursive: true }));
const ORT = dirname(createRequire(import.meta.url).resolve('onnxruntime-web/wasm'));

test('assets are the worker, and the module and the WebAssembly of the installed onnxruntime-web', async () => {
  const out = join(folder, 'new', 'cvae');
  const { code, err } = await cli('assets', '--out', out);
  expect({ code, err }).toMatchObject({
    code: 0,
    err: expect.stringContaining('ort-wasm-simd-threaded.wasm (14.2 MB)'),
  });
  expect(readdirSync(out).sort()).toEqual(['ort-wasm-simd-threaded.wasm', 'ort.wasm.bundle.min.mjs', 'worker.js']);
  for (const file of ['ort-wasm-simd-threaded.wasm', 'ort.wasm.bundle.min.mjs'])
    expect(readFileSync(join(out, file)).equals(readFileSync(join(ORT, file))), file).toBe(true);
});

test('assets for WebGPU are more', async () => {
  const out = join(folder, 'webgpu');
  expect(await cli('assets', '--out', out, '--webgpu')).toMatchObject({ code: 0 });
  expect(readdirSync(out)).toHaveLength(7);
  const file = 'ort-wasm-simd-threaded.asyncify.wasm';
  expect(statSync(join(out, file)).size).toBe(statSync(join(ORT, file)).size);
});

test('the worker imports nothing by name: import maps do not reach workers', async () => {
  const out = join(folder, 'worker');
  await cli('assets', '--out', out);
  const text = readFileSync(join(out, 'worker.js'), 'utf8');
  expect(text).not.toMatch(/\bfrom\s*['"]|import\s*['"]/);
});
