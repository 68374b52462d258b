import { Worker } from 'node:worker_threads';
import { UserError } from '../errors.ts';
import type { Device } from '../onnxruntime.ts';
import type { Backend } from '../runtime/open-options.ts';
import type { Feeds } from '../runtime/sessions.ts';
import type { Manifest, Part } from '../signature.ts';
import { movable } from '../threads.ts';
import type { Engine } from './engine.ts';

/** A message to a thread. */
export type ToThread = 'close' | { readonly part: Part; readonly inputs: Feeds };

/** What a thread reports. */
export type FromThread =
  | { readonly kind: 'ready'; readonly backend: Backend }
  | { readonly kind: 'unusable'; readonly reason: string; readonly user: boolean }
  | { readonly kind: 'done'; readonly outputs: Feeds }
  | { readonly kind: 'failed'; readonly reason: string };

/** A call that a thread is at. */
interface Call {
  readonly resolve: (outputs: Feeds) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Opens a folder in a number of threads, each with sessions of its own: onnxruntime's calls block their thread, and must not block the one
 * that answers. A thread that dies is replaced, and its call fails.
 *
 * @throws UserError for a folder that cannot be opened.
 */
export const openThreads = async (
  folder: string,
  manifest: Manifest,
  count: number,
  device: Device = 'cpu',
): Promise<{ readonly engine: Engine; readonly backend: Backend }> => {
  const idle: Worker[] = [];
  const calls = new Map<Worker, Call>();
  const listeners: (() => void)[] = [];
  let opening = 0;
  let closing = false;
  const isFree = (thread: Worker): void => {
    if (closing) return tellEnd(thread);
    idle.push(thread);
    for (const listener of listeners) listener();
    return undefined;
  };
  const tellEnd = (thread: Worker): void => {
    const message: ToThread = 'close';
    thread.postMessage(message, []);
  };
  const replace = (thread: Worker): void => {
    calls.get(thread)?.reject(new Error('the thread that ran it has ended; try again'));
    calls.delete(thread);
    if (idle.includes(thread)) idle.splice(idle.indexOf(thread), 1);
    if (closing) return;
    opening++;
    // If no other can be opened either, there is one thread less; without any, the server says that it is not alive.
    void open()
      .catch(() => undefined)
      .finally(() => opening--);
  };
  const open = async (): Promise<Backend> => {
    const thread = new Worker(new URL('./thread.js', import.meta.url), { workerData: { folder, manifest, device } });
    const backend = await started(thread);
    listen(thread, calls, () => isFree(thread));
    thread.on('error', () => undefined);
    thread.on('exit', () => replace(thread));
    isFree(thread);
    return backend;
  };
  const backends = await Promise.all(Array.from({ length: count }, open));
  const [backend = { name: 'cpu', threads: 1 }] = backends;
  const engine: Engine = {
    get free() {
      return idle.length;
    },
    get works() {
      return idle.length + calls.size + opening > 0;
    },
    run: (part, inputs) =>
      new Promise((resolve, reject) => {
        const thread = idle.pop();
        if (!thread) throw new Error('no thread is free');
        const message: ToThread = { part, inputs };
        try {
          thread.postMessage(message, movable(Object.values(inputs).map(({ data }) => data)));
        } catch (error) {
          isFree(thread);
          throw error;
        }
        calls.set(thread, { resolve, reject });
      }),
    onFree: (callback) => void listeners.push(callback),
    close: async () => {
      closing = true;
      const ended = [...idle, ...calls.keys()].map((thread) => new Promise((resolve) => thread.once('exit', resolve)));
      for (const thread of idle) tellEnd(thread);
      await Promise.all(ended);
    },
  };
  return { engine, backend };
};

/** Ends the call that a thread is at with what it answers, after which it is free. */
const listen = (thread: Worker, calls: Map<Worker, Call>, isFree: () => void): void => {
  const end = (how: (call: Call) => void): void => {
    const call = calls.get(thread);
    calls.delete(thread);
    if (call) how(call);
    isFree();
  };
  thread.on('message', (message: FromThread) =>
    end(({ resolve, reject }) => {
      if (message.kind === 'done') resolve(message.outputs);
      if (message.kind === 'failed') reject(new Error(message.reason));
    }),
  );
  thread.on('messageerror', (error) => end(({ reject }) => reject(error)));
};

/** Waits until a thread has opened the folder. @throws UserError if it cannot. */
const started = (thread: Worker): Promise<Backend> =>
  new Promise((resolve, reject) => {
    const ended = (code: number): void => reject(new Error(`a thread has ended with ${code}`));
    thread.once('error', reject);
    thread.once('exit', ended);
    thread.once('message', (message: FromThread) => {
      thread.off('error', reject);
      thread.off('exit', ended);
      if (message.kind === 'ready') return resolve(message.backend);
      const reason = message.kind === 'unusable' ? message.reason : message.kind;
      void thread.terminate();
      return reject(message.kind === 'unusable' && message.user ? new UserError(reason) : new Error(reason));
    });
  });
