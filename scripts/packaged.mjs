// Writes dist/packaged: the runtime that `cvae-compile export --package` writes next to a model, for users without this package.
// Node's is one file; the page's comes in parts, of which it loads what it needs; each worker is a single file.
import { createRequire } from 'node:module';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { licencesOf } from './lib/licences.mjs';

export const buildPackaged = async (root) => {
  const { build } = createRequire(import.meta.url)('esbuild');
  const common = {
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    outdir: 'dist/packaged',
    external: ['onnxruntime-node', 'onnxruntime-web'],
    legalComments: 'none',
    logLevel: 'warning',
    write: false,
    metafile: true,
  };
  const results = await Promise.all([
    build({
      ...common,
      entryPoints: {
        web: 'src/runtime/web/packaged.ts',
        picture: 'src/runtime/picture.ts',
        webgpu: 'src/runtime/web/webgpu.ts',
      },
      splitting: true,
      chunkNames: '[name]-[hash]',
    }),
    build({
      ...common,
      entryPoints: { node: 'src/runtime/packaged.ts' },
      platform: 'node',
      plugins: [builtins],
      // Keeps the lines: Node prints the one that threw.
      minify: false,
      minifySyntax: true,
    }),
    // A worker exists only for its side effects, which package.json denies.
    build({ ...common, entryPoints: WORKERS, ignoreAnnotations: true }),
  ]);
  const texts = results.flatMap(({ outputFiles }) => outputFiles).map(({ path, text }) => [path, moved(path, text)]);
  // Of libraries too: a model's package comes without the packages that its code was taken from.
  const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const licences = [readFileSync(`${root}LICENSE`, 'utf8'), licencesOf(inputs.map((path) => `${root}${path}`))];
  put(`${root}dist/packaged`, [
    ...texts,
    [`${root}dist/packaged/LICENSE`, licences.filter(Boolean).join(`\n${'-'.repeat(80)}\n\n`)],
  ]);
};

/** Writes these files to a folder and removes all others; a file is always complete for concurrent readers. */
const put = (folder, texts) => {
  mkdirSync(folder, { recursive: true });
  for (const [path, text] of texts) {
    writeFileSync(`${path}.part`, text);
    renameSync(`${path}.part`, path);
  }
  const names = new Set(texts.map(([path]) => basename(path)));
  for (const name of readdirSync(folder)) if (!names.has(name)) rmSync(`${folder}/${name}`);
};

const WORKERS = {
  worker: 'src/runtime/web/worker.ts',
  'worker-wasm': 'src/runtime/web/worker-wasm.ts',
  'worker-webgpu': 'src/runtime/web/worker-webgpu.ts',
};

/** Provides Node's modules without an import, so that a page's bundler can read code that it will not run. */
const builtins = {
  name: 'builtins',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin' }));
    onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }));
  },
};

/** Adapts paths to a single folder with all files. */
const moved = (path, whole) => {
  // The parts of a page import others only to keep the order of side effects, of which they have none, as package.json
  // states; a bundler would warn about such an import.
  let text = whole.replaceAll(/import"\.\/[\w-]+\.js";/g, '');
  const replace = (from, to) => {
    if (!text.includes(from)) throw new Error(`${path}: expected ${from}, found none`);
    return text.replaceAll(from, to);
  };
  if (path.endsWith('web.js') || /gpu-files-\w+\.js$/.test(path))
    return replace('../../browser/worker.js', './worker.js');
  // Bundlers for pages resolve what is imported by name, and a page has no onnxruntime-node.
  const ignored = '/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ String';
  if (path.endsWith('node.js')) text = replace('import("onnxruntime-node")', `import(${ignored}("onnxruntime-node"))`);
  if (path.endsWith('node.js'))
    text = replace('import("onnxruntime-web/wasm")', `import(${ignored}("onnxruntime-web/wasm"))`);
  return text;
};
