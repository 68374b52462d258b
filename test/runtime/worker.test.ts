import { describe, expect, it } from 'vitest';
import { Unavailable } from '../../src/errors.ts';
import { errorOf } from '../../src/runtime/web/failed.ts';
import { startRemote, type Failure, type WorkerLike } from '../../src/runtime/web/remote.ts';
import type { Reply, Request, Said } from '../../src/runtime/web/worker-host.ts';

interface Port {
  postMessage(message: Reply, transfer: readonly ArrayBuffer[]): void;
  close(): void;
}

type Listener = (event: { readonly data: Said; readonly message?: string }) => void;

/** A worker whose GPU fails every run; it reports the loss after `after` milliseconds, if that is given. */
class Failing implements WorkerLike {
  readonly #after: number | undefined;
  #listener: Listener = () => undefined;
  constructor(after?: number) {
    this.#after = after;
  }
  addEventListener(type: string, listener: Listener): void {
    if (type !== 'message') return;
    this.#listener = listener;
    queueMicrotask(() => listener({ data: { ready: true } }));
  }
  postMessage(request: Request, [port]: readonly [unknown]): void {
    const answer = (message: Reply): void => {
      (port as Port).postMessage(message, []); // what startRemote sends along
      (port as Port).close(); // Node waits for ports
    };
    if (request.do === 'start') return answer({ value: undefined });
    if (request.do === 'create') return answer({ value: { session: 0, inputNames: [], outputNames: [] } });
    answer({ error: 'mapAsync failed' });
    if (this.#after !== undefined) setTimeout(() => this.#listener({ data: { lost: 'it crashed' } }), this.#after);
  }
  terminate(): void {}
}

const why = (what: Failure): Promise<Error> =>
  errorOf(what, { wasm: new URL('http://here/') }, '', async () => new Uint8Array());
const running = async (worker: WorkerLike) => {
  const { ort, over } = await startRemote(worker, { threads: 1, gpu: true }, why);
  const options = { executionProviders: ['webgpu'], intraOpNumThreads: 1 };
  return { session: await ort.InferenceSession.create(new Uint8Array(), options), over };
};

describe('a call that fails in a worker', () => {
  it('because the GPU is lost says so, though the loss is reported after the failure', async () => {
    for (const after of [0, 20]) {
      const { session, over } = await running(new Failing(after));
      const error = await session.run({}).catch((reason: unknown) => reason);
      expect(error).toEqual(
        new Unavailable(
          'webgpu: expected the GPU that the model was opened on, got "it crashed"; open the model again',
        ),
      );
      expect(error).toBeInstanceOf(Unavailable);
      await over;
    }
  });

  it('for another reason says that', async () => {
    const { session } = await running(new Failing());
    await expect(session.run({})).rejects.toThrow(/^mapAsync failed$/);
  });
});
