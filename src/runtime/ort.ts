/** A float32 array and its shape, batch axis first. */
export interface ShapedArray {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** The part of onnxruntime that is used, passed in so that onnxruntime-node and onnxruntime-web both work. */
export interface Ort {
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OrtTensor;
  readonly InferenceSession: {
    create(model: Uint8Array, options: OrtOptions): Promise<OrtSession>;
  };
}

/** A tensor of onnxruntime; the type of array in `data` depends on its type. */
export interface OrtTensor {
  readonly data: unknown;
  readonly dims: readonly number[];
  /** `cpu`, or `gpu-buffer`: then it has no `data`, and memory that must be freed. */
  readonly location?: string;
  dispose?(): void;
}

/** A loaded file. onnxruntime silently ignores names that are not inputs. */
export interface OrtSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, OrtTensor>>): Promise<Readonly<Record<string, OrtTensor>>>;
  /** Does the same with a state that stays where the session runs, if that is elsewhere. */
  hold?(feeds: Readonly<Record<string, OrtTensor>>, held: Held): Promise<Readonly<Record<string, OrtTensor>>>;
  release(): Promise<void>;
}

/** Which of the states that a session holds are meant, by their numbers. */
export interface Held {
  /** The one that inputs are taken from which are not given; none by default. */
  readonly from?: number;
  /**
   * What comes of it: the inputs, and outputs `next/x` as x, of each of which is returned whether it is finite. Below 0, nothing is run, and
   * the state `from` is returned.
   */
  readonly to?: number;
}

/** The options of a session that matter for models of this size. */
export interface OrtOptions {
  executionProviders: (string | { readonly name: string; readonly device: object })[];
  intraOpNumThreads: number;
  /** The lowest severity that it writes to standard error: 2 are warnings (the default), 3 errors. */
  logSeverityLevel?: 0 | 1 | 2 | 3 | 4;
  /** Settings of onnxruntime that have no option of their own: `session.intra_op.allow_spinning`. */
  extra?: Readonly<Record<string, unknown>>;
  /** Where outputs stay: `cpu`, which they do by default, or `gpu-buffer`. */
  preferredOutputLocation?: Readonly<Record<string, 'cpu' | 'gpu-buffer'>>;
  /** Files that a model with external weights refers to by name. */
  externalData?: { path: string; data: Uint8Array }[];
}
