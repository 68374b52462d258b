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
  readonly onDevice: boolean;
  readonly #backend: OnnxBackend;
  readonly #stopping: Stopping | undefined;
  readonly #files = new Map<number, OrtSession>();
  readonly #places = new Map<number, Kept>();
  #opened = 0;
  #interrupted = false;

  constructor(backend: OnnxBackend, stopping?: Stopping) {
    this.#backend = backend;
    this.#stopping = stopping;
    this.onDevice = backend.provider === 'webgpu';
    this.stops = stopping !== undefined && !this.onDevice;
  }

  async open(model: Uint8Array, kept: readonly string[] = []): Promise<Opened> {
    const options = optionsOf(this.#backend);
    const places = Object.fromEntries(kept.map((name) => [name, 'gpu-buffer'] as const));
    const session = await this.#backend.ort.InferenceSession.create(model, {
      ...options,
      ...(this.onDevice && kept.length > 0 && { preferredOutputLocation: places }),
    });
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
    this.#replace(place, new Map([...(this.#places.get(place) ?? []), ...tensors]));
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
    this.#replace(place, new Map());
    this.#places.delete(place);
  }

  async call(place: number, calls: readonly Call[]): Promise<Answer> {
    this.#interrupted = false;
    const before: Kept = this.#places.get(place) ?? new Map();
    const computed: Computed[] = [];
    let now = before;
    try {
      for (const call of calls) {
        if (this.#interrupted && computed.length > 0) break;
        const { results, ms, next } = await this.#one(now, call);
        free(now, [before, next]);
        now = next;
        computed.push({ results, ms });
      }
    } catch (error) {
      free(now, [before]);
      throw error;
    }
    if (now.size > 0) this.#replace(place, now);
    return { computed, returned: calls.map(({ given }) => given) };
  }

  interrupt(): void {
    this.#interrupted = true;
  }

  async #one(kept: Kept, { file, given }: Call): Promise<Computed & { readonly next: Kept }> {
    const session = this.#files.get(file);
    if (!session) throw new Error(`onnx: file ${file} is not open`);
    const started = performance.now();
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
    return { results: others, ms: performance.now() - started, next };
  }

  #replace(place: number, by: Kept): void {
    free(this.#places.get(place) ?? new Map(), [by]);
    this.#places.set(place, by);
  }

  #tensor({ dims, data }: { readonly dims: readonly number[]; readonly data: Float32Array }): OrtTensor {
    const { Tensor }: Ort = this.#backend.ort;
    // Memory that is used again may be longer.
    return new Tensor('float32', data.subarray(0, size(dims)), dims);
  }
}

const NEXT = 'next/';

/** Tensors of a place. */
type Kept = ReadonlyMap<string, OrtTensor>;

/** Frees the memory of tensors on a device, unless others hold them too; what is not on one, JavaScript frees. */
const free = (tensors: Kept, unless: readonly Kept[]): void => {
  const held = new Set(unless.flatMap((others) => [...others.values()]));
  for (const tensor of tensors.values()) if (tensor.location === 'gpu-buffer' && !held.has(tensor)) tensor.dispose?.();
};
