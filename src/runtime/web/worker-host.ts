import type { Ort, OrtOptions, OrtSession } from '../ort.ts';
import type { Feeds } from '../sessions.ts';
import { started, type OrtWeb, type Start } from './start.ts';

/** A page's request to its worker; the reply goes to the port that comes with it. */
export type Request =
  | { readonly do: 'start'; readonly start: Start }
  | { readonly do: 'create'; readonly bytes: Uint8Array; readonly options: OrtOptions }
  | { readonly do: 'run'; readonly session: number; readonly feeds: Feeds }
  | { readonly do: 'release'; readonly session: number };

/** The outcome of a request. */
export type Reply = { readonly value: unknown } | { readonly error: string };

/** A worker's unsolicited messages: that it is listening, that its GPU is lost. */
export type Said = { readonly ready: true } | { readonly lost: string };

/** A session in a worker. */
export interface Opened {
  readonly session: number;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
}

/**
 * Runs onnxruntime-web in this worker for its page. Requests are served one at a time: two concurrent ones on a GPU hang, or
 * corrupt each other's memory (microsoft/onnxruntime#32561).
 */
export const host = (load: (start: Start) => Promise<OrtWeb>): void => {
  // onnxruntime starts its threads from the script that contains it, which may be this one.
  if (self.name.startsWith('em-pthread')) return;
  const sessions = new Map<number, OrtSession>();
  let ort: Ort; // the page's first request starts it
  let count = 0;

  const serve = async (request: Request): Promise<unknown> => {
    if (request.do === 'start') {
      const loaded = await load(request.start);
      ort = await started(loaded, request.start, (lost) => self.postMessage({ lost }, []));
      return;
    }
    if (request.do === 'create') {
      const session = await ort.InferenceSession.create(request.bytes, request.options);
      sessions.set(++count, session);
      const { inputNames, outputNames } = session;
      return { session: count, inputNames: [...inputNames], outputNames: [...outputNames] } satisfies Opened;
    }
    const session = sessions.get(request.session);
    if (request.do === 'release') {
      sessions.delete(request.session);
      return session?.release();
    }
    const feeds = Object.entries(request.feeds).map(
      ([name, { data, shape }]) => [name, new ort.Tensor('float32', data, shape)] as const,
    );
    const found = await session?.run(Object.fromEntries(feeds));
    return Object.fromEntries(Object.entries(found ?? {}).map(([name, { data, dims }]) => [name, { data, dims }]));
  };

  let last: Promise<void> = Promise.resolve();
  self.addEventListener('message', ({ data, ports: [port] }) => {
    const reply = (message: Reply): void => port.postMessage(message, []);
    last = last
      .then(() => serve(data))
      .then(
        (value) => reply({ value }),
        (error) => reply({ error: error instanceof Error ? error.message : String(error) }),
      );
  });
  self.postMessage({ ready: true }, []);
};

/** The part of a worker's global scope that is used. */
declare const self: Port<Said> & {
  readonly name: string;
  addEventListener(
    type: 'message',
    listener: (event: { readonly data: Request; readonly ports: readonly [Port<Reply>] }) => void,
  ): void;
};

interface Port<M> {
  postMessage(message: M, transfer: readonly ArrayBuffer[]): void;
}
