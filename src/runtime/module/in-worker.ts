import { Unavailable } from '../../errors.ts';
import type { Feeds } from '../sessions.ts';
import type { Start } from './open.ts';
import type { ModuleReply, ModuleRequest } from './worker-host.ts';

/** The part of a page's `Worker` that is used. */
interface ModuleWorker {
  postMessage(request: ModuleRequest, transfer: [never]): void;
  terminate(): void;
  addEventListener(type: 'error', listener: (event: { readonly message?: string }) => void): void;
}

declare const MessageChannel: new () => {
  readonly port1: {
    start(): void;
    addEventListener(type: 'message', listener: (event: { readonly data: ModuleReply }) => void): void;
  };
  /** Whatever a platform's types call a port. */
  readonly port2: never;
};

/**
 * Returns how a module is run in a worker, so that the page stays responsive: `worker` runs `hostModule`. Closing the model ends it.
 */
export const startIn =
  (worker: ModuleWorker): Start =>
  async (name, plan, module) => {
    let end: (error: Error) => void = () => undefined;
    const ended = new Promise<never>((_, reject) => (end = reject));
    ended.catch(() => undefined); // the next call reports it
    worker.addEventListener('error', ({ message }) =>
      end(
        new Unavailable(
          `${name}: expected its worker to run, got ${message ? `"${message}"` : 'a refusal (by a Content-Security-Policy?)'}; open the model again`,
        ),
      ),
    );
    const ask = (request: ModuleRequest): Promise<Feeds> => {
      const { port1, port2 } = new MessageChannel();
      const answer = new Promise<Feeds>((resolve, reject) => {
        port1.addEventListener('message', ({ data }) =>
          'error' in data ? reject(new Unavailable(data.error)) : resolve(data.value),
        );
        port1.start();
      });
      worker.postMessage(request, [port2]);
      return Promise.race([ended, answer]);
    };
    try {
      await ask({ do: 'start', name, plan, module });
    } catch (error) {
      worker.terminate();
      throw error;
    }
    return { run: (part, inputs) => ask({ do: 'run', part, inputs }), close: async () => worker.terminate() };
  };
