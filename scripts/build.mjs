// Compiles src/ to dist/ with tsc: the published code is the source code. tsc leaves out the one module that is generated as
// JavaScript, so that is copied; the worker for pages without a bundler is written as one file. TypeScript 7 is native and takes
// a seventh of the time of 5.9; both give the same output.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { licencesOf } from './lib/licences.mjs';
import { buildModuleParts } from './module-parts.mjs';
import { buildPackaged } from './packaged.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = createRequire(import.meta.url)
  .resolve('typescript-7/package.json')
  .replace('package.json', 'bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
cpSync(new URL('../src/onnx/proto', import.meta.url), new URL('../dist/onnx/proto', import.meta.url), {
  recursive: true,
  filter: (file) => !file.endsWith('.proto'),
});
// The programs for many machines, which an export may have next to the model.
const python = new URL('../dist/python/', import.meta.url);
rmSync(python, { recursive: true, force: true });
for (const file of readdirSync(new URL('../examples/distributed', import.meta.url)))
  if (/\.(py|txt)$/.test(file))
    cpSync(new URL(`../examples/distributed/${file}`, import.meta.url), new URL(file, python));
// Output of an earlier build for sources that have since been removed must not be published.
for (const file of readdirSync(new URL('../dist', import.meta.url), { recursive: true, encoding: 'utf8' })) {
  const path = file.replaceAll('\\', '/');
  if (!/\.(js|d\.ts)$/.test(path) || /^(onnx\/proto|playground|packaged|module)\//.test(path)) continue;
  const source = new URL(`../src/${path.replace(/\.(js|d\.ts)$/, '.ts')}`, import.meta.url);
  if (!existsSync(source)) rmSync(new URL(`../dist/${file}`, import.meta.url), { force: true });
}
const { buildSync } = createRequire(import.meta.url)('esbuild');
const browser = { absWorkingDir: root, bundle: true, target: 'es2022', logLevel: 'warning' };
buildSync({
  ...browser,
  entryPoints: ['src/runtime/web/worker.ts'],
  outfile: 'dist/browser/worker.js',
  format: 'esm',
});
await buildPackaged(root);
await buildModuleParts(root);
// A service worker is a classic script, for browsers that support no other kind.
buildSync({ ...browser, entryPoints: ['src/site/service-worker.ts'], outfile: 'dist/browser/sw.js', format: 'iife' });
// A web component, for pages that take it from a CDN as it is.
buildSync({
  ...browser,
  entryPoints: ['playground/src/element/sampler.ts'],
  outfile: 'dist/browser/cvae-sampler.js',
  format: 'esm',
  minify: true,
});
// Spares users who install the package the sixty dependencies of the plots, and a page without a bundler the resolution of
// valibot.
bundleLibrary('report/plot', 100_000);
bundleLibrary('formats/valibot', 1000);
// The licences are written last: if they exist, the page is complete.
const LICENCES = 'dist/playground/LICENSES.txt';
if (
  isOlder(LICENCES, [
    'playground',
    'src/signature.ts',
    // What trains in the page is most of the library.
    ...['compiler', 'data', 'distributions', 'dsl', 'export', 'graph', 'layers', 'making', 'onnx'].map(inSrc),
    ...['runtime', 'shape', 'train', 'values', 'weights'].map(inSrc),
    'package-lock.json',
  ])
) {
  const { build } = await import('vite');
  const { output } = await build({ configFile: `${root}playground/vite.config.ts`, logLevel: 'warn' });
  const sources = output.flatMap((made) =>
    made.type === 'chunk' ? made.moduleIds : made.originalFileNames.map((path) => `${root}playground/${path}`),
  );
  writeFileSync(`${root}${LICENCES}`, licencesOf([...sources, ...makingSources()]));
}

/**
 * Bundles libraries into one file in place of the module that imports them, with their licences: the result has at least `least`
 * bytes.
 */
function bundleLibrary(name, least) {
  const file = `dist/${name}.js`;
  if (statSync(`${root}${file}`).size > least && !isOlder(file, [`src/${name}.ts`, 'package-lock.json'])) return;
  const { metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: [`src/${name}.ts`],
    outfile: file,
    allowOverwrite: true,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // linkedom imports it optionally.
    external: ['canvas'],
    metafile: true,
    logLevel: 'warning',
  });
  const licences = licencesOf(Object.keys(metafile.inputs).map((path) => `${root}${path}`));
  writeFileSync(`${root}dist/${name}.LICENSES.txt`, licences);
}

const bin = new URL('../dist/cli/bin.js', import.meta.url);
if (existsSync(bin)) chmodSync(bin, 0o755);

/** What is in the worker that makes models, which Vite does not report. */
function makingSources() {
  const { metafile } = buildSync({
    ...browser,
    entryPoints: ['src/making/making-worker.ts'],
    format: 'esm',
    splitting: true,
    outdir: 'dist',
    write: false,
    metafile: true,
    // Node's, and what only Node's modules load: neither is in the page.
    external: ['node:*', 'env-paths', 'jiti', '@tensorflow/*', 'onnxruntime-*'],
  });
  return Object.keys(metafile.inputs).map((path) => `${root}${path}`);
}

function inSrc(folder) {
  return `src/${folder}`;
}

/** Whether a file is missing, or older than one of the sources: building the page takes longer than checking. */
function isOlder(file, sources) {
  const time = (path) => statSync(`${root}${path}`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const files = sources.flatMap((path) =>
    time(path) > 0 && statSync(`${root}${path}`).isDirectory()
      ? readdirSync(`${root}${path}`, { recursive: true, encoding: 'utf8' }).map((name) => `${path}/${name}`)
      : [path],
  );
  return files.some((path) => time(path) > time(file)) || time(file) === 0;
}
