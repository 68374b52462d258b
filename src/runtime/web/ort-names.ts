/**
 * Returns the names, within onnxruntime-web, of the module and the WebAssembly that are used. Of the two for WebGPU, `jspi` is for browsers
 * whose WebAssembly can wait for promises, and two thirds as large.
 */
export const filesOf = (build: 'wasm' | 'webgpu' | 'jspi'): readonly [module: string, wasm: string] => [
  `ort.${build}.bundle.min.mjs`,
  `ort-wasm-simd-threaded${{ wasm: '', webgpu: '.asyncify', jspi: '.jspi' }[build]}.wasm`,
];
