import { checkNames, expect } from './options.ts';
import type { ShapedArray } from './ort.ts';

/** How a model's files are loaded and run. What has no meaning where the program runs is not looked at. */
export interface OpenOptions {
  /**
   * What runs the files. In a page `auto` is `wasm`; in Node it is the CPU by onnxruntime-node, or WASM where that has no
   * binary. `webgpu` is the GPU in both; where that does not work, it is what `auto` would be. The model's `backend` has what
   * it is, and why it is not what was asked for.
   */
  readonly backend?: 'auto' | 'wasm' | 'webgpu';
  /** Threads for one call: 1 unless given, which is the fastest for models of this size. A page needs COOP and COEP for more. */
  readonly threads?: number;
  /** Ends loading: `open` then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Is told how far each file has come. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Page only: the address of the folder that `cvae-compile assets` wrote. Bundlers and import maps mostly do without. */
  readonly wasmPaths?: string | URL;
  /**
   * Parameters to use in place of those in the files, which must be of an export for training: such as a trainer's `weights()`.
   */
  readonly weights?: ReadonlyMap<string, ShapedArray>;
  /** Page only: whether the files run in a worker, so that the page stays smooth; they do unless given. */
  readonly worker?: boolean;
}

/** How many bytes of a file there are already, and how many there will be, where the server tells. */
export interface LoadProgress {
  readonly file: string;
  readonly loaded: number;
  readonly total: number | undefined;
}

/** What runs a model's files. */
export interface Backend {
  readonly name: 'cpu' | 'wasm' | 'webgpu';
  /** Threads for one call. */
  readonly threads: number;
  /** Why it is not what was asked for. */
  readonly reason?: string;
}

/** The options with their defaults; an `InvalidData` that names the option for one out of range, or unknown. */
export const checkOpenOptions = (
  options: OpenOptions,
): OpenOptions & Required<Pick<OpenOptions, 'backend' | 'threads'>> => {
  checkNames(options, ['backend', 'threads', 'signal', 'onProgress', 'wasmPaths', 'worker', 'weights']);
  const { backend = 'auto', threads = 1 } = options;
  expect(['auto', 'wasm', 'webgpu'].includes(backend), 'backend', 'auto, wasm or webgpu', backend);
  expect(Number.isInteger(threads) && threads >= 1, 'threads', 'a whole number from 1', threads);
  return { ...options, backend, threads };
};
