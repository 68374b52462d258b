import type { Ort } from '../ort.ts';

/** What onnxruntime-web is started with, which happens once a page or worker: a failed start cannot be repeated there. */
export interface Start {
  /** The bytes of its WebAssembly, checked; it looks for them itself where they are not given. */
  readonly wasm?: Uint8Array;
  readonly threads: number;
  readonly gpu: boolean;
  /** The address of its module, where the one who starts it cannot import it by name. */
  readonly module?: string;
}

/** What of onnxruntime-web's module is used. */
export interface OrtWeb extends Ort {
  readonly env: {
    logLevel?: string | undefined;
    readonly wasm: { wasmBinary?: unknown; numThreads?: number };
    readonly webgpu?: { readonly device: Promise<unknown> };
  };
}

/** An onnxruntime-web that is ready, on a GPU of its own where that was asked for; `onLost` is told where that goes. */
export const started = async (ort: OrtWeb, start: Start, onLost: (reason: string) => void): Promise<Ort> => {
  if (start.wasm) ort.env.wasm.wasmBinary = start.wasm;
  ort.env.wasm.numThreads = start.threads;
  ort.env.logLevel = 'error';
  const { InferenceSession, Tensor } = ort;
  // It begins with the first session only, even where that is of nothing, which is refused once it has begun.
  const nothing = { executionProviders: [start.gpu ? 'webgpu' : 'wasm'], intraOpNumThreads: 1 };
  await InferenceSession.create(new Uint8Array(), nothing).catch((error: unknown) => {
    if (/no available backend/.test(String(error))) throw error;
  });
  if (!start.gpu) return { InferenceSession, Tensor };
  let watched = false;
  const create: Ort['InferenceSession']['create'] = async (bytes, options) => {
    const session = await InferenceSession.create(bytes, options);
    if (!watched) {
      watched = true;
      void lostOf(ort).then(onLost);
    }
    return session;
  };
  return { Tensor, InferenceSession: { create } };
};

/** Why the GPU that onnxruntime has from its first session on is lost, when it is. */
const lostOf = async ({ env }: OrtWeb): Promise<string> => {
  const device = Object(await env.webgpu?.device);
  return Object(await device.lost).message;
};
