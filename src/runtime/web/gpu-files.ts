import { Unavailable } from '../../errors.ts';
import type { WebGpu } from '../open-options.ts';
import type { Places } from './ort-files.ts';
import { filesOf } from './ort-names.ts';

// Loaded only for a model that is to run on a GPU; what the page has already loaded is passed in.

/**
 * Finds onnxruntime-web for WebGPU: in the folder that the page names, else through an import map, else in what a bundler has made of
 * `webgpu`. Throws an `Unavailable` if the page has only the name.
 */
export const findGpu = (gpu: WebGpu, folder: URL | undefined, WebAssembly: unknown): Places => {
  if (folder) {
    const [module, wasm] = filesOf('Suspending' in Object(WebAssembly) ? 'jspi' : 'webgpu');
    return { wasm: new URL(wasm, folder), module: new URL(module, folder), worker: new URL('worker.js', folder) };
  }
  const mapped = mappedTo('onnxruntime-web/webgpu');
  if (mapped) {
    const worker = new URL('../../browser/worker.js', import.meta.url);
    return { wasm: new URL(filesOf('webgpu')[1], mapped), module: mapped, worker };
  }
  if (gpu.wasm) return { wasm: gpu.wasm() };
  throw new Unavailable(
    'backend: expected webgpu of cvae-compile/runtime/webgpu, got its name, for which a page made by a bundler has no files; import it, or give wasmPaths',
  );
};

/** As in `ort-files.ts`, which a page loads at once and this file would make a part of its own. */
const mappedTo = (name: string): URL | undefined => {
  try {
    return new URL(import.meta.resolve(name));
  } catch {
    return undefined;
  }
};
