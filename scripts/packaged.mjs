// Writes dist/packaged: the runtime as `cvae-compile export --package` puts it beside a model, for whoever has nothing else of
// ours. Node's is one file, the page's comes in parts, of which it loads what it needs; each worker is whole.
import { createRequire } from 'node:module';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

export const buildPackaged = async (root) => {
  const { build } = createRequire(import.meta.url)('esbuild');
  const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  const [, holder] = /^(Copyright .*)$/m.exec(readFileSync(`${root}LICENSE`, 'utf8')) ?? [];
  const common = {
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    outdir: 'dist/packaged',
    external: ['onnxruntime-node', 'onnxruntime-web'],
    banner: { js: `/* The runtime of cvae-compile ${version}. ${holder}. MIT License */` },
    legalComments: 'none',
    logLevel: 'warning',
    write: false,
  };
  rmSync(`${root}dist/packaged`, { recursive: true, force: true });
  mkdirSync(`${root}dist/packaged`, { recursive: true });
  copyFileSync(`${root}LICENSE`, `${root}dist/packaged/LICENSE`);
  const results = await Promise.all([
    build({
      ...common,
      entryPoints: { web: 'src/runtime/web/packaged.ts', picture: 'src/runtime/picture.ts' },
      splitting: true,
      chunkNames: '[name]-[hash]',
    }),
    build({ ...common, entryPoints: { node: 'src/runtime/packaged.ts' }, platform: 'node', plugins: [builtins] }),
    // A worker is there for its effects only, which package.json denies.
    build({ ...common, entryPoints: WORKERS, ignoreAnnotations: true }),
  ]);
  for (const { path, text } of results.flatMap(({ outputFiles }) => outputFiles))
    writeFileSync(path, moved(path, text));
};

const WORKERS = {
  worker: 'src/runtime/web/worker.ts',
  'worker-wasm': 'src/runtime/web/worker-wasm.ts',
  'worker-webgpu': 'src/runtime/web/worker-webgpu.ts',
};

/** Node's modules without an import, so that a page's bundler can read what it will not run. */
const builtins = {
  name: 'builtins',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin' }));
    onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }));
  },
};

/** What must read otherwise where all files lie in one folder. */
const moved = (path, text) => {
  const replace = (from, to) => {
    if (!text.includes(from)) throw new Error(`${path}: expected ${from}, found none`);
    return text.replaceAll(from, to);
  };
  if (path.endsWith('web.js')) return replace('../../browser/worker.js', './worker.js');
  // Bundlers for pages look for what is imported by name, and a page has no onnxruntime-node.
  const ignored = '/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ String';
  if (path.endsWith('node.js')) text = replace('import("onnxruntime-node")', `import(${ignored}("onnxruntime-node"))`);
  if (path.endsWith('node.js'))
    text = replace('import("onnxruntime-web/wasm")', `import(${ignored}("onnxruntime-web/wasm"))`);
  return text;
};
