/**
 * WebGPU for pages that a bundler makes: `open(address, { backend: webgpu })`. Only pages that import this carry the build of onnxruntime-web
 * that it needs; in Node it means the same as the name.
 *
 * @module cvae-compile/runtime/webgpu
 */
import type { WebGpu } from '../open-options.ts';

export type { WebGpu } from '../open-options.ts';

/** WebGPU as the backend of `open` and `trainer`. */
export const webgpu: WebGpu = {
  name: 'webgpu',
  // Each is written out in full, so that bundlers recognise it.
  wasm: () => new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm', import.meta.url),
  worker: () => new Worker(new URL('./worker-webgpu.js', import.meta.url), { type: 'module' }),
  here: () => import('onnxruntime-web/webgpu'),
};

/** The browser's `Worker`. */
declare const Worker: new (script: URL, options: { readonly type: 'module' }) => unknown;
