/** Where onnxruntime-web's files are. */
export interface Places {
  readonly wasm: URL;
  /** Its module, where it is known by an address rather than imported by name. */
  readonly module?: URL;
  /** The worker beside it, where `cvae-compile assets` wrote all of them. */
  readonly worker?: URL;
}

/**
 * Finds onnxruntime-web: in the folder that the page names, else through an import map, else through what a bundler made of
 * the addresses here.
 */
export const findOrt = (gpu: boolean, wasmPaths: string | URL | undefined, base: string): Places => {
  const [module, wasm] = gpu ? FILES.webgpu : FILES.wasm;
  if (wasmPaths !== undefined) {
    const folder = folderOf(wasmPaths, base);
    return { wasm: new URL(wasm, folder), module: new URL(module, folder), worker: new URL('worker.js', folder) };
  }
  const mapped = resolve(gpu);
  if (mapped !== undefined) return { wasm: new URL(wasm, mapped), module: new URL(mapped) };
  return {
    wasm: gpu
      ? new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm', import.meta.url)
      : new URL('onnxruntime-web/ort-wasm-simd-threaded.wasm', import.meta.url),
  };
};

/** An address that ends in a slash, so that names are looked up in it. */
export const folderOf = (address: string | URL, base: string): URL => {
  const url = new URL(address, base);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
};

/** The module and the WebAssembly of each build that is used; the names are onnxruntime-web's. */
export const FILES = {
  wasm: ['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm'],
  webgpu: ['ort.webgpu.bundle.min.mjs', 'ort-wasm-simd-threaded.asyncify.wasm'],
} as const;

/** What the page's import map says, if there is one; the browser throws where there is none. */
const resolve = (gpu: boolean): string | undefined => {
  try {
    return gpu ? import.meta.resolve('onnxruntime-web/webgpu') : import.meta.resolve('onnxruntime-web/wasm');
  } catch {
    return undefined;
  }
};
