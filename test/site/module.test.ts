import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../src/export/compile.ts';
import { write } from '../../src/export/write.ts';
import { siteOf } from '../../src/site/site.ts';
import { writeSite } from '../../src/site/write.ts';
import { examples } from '../browser/support/models.ts';
import { cli } from '../cli/support/cli.ts';
import { trainedWeights } from '../compiler/weights.ts';
import { pixels } from '../runtime/models.ts';
import { writeModel, type PartRecipe } from '../runtime/write-model.ts';

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cvae-site-module-'));
  const model = await examples()['digits']?.();
  if (!model) throw new Error('there is no example digits');
  await write(at('digits'), compile(model, trainedWeights(model), { name: 'digits' }), async () => undefined);
});
afterAll(() => rmSync(folder, { recursive: true }));

const at = (...names: readonly string[]): string => join(folder, ...names);
const filesIn = (site: string): readonly string[] =>
  readdirSync(at(site), { recursive: true, encoding: 'utf8' }).filter((file) => statSync(at(site, file)).isFile());
const enginesIn = (site: string): unknown => JSON.parse(readFileSync(at(site, 'engines.json'), 'utf8'));
/** Cloudflare's limit for a file. */
const LIMIT = 25 * 2 ** 20;

describe('serve --build', () => {
  it('of digits is under 1 MB as sent: the page and the model as WebAssembly, without onnxruntime-web', async () => {
    expect(await cli('serve', at('digits'), '--build', at('site'))).toMatchObject({ code: 0 });
    const files = filesIn('site');
    expect(files.filter((file) => /\.onnx$|^ort/.test(file))).toEqual([]);
    expect(files).toContain(join('model', 'model.wasm'));
    expect(enginesIn('site')).toEqual({ module: 'model.wasm', onnx: false, webgpu: false });
    const sent = files.map((file) => gzipSync(readFileSync(at('site', file))).length);
    expect(sent.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(1e6);
  });

  it('with --webgpu has what that needs, and no file over 25 MiB', async () => {
    expect(await cli('serve', at('digits'), '--build', at('gpu'), '--webgpu')).toMatchObject({ code: 0 });
    const files = filesIn('gpu');
    expect(files).toContain(join('ort', 'ort-wasm-simd-threaded.jspi.wasm'));
    expect(files).toContain(join('model', 'decoder.onnx'));
    expect(enginesIn('gpu')).toEqual({ module: 'model.wasm', onnx: true, webgpu: true });
    expect(Math.max(...files.map((file) => statSync(at('gpu', file)).size))).toBeLessThanOrEqual(LIMIT);
  });

  it('of a model with an operator that has no kernel has onnxruntime-web, and says why', async () => {
    await writeModelWith(at('odd'));
    await writeSite(at('odd-site'), await siteOf(at('odd')));
    expect(enginesIn('odd-site')).toEqual({
      reason: 'decoder: expected operators that the target wasm has, got Einsum',
      onnx: true,
      webgpu: false,
    });
    const files = filesIn('odd-site');
    expect(files).toContain(join('model', 'decoder.onnx'));
    expect(files).toContain(join('ort', 'ort-wasm-simd-threaded.wasm'));
    expect(files).not.toContain(join('model', 'model.wasm'));
  });
});

/** A model whose decoder has an operator that our WebAssembly has no kernel for. */
const writeModelWith = async (out: string): Promise<void> => {
  mkdirSync(out);
  const { decoder } = pixels.parts;
  if (!decoder) throw new Error('there is no decoder');
  const write: PartRecipe['write'] = (onnx, inputs) => {
    const { y } = decoder.write(onnx, inputs);
    if (!y) throw new Error('there is no y');
    return { y: onnx.Einsum('nijk->nijk', y) };
  };
  await writeModel(out, { ...pixels, parts: { ...pixels.parts, decoder: { ...decoder, write } } });
};
