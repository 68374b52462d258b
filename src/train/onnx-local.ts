import type { Ort, OrtSession, OrtTensor } from '../runtime/ort.ts';
import { size } from '../shape/size.ts';
import { dataOf, optionsOf, valueOf, type OnnxBackend } from './onnx-backend.ts';
import type { Answer, Call, Computed, Host, Opened, Values } from './onnx-host.ts';
import { STOP } from './onnx-host.ts';

/** Makes the input that ends a loop from outside, from all that the call is given. */
export type Stopping = (
  feeds: Readonly<Record<string, OrtTensor>>,
  names: readonly string[],
) => Record<string, OrtTensor>;

/** How long a call in the thread of the user may last, in milliseconds: Ctrl-C and progress wait for it. */
const IN_THIS_THREAD = 150;

/** onnxruntime in this thread. */
export class LocalHost implements Host {
  readonly longest = IN_THIS_THREAD;
  readonly stops: boolean;
  readonly #backend: OnnxBackend;
  readonly #stopping: Stopping | undefined;
  readonly #files = new Map<number, OrtSession>();
  readonly #places = new Map<number, ReadonlyMap<string, OrtTensor>>();
  #opened = 0;
  #interrupted = false;

  constructor(backend: OnnxBackend, stopping?: Stopping) {
    this.#backend = backend;
    this.#stopping = stopping;
    this.stops = stopping !== undefined;
  }

  async open(model: Uint8Array): Promise<Opened> {
    const session = await this.#backend.ort.InferenceSession.create(model, optionsOf(this.#backend));
    const file = ++this.#opened;
    this.#files.set(file, session);
    return { file, inputs: session.inputNames };
  }

  async release(file: number): Promise<void> {
    const session = this.#files.get(file);
    this.#files.delete(file);
    await session?.release();
  }

  async set(place: number, values: Values): Promise<void> {
    const tensors = Object.entries(values).map(([name, value]) => [name, this.#tensor(value)] as const);
    this.#places.set(place, new Map([...(this.#places.get(place) ?? []), ...tensors]));
  }

  async get(place: number, names: readonly string[]): Promise<Values> {
    return Object.fromEntries(
      names.map((name) => {
        const value = this.#places.get(place)?.get(name);
        return [name, { dims: value?.dims ?? [], data: dataOf(value).slice() }];
      }),
    );
  }

  async forget(place: number): Promise<void> {
    this.#places.delete(place);
  }

  async call(place: number, calls: readonly Call[]): Promise<Answer> {
    this.#interrupted = false;
    const before = this.#places.get(place);
    const computed: Computed[] = [];
    try {
      for (const call of calls) {
        if (this.#interrupted && computed.length > 0) break;
        computed.push(await this.#one(place, call));
      }
    } catch (error) {
      if (before) this.#places.set(place, before);
      throw error;
    }
    return { computed, returned: calls.map(({ given }) => given) };
  }

  interrupt(): void {
    this.#interrupted = true;
  }

  async #one(place: number, { file, given }: Call): Promise<Computed> {
    const session = this.#files.get(file);
    if (!session) throw new Error(`onnx: file ${file} is not open`);
    const started = performance.now();
    const kept = this.#places.get(place) ?? new Map<string, OrtTensor>();
    const own = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, this.#tensor(value)]));
    const names = session.inputNames.filter((name) => name !== STOP);
    const feeds = Object.fromEntries(names.map((name) => [name, own[name] ?? kept.get(name) ?? valueOf({}, name)]));
    const results = await session.run(
      names.length < session.inputNames.length && this.#stopping ? this.#stopping(feeds, names) : feeds,
    );
    const next = new Map(kept);
    const others: Record<string, { dims: readonly number[]; data: Float32Array }> = {};
    for (const [name, value] of Object.entries(results)) {
      if (name.startsWith(NEXT)) next.set(name.slice(NEXT.length), value);
      else others[name] = { dims: value.dims, data: dataOf(value) };
    }
    if (next.size > 0) this.#places.set(place, next);
    return { results: others, ms: performance.now() - started };
  }

  #tensor({ dims, data }: { readonly dims: readonly number[]; readonly data: Float32Array }): OrtTensor {
    const { Tensor }: Ort = this.#backend.ort;
    // Memory that is used again may be longer.
    return new Tensor('float32', data.subarray(0, size(dims)), dims);
  }
}

const NEXT = 'next/';
