/** The part of `index.d.ts` that all packages share. */
export const FIXED_TYPES = `
declare global {
  // What \`await using\` calls; not all of the libraries that TypeScript may be told to use have it.
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol;
  }
}

/** A float32 array and its shape, rows first. */
export interface Numbers<S extends readonly number[]> {
  readonly data: Float32Array;
  readonly shape: S;
}

/** An image of 8-bit pixels, row by row, channels last: 1 (grey), 2 (grey and alpha), 3 (RGB) or 4 (RGBA). */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** What runs the model's files. */
export interface Backend {
  readonly name: 'cpu' | 'wasm' | 'webgpu';
  /** Threads for one call. */
  readonly threads: number;
  /** Why it is not what was asked for. */
  readonly reason?: string;
}

/** How far the outputs of the files are from those that were computed in float64 when they were exported. */
export interface SelfTest {
  /** Whether none is farther than the tolerance. */
  readonly passed: boolean;
  /** 1e-5, on WebGPU 1e-4. */
  readonly tolerance: number;
  /** The largest |a − b| / (1 + |b|), for a measured and b expected; of a standardised y, in its standard deviations. */
  readonly largest: number;
  /** The same for each part. */
  readonly parts: Readonly<Record<string, number>>;
}

/** How the files are loaded and run. */
export interface OpenOptions {
  /** The folder of the ONNX files, or its address, where they are not beside this module. */
  readonly from?: string | URL;
  /** auto: wasm in a page, onnxruntime-node's CPU in Node. webgpu: the GPU, or what auto is where that does not work. */
  readonly backend?: 'auto' | 'wasm' | 'webgpu';
  /** Threads for one call: 1 unless given. A page needs the headers COOP and COEP for more. */
  readonly threads?: number;
  /** Ends loading: open then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Is told how far each file has come. */
  readonly onProgress?: (progress: Progress) => void;
  /** Page only: the address of a folder with onnxruntime-web's module and WebAssembly, and this package's worker.js. */
  readonly wasmPaths?: string | URL;
  /** Page only: whether the files run in a worker, so that the page stays smooth; they do unless given. */
  readonly worker?: boolean;
}

/** How many bytes of a file there are already, and how many there will be, where the server tells. */
export interface Progress {
  readonly file: string;
  readonly loaded: number;
  readonly total: number | undefined;
}

/** Opens the model, in Node (with onnxruntime-node) or in a page (with onnxruntime-web). */
export declare const open: (options?: OpenOptions) => Promise<Model>;

/** The same picture with four channels, as a page's ImageData wants it. */
export declare const toRgba: (picture: Picture) => Picture;
`;
