import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

/** What esbuild makes of a text that imports the runtime, as a page gets it: the files, and what went into them. */
const bundle = async (contents: string) => {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: process.cwd() },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    external: ['onnxruntime-web'],
    write: false,
    outdir: 'out',
    metafile: true,
  });
  const size = (path: RegExp): number =>
    outputFiles
      .filter((file) => path.test(file.path))
      .reduce((sum, { contents: bytes }) => sum + gzipSync(bytes, { level: 9 }).length, 0);
  return { size, inputs: Object.keys(metafile.inputs), outputs: Object.values(metafile.outputs) };
};
const runtime = () => bundle(`export { open } from './src/runtime/web.ts'`);

describe('what a page loads beside onnxruntime-web', () => {
  it('is at most 10 kB of gzip; a worker and, where there is none, what replaces it are about 1 kB', async () => {
    const { size } = await runtime();
    expect(size(/stdin|chunk/)).toBeLessThanOrEqual(10 * 1024);
    expect(size(/here/)).toBeLessThanOrEqual(1024);
    const worker = await bundle(`import './src/runtime/web/worker.ts'`);
    expect(worker.size(/./)).toBeLessThanOrEqual(1024);
  });

  it('is the runtime, the signature, random numbers and errors: nothing of training or compiling', async () => {
    const { inputs, outputs } = await runtime();
    const ours = inputs.filter((path) => path.startsWith('src/'));
    expect(ours.filter((path) => !/^src\/(runtime\/|signature|random|errors)/.test(path))).toEqual([]);
    expect(ours.length).toBeGreaterThan(10);
    const external = outputs.flatMap(({ imports }) => imports.filter(({ external: is }) => is).map(({ path }) => path));
    expect([...new Set(external)].sort()).toEqual(['onnxruntime-web/wasm', 'onnxruntime-web/webgpu']);
  });

  it('is loaded without harm where there is no page: for rendering on a server', async () => {
    const runtime = await import('../../src/runtime/web.ts');
    expect(Object.keys(runtime).sort()).toEqual(Object.keys(await import('../../src/runtime/node.ts')).sort());
  });
});
