import type { Held, Ort, OrtOptions, OrtSession, OrtTensor } from '../ort.ts';
import { started, type OrtWeb, type Start } from './start.ts';

/** A page's request to its worker; the reply goes to the port that comes with it. */
export type Request =
  | { readonly do: 'start'; readonly start: Start }
  | { readonly do: 'create'; readonly bytes: Uint8Array; readonly options: OrtOptions }
  | ({ readonly do: 'run'; readonly session: number; readonly feeds: Sent } & Held)
  | { readonly do: 'release'; readonly session: number };

/** Tensors as they are sent. */
export type Sent = Readonly<Record<string, { readonly data: Float32Array; readonly dims: readonly number[] }>>;

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
  const sessions: Hosted[] = [];
  let ort: Ort; // the page's first request starts it

  const serve = async (request: Request): Promise<unknown> => {
    if (request.do === 'start') {
      const { start } = request;
      return void (ort = await started(await load(start), start, (lost) => self.postMessage({ lost }, [])));
    }
    if (request.do === 'create') {
      const session = await ort.InferenceSession.create(request.bytes, request.options);
      const { inputNames, outputNames } = session;
      return { session: sessions.push({ session, states: [] }) - 1, inputNames, outputNames } satisfies Opened;
    }
    const { session, states } = sessions[request.session] as Hosted; // the page has its number from here
    if (request.do === 'release') {
      delete sessions[request.session];
      return session.release();
    }
    // A run that holds nothing has neither: no state is called undefined, and it is not below 0.
    const { from, to, feeds } = request as Extract<Request, { readonly do: 'run' }> & Required<Held>;
    const given = { ...states[from] };
    if (to < 0) return plain(given);
    for (const [name, { data, dims }] of Object.entries(feeds)) given[name] = new ort.Tensor('float32', data, dims);
    const results = (await session.run(given)) as Values; // an object of its own
    for (const [name, value] of Object.entries(results)) {
      const [, own] = name.split('next/');
      if (own) {
        given[own] = value;
        states[to] = given;
        results[name] = { data: (value.data as Float32Array).every(isFinite), dims: [] };
      }
    }
    return plain(results);
  };

  let last: Promise<void> = Promise.resolve();
  self.addEventListener('message', ({ data, ports: [port] }) => {
    const reply = (message: Reply): void => port.postMessage(message, []);
    last = last
      .then(() => serve(data))
      .then(
        (value) => reply({ value }),
        (error) => reply({ error: String(error?.message ?? error) }),
      );
  });
  self.postMessage({ ready: true }, []);
};

type Values = Record<string, OrtTensor>;

/** A session, and the states that it holds, by their numbers. */
interface Hosted {
  readonly session: OrtSession;
  readonly states: Values[];
}

/** Returns tensors as what can be sent. */
const plain = (tensors: Readonly<Values>): Values =>
  Object.fromEntries(Object.entries(tensors).map(([name, { data, dims }]) => [name, { data, dims }]));

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
