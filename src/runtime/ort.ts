/** A float32 array and its shape, batch axis first. */
export interface ShapedArray {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** What of onnxruntime is used: handed in, so that onnxruntime-node and onnxruntime-web serve alike. */
export interface Ort {
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OrtTensor;
  readonly InferenceSession: {
    create(model: Uint8Array, options: OrtOptions): Promise<OrtSession>;
  };
}

/** A tensor of onnxruntime; which of its arrays `data` is depends on its type. */
export interface OrtTensor {
  readonly data: unknown;
  readonly dims: readonly number[];
}

/** A loaded file. Names that are no input's are ignored by onnxruntime without a word. */
export interface OrtSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, OrtTensor>>): Promise<Readonly<Record<string, OrtTensor>>>;
  release(): Promise<void>;
}

/** Options of a session that matter for models of this size. */
export interface OrtOptions {
  executionProviders: (string | { readonly name: string; readonly device: object })[];
  intraOpNumThreads: number;
  /** The least serious of what it writes to standard error: 2 are warnings (the default), 3 errors. */
  logSeverityLevel?: 0 | 1 | 2 | 3 | 4;
  /** Files that a model of external weights refers to by name. */
  externalData?: { path: string; data: Uint8Array }[];
}
