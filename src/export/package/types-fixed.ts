/** The types of numbers and pictures. */
const VALUES = `
declare global {
  // Called by \`await using\`; older settings of TypeScript's \`lib\` do not declare it.
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
`;

const BACKEND = `
/** The engine that runs the model's files. */
export interface Backend {
  readonly name: 'cpu' | 'wasm' | 'webgpu';
  /** The number of threads for one call. */
  readonly threads: number;
  /** Why it is not the requested one, if it is not. */
  readonly reason?: string;
}
`;

const SELF_TEST = `
/** How much the outputs of the files differ from those computed in float64 when they were exported. */
export interface SelfTest {
  /** Whether no difference exceeds the tolerance. */
  readonly passed: boolean;
  /** 1e-5, on WebGPU 1e-4. */
  readonly tolerance: number;
  /** The largest |a − b| / (1 + |b|) of measured a and expected b; if y is standardised, in its standard deviations. */
  readonly largest: number;
  /** The same for each part. */
  readonly parts: Readonly<Record<string, number>>;
}
`;

const OPEN = `
/** WebGPU for a page that a bundler makes: \`webgpu\` of this package's \`webgpu.js\`. */
export interface WebGpu {
  readonly name: 'webgpu';
  wasm?(): URL;
  worker?(): unknown;
  here?(): Promise<unknown>;
}

/** How the files are loaded and run. */
export interface OpenOptions {
  /** The folder of the ONNX files, or its URL, if they are not next to this module; also \`hf:owner/name\`, of the Hugging Face hub. */
  readonly from?: string | URL;
  /** auto: WebAssembly in a page, onnxruntime-node's CPU in Node. webgpu: the GPU, or auto if that does not work. */
  readonly backend?: 'auto' | 'wasm' | 'webgpu' | WebGpu;
  /** The number of threads for one call, 1 by default. For more, a page needs the headers COOP and COEP. */
  readonly threads?: number;
  /** Aborts loading: open then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called with the progress of each file's download. */
  readonly onProgress?: (progress: Progress) => void;
  /** Whether files from another address are kept for the next time, under their hashes; true by default. */
  readonly keep?: boolean;
  /** Page only: the URL of a folder with onnxruntime-web's module and WebAssembly, and this package's worker.js. */
  readonly wasmPaths?: string | URL;
  /** Page only: whether the files run in a worker, so that the page stays responsive; true by default. */
  readonly worker?: boolean;
}
`;

const PROGRESS = `
/** The number of bytes of a file loaded so far, and in all if the server states it. */
export interface Progress {
  readonly file: string;
  readonly loaded: number;
  readonly total: number | undefined;
}
`;

const OPENS = `
/** Opens the model, in Node (with onnxruntime-node) or in a page (with onnxruntime-web). */
export declare const open: (options?: OpenOptions) => Promise<Model>;
`;

const TO_RGBA = `
/** The same picture with four channels, as ImageData requires. */
export declare const toRgba: (picture: Picture) => Picture;
`;

/** The part of `index.d.ts` that all packages share. */
export const FIXED_TYPES = [VALUES, BACKEND, SELF_TEST, OPEN, PROGRESS, OPENS, TO_RGBA].join('');

const MODULE_BACKEND = `
/** What runs the model: WebAssembly, in one thread. */
export interface Backend {
  readonly name: 'wasm';
  readonly threads: number;
  readonly reason?: string;
}
`;

const MODULE_OPEN = `
/** Where the module comes from, and how it is loaded. */
export interface OpenOptions {
  /**
   * model.wasm, if it is not next to model.js: compiled (as a host of functions imports it), its bytes, a response, or its address.
   */
  readonly wasm?: object | string | Promise<object>;
  /** Aborts loading: open then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called with the progress of the download. */
  readonly onProgress?: (progress: Progress) => void;
}
`;

const MODULE_OPENS = `
/** Opens the model, in any host with WebAssembly SIMD. */
export declare const open: (options?: OpenOptions) => Promise<Model>;
`;

/** The part of `model.d.ts` that all models share. */
export const MODULE_TYPES = [VALUES, MODULE_BACKEND, SELF_TEST, MODULE_OPEN, PROGRESS, MODULE_OPENS, TO_RGBA].join('');
