import { checkNames, expect, expectWhole } from './options.ts';
import type { ShapedArray } from './ort.ts';

/**
 * WebGPU as a bundler puts it into a page: `webgpu` of `cvae-compile/runtime/webgpu`. Node, import maps and `wasmPaths` need only the name.
 */
export interface WebGpu {
  readonly name: 'webgpu';
  /** Where a bundler has put onnxruntime-web's WebAssembly for WebGPU. */
  wasm?(): URL;
  /** Starts the worker that a bundler has made of it. */
  worker?(): unknown;
  /** Loads its module, for a page without workers. */
  here?(): Promise<unknown>;
}

/** How a model's files are loaded and run. Options without meaning on the current platform are ignored. */
export interface OpenOptions {
  /**
   * What runs the files. In a page `auto` is `wasm`; in Node it is the CPU with onnxruntime-node, or WASM if that has no binary.
   * `webgpu` is the GPU in both; if that does not work, it falls back to `auto`. The model's `backend` reports the choice, and
   * the reason if it is not what was requested. A page that a bundler makes gives `webgpu` of `cvae-compile/runtime/webgpu` instead of
   * the name: only such a page carries that larger build of onnxruntime-web.
   */
  readonly backend?: 'auto' | 'wasm' | 'webgpu' | WebGpu;
  /** Threads for one call: 1 by default, which is the fastest for models of this size. A page needs COOP and COEP for more. */
  readonly threads?: number;
  /** Aborts loading: `open` then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called with the progress of each file. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /**
   * Whether files from an address are kept, under their hashes, for the next time: true by default, in Node for every address, in the folder
   * that `CVAE_CACHE` names or else the system's for caches; in a page for `hf:` alone, as browsers keep the others.
   */
  readonly keep?: boolean;
  /** Page only: the address of the folder that `cvae-compile assets` wrote. Rarely needed with bundlers and import maps. */
  readonly wasmPaths?: string | URL;
  /**
   * Parameters to use in place of those in the files, which must be from an export for training; for example a trainer's
   * `weights()`.
   */
  readonly weights?: ReadonlyMap<string, ShapedArray>;
  /** Page only: whether the files run in a worker, so that the page stays responsive; true by default. */
  readonly worker?: boolean;
}

/** How many bytes of a file have been loaded, and how many there will be, if the server reports it. */
export interface LoadProgress {
  readonly file: string;
  readonly loaded: number;
  readonly total: number | undefined;
}

/** What runs a model's files. */
export interface Backend {
  readonly name: 'cpu' | 'wasm' | 'webgpu' | 'cuda';
  /** Threads for one call. */
  readonly threads: number;
  /** The reason if it is not what was requested. */
  readonly reason?: string;
}

/** Returns the options with their defaults; throws an `InvalidData` that names the option for one out of range, or unknown. */
export const checkOpenOptions = (
  options: OpenOptions,
): OpenOptions & { readonly backend: 'auto' | 'wasm' | 'webgpu'; readonly threads: number; readonly gpu?: WebGpu } => {
  checkNames(options, ['backend', 'threads', 'signal', 'onProgress', 'wasmPaths', 'worker', 'weights', 'keep']);
  const { backend: wanted = 'auto', threads = 1 } = options;
  const backend = Object(wanted).name ?? wanted;
  expect(['auto', 'wasm', 'webgpu'].includes(backend), 'backend', 'auto, wasm or webgpu', wanted);
  expectWhole(threads, 1, 'threads');
  return { ...options, backend, threads, ...(backend === 'webgpu' && { gpu: Object(wanted) }) };
};
