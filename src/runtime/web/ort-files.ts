import { InvalidData } from '../../errors.ts';

/** The addresses of onnxruntime-web's files. */
export interface Places {
  readonly wasm: URL;
  /** Its module, if it is known by an address rather than imported by name, and the worker that takes one. */
  readonly module?: URL;
  readonly worker?: URL;
}

/**
 * Finds onnxruntime-web: in the folder that the page names, else through an import map, else through the addresses here as
 * rewritten by a bundler.
 */
export const findOrt = (gpu: boolean, wasmPaths: string | URL | undefined, base: string): Places => {
  const [module, wasm] = filesOf(gpu);
  if (wasmPaths !== undefined) {
    const [folder, worker] = [folderOf(wasmPaths, base), 'worker.js'];
    return { wasm: new URL(wasm, folder), module: new URL(module, folder), worker: new URL(worker, folder) };
  }
  try {
    // Throws if there is no import map.
    const mapped = import.meta.resolve(gpu ? 'onnxruntime-web/webgpu' : 'onnxruntime-web/wasm');
    const worker = new URL('../../browser/worker.js', import.meta.url);
    return { wasm: new URL(wasm, mapped), module: new URL(mapped), worker };
  } catch {
    return {
      wasm: gpu
        ? new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm', import.meta.url)
        : new URL('onnxruntime-web/ort-wasm-simd-threaded.wasm', import.meta.url),
    };
  }
};

/** Returns the names, within onnxruntime-web, of the module and the WebAssembly that are used. */
export const filesOf = (gpu: boolean): readonly [module: string, wasm: string] => [
  `ort.${gpu ? 'webgpu' : 'wasm'}.bundle.min.mjs`,
  `ort-wasm-simd-threaded${gpu ? '.asyncify' : ''}.wasm`,
];

/** Returns an address that ends in a slash, so that names are resolved within it; throws an `InvalidData` for an invalid one. */
export const folderOf = (address: string | URL, base: string): URL => {
  try {
    const url = new URL(address, base);
    if (!url.pathname.endsWith('/')) url.pathname += '/';
    return url;
  } catch {
    throw new InvalidData(`${address}: expected the address of a folder, got other text; correct it`);
  }
};
