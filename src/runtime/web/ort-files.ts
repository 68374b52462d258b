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
export const findOrt = (folder: URL | undefined): Places => {
  const wasm = 'ort-wasm-simd-threaded.wasm';
  if (folder)
    return {
      wasm: new URL(wasm, folder),
      module: new URL('ort.wasm.bundle.min.mjs', folder),
      worker: new URL('worker.js', folder),
    };
  try {
    // Throws if there is no import map.
    const module = new URL(import.meta.resolve('onnxruntime-web/wasm'));
    return { wasm: new URL(wasm, module), module, worker: new URL('../../browser/worker.js', import.meta.url) };
  } catch {
    return { wasm: new URL('onnxruntime-web/ort-wasm-simd-threaded.wasm', import.meta.url) };
  }
};
