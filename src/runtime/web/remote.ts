import { Unavailable } from '../../errors.ts';
import type { Ort, OrtTensor } from '../ort.ts';
import type { Feeds } from '../sessions.ts';
import type { Opened, Reply, Request } from './host.ts';
import type { Start } from './start.ts';

/** What of a page's `Worker` is used. */
export interface WorkerLike {
  postMessage(request: Request, transfer: readonly ArrayBuffer[]): void;
  terminate(): void;
  addEventListener(type: 'message', listener: (event: { readonly data: Reply }) => void): void;
  addEventListener(type: 'error', listener: (event: { readonly message?: string }) => void): void;
}

/** An onnxruntime that runs elsewhere, or under a lock. */
export interface Running {
  readonly ort: Ort;
  /** Is resolved when it has ended by itself: its GPU is lost, or its worker has crashed. */
  readonly over: Promise<void>;
  /** Ends it; what it was still asked to do is refused. */
  stop(): void;
}

/**
 * The onnxruntime of a worker, started. Throws what the worker says of a start that fails; `Unavailable` for a script that
 * does not load, of which `whyNot` gives the reason.
 */
export const startRemote = async (
  worker: WorkerLike,
  start: Start,
  whyNot: () => Promise<string>,
): Promise<Running> => {
  const waiting = new Map<number, Waiting>();
  let ended: Error | undefined;
  let next = 0;
  let isOver = (): void => undefined;
  const over = new Promise<void>((resolve) => (isOver = resolve));
  const end = (error: Error): void => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
    isOver();
  };
  const ask = (request: Asked): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (ended !== undefined) return reject(ended);
      const id = next++;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ ...request, id }, []);
    });
  const stop = (): void => {
    worker.terminate();
    end(new Unavailable('worker: expected an open model, got a closed one; open it again'));
  };

  await new Promise<void>((resolve, reject) => {
    worker.addEventListener('message', ({ data: reply }) => {
      if ('ready' in reply) return resolve();
      if ('lost' in reply) return end(gpuLost(reply.lost));
      const { resolve: answer, reject: refuse } = waiting.get(reply.id) ?? {};
      waiting.delete(reply.id);
      if ('error' in reply) refuse?.(new Error(reply.error));
      else answer?.(reply.value);
    });
    worker.addEventListener('error', ({ message }) => {
      const crashed = `worker: expected to run, got "${message}"; open the model again`;
      end(new Unavailable(crashed));
      void whyNot().then((why) => reject(new Unavailable(message ? crashed : why)), reject);
    });
  }).catch((error: unknown) => {
    worker.terminate();
    throw error;
  });
  await ask({ do: 'start', start }).catch((error: unknown) => {
    stop();
    throw error;
  });
  return { ort: remoteOrt(ask), over, stop };
};

/** A GPU that is gone, as the system says it. */
export const gpuLost = (reason: string): Unavailable =>
  new Unavailable(`webgpu: expected the GPU that the model was opened on, got "${reason}"; open the model again`);

type Asked = Request extends infer R ? (R extends unknown ? Omit<R, 'id'> : never) : never;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

const remoteOrt = (ask: (request: Asked) => Promise<unknown>): Ort => ({
  Tensor: RemoteTensor,
  InferenceSession: {
    create: async (bytes, options) => {
      // The worker gives what the protocol says: it is the same program.
      const { session, inputNames, outputNames } = (await ask({ do: 'create', bytes, options })) as Opened;
      return {
        inputNames,
        outputNames,
        run: async (tensors) => {
          const feeds = Object.entries(tensors).map(([name, { data, dims }]) => [
            name,
            { data: own(data), shape: dims },
          ]);
          const found = await ask({ do: 'run', session, feeds: Object.fromEntries(feeds) satisfies Feeds });
          return found as Readonly<Record<string, OrtTensor>>; // as above
        },
        release: async () => void (await ask({ do: 'release', session })),
      };
    },
  },
});

/** A tensor that waits to be sent. */
class RemoteTensor implements OrtTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
  constructor(_type: 'float32', data: Float32Array, dims: readonly number[]) {
    this.data = data;
    this.dims = dims;
  }
}

/** An array without the rest of the buffer it lies in, which would be sent with it. */
const own = (data: unknown): unknown =>
  data instanceof Float32Array && data.byteLength < data.buffer.byteLength ? data.slice() : data;
