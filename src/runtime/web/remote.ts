import type { Held, Ort, OrtTensor } from '../ort.ts';
import type { Opened, Reply, Request, Said, Sent } from './worker-host.ts';
import type { Start } from './start.ts';

/** The part of a page's `Worker` that is used. */
export interface WorkerLike {
  postMessage(request: Request, transfer: readonly [unknown]): void;
  terminate(): void;
  addEventListener(type: 'message', listener: (event: { readonly data: Said }) => void): void;
  addEventListener(type: 'error', listener: (event: { readonly message?: string }) => void): void;
}

/** The browser's, which Node's types describe only partly. */
declare const MessageChannel: new () => {
  readonly port1: {
    start(): void;
    addEventListener(type: 'message', listener: (event: { readonly data: Reply }) => void): void;
  };
  readonly port2: unknown;
};

/** What has failed: a worker's script, of which browsers may report nothing; its GPU, which is lost; or a request. */
export interface Failure {
  readonly message?: string;
  readonly lost?: string;
  readonly error?: string;
}

/** An onnxruntime that runs elsewhere, or under a lock. */
export interface Running {
  readonly ort: Ort;
  /** Resolves when it has ended by itself: its GPU is lost, or its worker has crashed. */
  readonly over: Promise<void>;
  /** Stops it; pending requests are refused. */
  stop(): void;
}

/**
 * Starts the onnxruntime of a worker. Throws the worker's error if the start fails. A script that does not load, a worker that crashes
 * with a message and a GPU that is lost end it, with the error that `why` returns; so does a request that fails, but that one alone.
 */
export const startRemote = async (
  worker: WorkerLike,
  start: Start,
  why: (what: Failure) => Promise<Error>,
): Promise<Running> => {
  let end: (error: Error) => void = () => undefined;
  const ended = new Promise<never>((_, reject) => (end = reject));
  const ask: Ask = (request) => {
    const { port1, port2 } = new MessageChannel();
    const answer = new Promise((resolve, reject) => {
      port1.start();
      port1.addEventListener('message', ({ data }) =>
        'error' in data ? why(data).then(reject, reject) : resolve(data.value),
      );
    });
    worker.postMessage(request, [port2]);
    return Promise.race([ended, answer]);
  };
  const stop = (): void => {
    worker.terminate();
    end(new Error()); // which nobody awaits: sessions are released first
  };
  const fail = (what: Failure): void => void why(what).then(end, end);
  const ready = new Promise<void>((resolve) => {
    worker.addEventListener('message', ({ data }) => ('lost' in data ? fail(data) : resolve()));
  });
  worker.addEventListener('error', fail);
  // A worker that is still loading would miss messages.
  await Promise.race([ended, ready.then(() => ask({ do: 'start', start }))]).catch((error: unknown) => {
    stop();
    throw error;
  });
  return { ort: remoteOrt(ask), over: ended.catch(() => undefined), stop };
};

type Ask = (request: Request) => Promise<unknown>;

type Tensors = Readonly<Record<string, OrtTensor>>;

const remoteOrt = (ask: Ask): Ort => ({
  Tensor: RemoteTensor,
  InferenceSession: {
    create: async (bytes, options) => {
      // The worker returns what the protocol defines: it is the same program.
      const { session, inputNames, outputNames } = (await ask({ do: 'create', bytes, options })) as Opened;
      const run = (tensors: Tensors, held?: Held): Promise<Tensors> => {
        const feeds = Object.fromEntries(
          Object.entries(tensors).map(([name, { data, dims }]) => [name, { data: own(data), dims }]),
        ) as Sent; // what files take is float32
        return ask({ do: 'run', session, feeds, ...held }) as Promise<Tensors>; // as above
      };
      return {
        inputNames,
        outputNames,
        run,
        hold: run,
        release: () => ask({ do: 'release', session }) as Promise<void>,
      };
    },
  },
});

/** A tensor that is waiting to be sent. */
class RemoteTensor implements OrtTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
  constructor(_type: 'float32', data: Float32Array, dims: readonly number[]) {
    this.data = data;
    this.dims = dims;
  }
}

/** Returns an array without the rest of its buffer, which would be sent with it. */
const own = (data: unknown): unknown =>
  data instanceof Float32Array && data.byteLength < data.buffer.byteLength ? data.slice() : data;
