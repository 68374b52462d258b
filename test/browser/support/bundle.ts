import { basename } from 'node:path';
import { build } from 'esbuild';

/** What esbuild makes of some of the runtime, as a page gets it, minified: its files by name, and how they depend on each other. */
export const bundle = async (entry: string) => {
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
  const outputs = Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output.imports] as const);
  const importsOf = (name: string, kind: string): readonly string[] =>
    (outputs.find(([path]) => path === name)?.[1] ?? [])
      .filter((found) => found.kind === kind)
      .map(({ path }) => basename(path));
  /** A file and what it cannot run without. */
  const whole = (name: string): ReadonlySet<string> =>
    new Set([name, ...importsOf(name, 'import-statement').flatMap((path) => [...whole(path)])]);
  return {
    files: new Map(outputFiles.map(({ path, contents }) => [basename(path), contents])),
    /** What a page loads before anything is asked of it. */
    begin: whole('entry.js'),
    /** What comes when it is asked for, each with what it cannot run without. */
    later: new Map(importsOf('entry.js', 'dynamic-import').map((name) => [name, whole(name)])),
    inputs: Object.keys(metafile.inputs),
    externals: outputs.flatMap(([, imports]) => imports.filter(({ external }) => external).map(({ path }) => path)),
  };
};
