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
  try {
    // Throws if there is no import map.
    const module = folder ? new URL('ort.wasm.bundle.min.mjs', folder) : resolved('onnxruntime-web/wasm');
    return {
      wasm: new URL('ort-wasm-simd-threaded.wasm', module),
      module,
      worker: folder ? new URL('worker.js', folder) : new URL('../../browser/worker.js', import.meta.url),
    };
  } catch {
    return { wasm: new URL('onnxruntime-web/ort-wasm-simd-threaded.wasm', import.meta.url) };
  }
};

/**
 * Returns where an import map says that a module is. Its name is a parameter since webpack, from 5.109 on, takes a name that is written
 * in the call for a file to copy, and finds none.
 */
const resolved = (name: string): URL => new URL(import.meta.resolve(name));
