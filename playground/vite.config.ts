import { readdirSync, readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/**
 * onnxruntime-web stays out of the bundle: the site has it in `ort/`, as `cvae-compile assets` copies it, and the page says so
 * to `open`. The runtime's other ways of finding it are therefore hidden from Vite, which would follow them.
 */
const ortApart: Plugin = {
  name: 'ort-apart',
  enforce: 'pre',
  transform(code, id) {
    if (!/runtime[\\/]web[\\/](ort-files|gpu-files|thread)\.ts$/.test(id)) return undefined;
    return { code: code.replaceAll('import.meta.url', 'document.baseURI'), map: null };
  },
};

/**
 * What trains in the page is the library itself. Some of its modules can also read files, start threads or hash natively: of Node's modules
 * a page has none, so hashes are computed by `node/crypto.ts`, and all else that such a module would call says that it is not there.
 */
const nodeApart = (): Plugin => ({
  name: 'node-apart',
  enforce: 'pre',
  resolveId(id) {
    if (id === 'node:crypto') return path('node/crypto.ts');
    return isBuiltin(id) || NODE_ONLY.test(id) ? `${ABSENT}${id}` : undefined;
  },
  load(id) {
    if (!id.startsWith(ABSENT)) return undefined;
    const name = id.slice(ABSENT.length);
    const names = isBuiltin(name) ? Object.keys(createRequire(import.meta.url)(name)) : NODE_EXPORTS;
    const exported = names.filter((one) => /^[A-Za-z_]\w*$/.test(one) && one !== 'default');
    return [
      `const absent = () => { throw new Error(${JSON.stringify(`${name}: a page has none`)}); };`,
      'export default absent;',
      `export { ${exported.map((one) => `absent as ${one}`).join(', ')} };`,
    ].join('\n');
  },
});

const ABSENT = '\0absent:';
/** Modules that find what trains by its name, in Node, and the packages that they load. */
const NODE_ONLY = /^(?:\.\/engines\.ts|csv-parse|env-paths)$/;
const NODE_EXPORTS = ['chosenEngine', 'engineOf', 'usualEngine', 'parse'];

/** The runtime of packages, as it was built before the page: what is made in the page is downloaded with it. */
const packaged = (): Plugin => ({
  name: 'packaged',
  resolveId: (id) => (id === 'virtual:packaged' ? '\0packaged' : undefined),
  load(id) {
    if (id !== '\0packaged') return undefined;
    const folder = path('../dist/packaged');
    const texts = readdirSync(folder).map((file) => [file, readFileSync(`${folder}/${file}`, 'utf8')] as const);
    return `export default ${JSON.stringify(Object.fromEntries(texts))};`;
  },
});

/** What makes models is apart from the rest of the page: sites without onnxruntime-web leave it out. */
const isMaking = (ids: readonly string[]): boolean => ids.some((id) => /src[\\/]mak(e|ing)[\\/]|\0packaged/.test(id));
const fileNames = ({ moduleIds }: { readonly moduleIds: readonly string[] }): string =>
  `assets/${isMaking(moduleIds) ? 'make/' : ''}[name]-[hash].js`;

/** The page that `cvae-compile serve` shows: static, at any address, over the runtime's browser door alone. */
export default defineConfig({
  root: path('.'),
  base: './',
  plugins: [ortApart, packaged()],
  worker: {
    format: 'es',
    plugins: () => [nodeApart()],
    rolldownOptions: { output: { entryFileNames: fileNames, chunkFileNames: 'assets/make/[name]-[hash].js' } },
  },
  resolve: { alias: { 'cvae-compile/runtime': path('../src/runtime/web.ts') } },
  build: {
    outDir: path('../dist/playground'),
    emptyOutDir: true,
    target: 'es2022',
    // Without it there is no inline script or style, which the site's Content-Security-Policy forbids.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      // The runtime's own splitting is for pages that do not use all of it.
      checks: { ineffectiveDynamicImport: false, pluginTimings: false },
      external: /^onnxruntime-web/,
      output: {
        chunkFileNames: fileNames,
        // Only for browsers that have no workers.
        paths: {
          'onnxruntime-web/wasm': '../ort/ort.wasm.bundle.min.mjs',
          'onnxruntime-web/webgpu': '../ort/ort.webgpu.bundle.min.mjs',
        },
      },
    },
  },
});
