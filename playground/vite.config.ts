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

/** The page that `cvae-compile serve` shows: static, at any address, over the runtime's browser door alone. */
export default defineConfig({
  root: path('.'),
  base: './',
  plugins: [ortApart],
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
        // Only for browsers that have no workers.
        paths: {
          'onnxruntime-web/wasm': '../ort/ort.wasm.bundle.min.mjs',
          'onnxruntime-web/webgpu': '../ort/ort.webgpu.bundle.min.mjs',
        },
      },
    },
  },
});
