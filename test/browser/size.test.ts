import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

/** What esbuild makes of some of the runtime, as a page gets it: the bytes of each file, gzipped, and how they hang together. */
const bundle = async (entry: string) => {
  const { outputFiles, metafile } = await build({
    entryPoints: { entry },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    external: ['onnxruntime-web'],
    // A worker is there for its effects only.
    ignoreAnnotations: entry.endsWith('worker.ts'),
    write: false,
    outdir: 'out',
    metafile: true,
  });
  const bytes = new Map(
    outputFiles.map(({ path, contents }) => [basename(path), gzipSync(contents, { level: 9 }).length]),
  );
  const outputs = Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output.imports] as const);
  const importsOf = (name: string, kind: string): readonly string[] =>
    (outputs.find(([path]) => path === name)?.[1] ?? [])
      .filter((found) => found.kind === kind)
      .map(({ path }) => basename(path));
  /** A file and what it cannot run without. */
  const whole = (name: string): ReadonlySet<string> =>
    new Set([name, ...importsOf(name, 'import-statement').flatMap((path) => [...whole(path)])]);
  const sizeOf = (names: Iterable<string>): number => [...names].reduce((sum, name) => sum + (bytes.get(name) ?? 0), 0);
  const begin = whole('entry.js');
  const later = importsOf('entry.js', 'dynamic-import').map((path) => {
    const extra = sizeOf([...whole(path)].filter((name) => !begin.has(name)));
    return [path.replace(/-\w+\.js$/, ''), extra] as const;
  });
  return {
    size: sizeOf(begin),
    later: Object.fromEntries(later),
    inputs: Object.keys(metafile.inputs),
    externals: outputs.flatMap(([, imports]) => imports.filter(({ external }) => external).map(({ path }) => path)),
  };
};
const runtime = () => bundle('src/runtime/web/open.ts');

describe('what a page loads beside onnxruntime-web', () => {
  it('is at most 10 kB of gzip, its worker included, or what replaces that in the page', async () => {
    const { size, later } = await runtime();
    const worker = await bundle('src/runtime/web/worker.ts');
    expect(worker.size).toBeGreaterThan(500);
    expect(size + worker.size).toBeLessThanOrEqual(10_000);
    expect(size + (later['here'] ?? NaN)).toBeLessThanOrEqual(10_000);
  });

  it('is not what few use, which comes when it is asked for, at most about 1 kB each', async () => {
    const { later } = await runtime();
    expect(Object.keys(later).sort()).toEqual(['draw', 'failed', 'here', 'line', 'put-weights', 'self-test']);
    expect(Math.max(...Object.values(later))).toBeLessThanOrEqual(1100);
    expect(Math.min(...Object.values(later))).toBeGreaterThan(100);
  });

  it('is the runtime, the signature, random numbers and errors: nothing of training or compiling', async () => {
    const { inputs, externals } = await runtime();
    const ours = inputs.filter((path) => path.startsWith('src/'));
    expect(ours.filter((path) => !/^src\/(runtime\/(?!train|state)|signature|random|errors)/.test(path))).toEqual([]);
    expect(ours.length).toBeGreaterThan(10);
    expect([...new Set(externals)].sort()).toEqual(['onnxruntime-web/wasm', 'onnxruntime-web/webgpu']);
  });

  it('is loaded without harm where there is no page: for rendering on a server', async () => {
    const web = await import('../../src/runtime/web.ts');
    expect(Object.keys(web).sort()).toEqual(Object.keys(await import('../../src/runtime/node.ts')).sort());
  });
});
