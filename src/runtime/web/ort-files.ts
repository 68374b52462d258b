import { InvalidData } from '../../errors.ts';

/** Where onnxruntime-web's files are. */
export interface Places {
  readonly wasm: URL;
  /** Its module, where it is known by an address rather than imported by name, and the worker that takes one. */
  readonly module?: URL;
  readonly worker?: URL;
}

/**
 * Finds onnxruntime-web: in the folder that the page names, else through an import map, else through what a bundler made of
 * the addresses here.
 */
export const findOrt = (gpu: boolean, wasmPaths: string | URL | undefined, base: string): Places => {
  const [module, wasm] = filesOf(gpu);
  if (wasmPaths !== undefined) {
    const [folder, worker] = [folderOf(wasmPaths, base), 'worker.js'];
    return { wasm: new URL(wasm, folder), module: new URL(module, folder), worker: new URL(worker, folder) };
  }
  try {
    // Throws where there is no import map.
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

/** The names of the module and the WebAssembly that are used; they are onnxruntime-web's. */
export const filesOf = (gpu: boolean): readonly [module: string, wasm: string] => [
  `ort.${gpu ? 'webgpu' : 'wasm'}.bundle.min.mjs`,
  `ort-wasm-simd-threaded${gpu ? '.asyncify' : ''}.wasm`,
];

/** An address that ends in a slash, so that names are looked up in it; an `InvalidData` for text that is none. */
export const folderOf = (address: string | URL, base: string): URL => {
  try {
    const url = new URL(address, base);
    if (!url.pathname.endsWith('/')) url.pathname += '/';
    return url;
  } catch {
    throw new InvalidData(`${address}: expected the address of a folder, got other text; correct it`);
  }
};
