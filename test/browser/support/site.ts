import { fileURLToPath } from 'node:url';
import type { Site } from './server.ts';

const root = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** The package as it is published, and onnxruntime-web, at addresses of a test's site. */
export const FOLDERS = { '/dist/': root('dist/'), '/ort/': root('node_modules/onnxruntime-web/dist/') };

/** A page without any bundler: an import map says where the packages are, and `window.runtime` is ours. */
export const MAPPED = `<!doctype html><title>test</title>
<script type="importmap">{"imports":{
  "cvae-compile/runtime":"/dist/runtime/web.js",
  "onnxruntime-web/wasm":"/ort/ort.wasm.bundle.min.mjs",
  "onnxruntime-web/webgpu":"/ort/ort.webgpu.bundle.min.mjs"}}</script>
<script type="module">import * as runtime from 'cvae-compile/runtime'; window.runtime = runtime;</script>`;

/** A site with that page and the models of a folder under /models/. */
export const mapped = (models: string, more: Site = {}): Site => ({
  ...more,
  texts: { '/index.html': MAPPED, ...more.texts },
  folders: { ...FOLDERS, '/models/': models, ...more.folders },
});
