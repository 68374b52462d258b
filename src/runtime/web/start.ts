import type { Ort } from '../ort.ts';

/** The settings with which onnxruntime-web is started, once per page or worker: a failed start cannot be repeated there. */
export interface Start {
  /** The checked bytes of its WebAssembly; by default it finds them itself. */
  readonly wasm?: Uint8Array;
  readonly threads: number;
  readonly gpu: boolean;
  /** The address of its module, if the caller cannot import it by name. */
  readonly module?: string;
}

/** The part of onnxruntime-web's module that is used. */
export interface OrtWeb extends Ort {
  readonly env: {
    logLevel?: string | undefined;
    readonly wasm: { wasmBinary?: unknown; numThreads?: number };
    readonly webgpu?: {
      readonly device: Promise<{ readonly lost?: Promise<{ readonly message?: string }> } | undefined>;
    };
  };
}

/** Starts onnxruntime-web, on its own GPU if requested; `onLost` is called when the GPU is lost. */
export const started = async (ort: OrtWeb, start: Start, onLost: (reason: string) => void): Promise<Ort> => {
  if (start.wasm) ort.env.wasm.wasmBinary = start.wasm;
  ort.env.wasm.numThreads = start.threads;
  ort.env.logLevel = 'error';
  const { InferenceSession, Tensor } = ort;
  // It is initialised only with the first session, even one of an empty file, which is refused after initialisation.
  const nothing = { executionProviders: [start.gpu ? 'webgpu' : 'wasm'], intraOpNumThreads: 1 };
  await InferenceSession.create(new Uint8Array(), nothing).catch((error: unknown) => {
    if (/no available backend/.test(String(error))) throw error;
  });
  let lost: Promise<void> | undefined;
  const create: Ort['InferenceSession']['create'] = async (bytes, options) => {
    const session = await InferenceSession.create(bytes, options);
    if (start.gpu) lost ??= lostOf(ort).then(onLost);
    return session;
  };
  return { Tensor, InferenceSession: { create } };
};

/** Waits for the loss of the GPU that onnxruntime has used since its first session, and returns the reason. */
const lostOf = async ({ env }: OrtWeb): Promise<string> => `${(await (await env.webgpu?.device)?.lost)?.message}`;
