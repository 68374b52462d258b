import { InvalidGraph, isUserError, reasonOf } from '../errors.ts';
import type { ShapedArray, Ort } from '../runtime/ort.ts';

/** Float32 arrays by name: a file's inputs or outputs. */
export type Values = Readonly<Record<string, ShapedArray>>;

/** An engine that runs ONNX files, passed in: the compiler knows none. */
export interface InferenceEngine {
  /** The name of the engine in messages. */
  readonly name: string;
  /** Loads the bytes of a file, and of the external file of its weights, if there is one. */
  load(bytes: Uint8Array, external?: { readonly file: string; readonly bytes: Uint8Array }): Promise<Loaded>;
}

/** A file that an engine has loaded. */
export interface Loaded {
  run(inputs: Values): Promise<Values>;
  release(): Promise<void>;
}

/** Wraps an engine so that its errors about a file become one sentence: InvalidGraph. */
export const namingFile = (engine: InferenceEngine, file: string): InferenceEngine => {
  const inWords =
    (does: string) =>
    (error: unknown): never => {
      if (isUserError(error)) throw error;
      throw new InvalidGraph(
        `${file}: expected a file that ${engine.name} ${does}, got "${reasonOf(error)}"; report this with the definition`,
      );
    };
  return {
    name: engine.name,
    load: async (...args) => {
      const loaded = await engine.load(...args).catch(inWords('loads'));
      return { ...loaded, run: (inputs) => loaded.run(inputs).catch(inWords('runs')) };
    },
  };
};

/** Wraps onnxruntime, from one of its packages, as an engine: on the CPU, unless another provider is named, in one thread. */
export const onnxruntime = (ort: Ort, name: string, provider = 'cpu'): InferenceEngine => ({
  name,
  load: async (bytes, external) => {
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: [provider],
      intraOpNumThreads: 1,
      // Errors only: a warning about an unused initializer of an unoptimised graph is of no interest.
      logSeverityLevel: 3,
      ...(external && { externalData: [{ path: external.file, data: external.bytes }] }),
    });
    return {
      run: async (inputs) => {
        const feeds = Object.entries(inputs).map(
          ([key, { data, shape }]) => [key, new ort.Tensor('float32', data, shape)] as const,
        );
        const results = await session.run(Object.fromEntries(feeds));
        const outputs = Object.entries(results).map(([key, { data, dims }]) => {
          if (!(data instanceof Float32Array)) throw new TypeError(`${name} gives ${key} in another type than float32`);
          return [key, { data, shape: dims }] as const;
        });
        return Object.fromEntries(outputs);
      },
      release: () => session.release(),
    };
  },
});

/** The same engine, which neither loads nor runs anything once the signal is aborted: the signal's reason is thrown. */
export const until = (signal: AbortSignal, engine: InferenceEngine): InferenceEngine => ({
  name: engine.name,
  load: async (...given) => {
    signal.throwIfAborted();
    const { run, release } = await engine.load(...given);
    return {
      run: (inputs) => {
        signal.throwIfAborted();
        return run(inputs);
      },
      release,
    };
  },
});
