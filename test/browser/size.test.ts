import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bundle } from './support/bundle.ts';

/** Some of the runtime as a page gets it, in bytes of gzip: what it loads at once, and each part that comes later. */
const measured = async (entry: string) => {
  const { files, begin, later, ...rest } = await bundle(entry);
  const sizeOf = (names: readonly string[]): number =>
    names.reduce((sum, name) => sum + gzipSync(files.get(name) ?? '', { level: 9 }).length, 0);
  const extra = [...later].map(([name, all]) => {
    return [name.replace(/-\w+\.js$/, ''), sizeOf([...all].filter((path) => !begin.has(path)))] as const;
  });
  return { size: sizeOf([...begin]), later: Object.fromEntries(extra), ...rest };
};
const runtime = () => measured('src/runtime/web/open.ts');

describe('what a page loads in addition to onnxruntime-web', () => {
  it('is at most 10 kB of gzip, its worker included, or what replaces that in the page', async () => {
    const { size, later } = await runtime();
    const worker = await measured('src/runtime/web/worker.ts');
    expect(worker.size).toBeGreaterThan(500);
    expect(size + worker.size).toBeLessThanOrEqual(10_000);
    expect(size + (later['without-worker'] ?? NaN)).toBeLessThanOrEqual(10_000);
  });

  it('leaves out what few use, which is loaded on demand, at most 2.8 kB each', async () => {
    const { values = NaN, manifest = NaN, draw = NaN, ...later } = (await runtime()).later;
    expect(Object.keys(later).sort()).toEqual([
      'ask',
      'call-errors',
      'failed',
      'file-noise',
      'from',
      'gpu-files',
      'hub',
      'put-weights',
      'self-test',
      'several',
      'steps',
      'stream',
      'without-worker',
    ]);
    expect(Math.max(...Object.values(later))).toBeLessThanOrEqual(2800);
    expect(Math.min(...Object.values(later))).toBeGreaterThan(100);
    // All likelihoods, as far as they are drawn.
    expect(draw).toBeLessThanOrEqual(2860);
    // Values in rare forms, and what is wrong with a value, in words.
    expect(values).toBeLessThanOrEqual(3700);
    // The schema of model.json, for one that does not look right, with what reads schemas and the table of likelihoods, which names them.
    expect(manifest).toBeLessThanOrEqual(8800);
  });

  it('is the runtime, without WebGPU, what it shares with the compiler, random numbers and errors: nothing of training or compiling', async () => {
    const { inputs, externals } = await runtime();
    const ours = inputs.filter((path) => path.startsWith('src/') && !path.startsWith('src/formats/'));
    expect(
      ours.filter(
        (path) =>
          !/^src\/(runtime\/(?!train|state)|values|shape|signature|distributions\/data|distance|exchange|random|errors)/.test(
            path,
          ),
      ),
    ).toEqual([]);
    expect(ours.length).toBeGreaterThan(10);
    expect([...new Set(externals)].sort()).toEqual(['onnxruntime-web/wasm']);
  });

  it('is loaded without harm where there is no page: for rendering on a server', async () => {
    const web = await import('../../src/runtime/web.ts');
    expect(Object.keys(web).sort()).toEqual(Object.keys(await import('../../src/runtime/node.ts')).sort());
  });
});
