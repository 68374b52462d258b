import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { Unavailable } from '../errors.ts';
import { OnnxBuilder } from '../onnx/builder.ts';
import { OPSET } from '../onnx/schema.ts';
import { plainReason } from '../onnxruntime.ts';
import { fileOf } from './onnx-backend.ts';
import { STOP, type Answer, type Call, type Host, type Opened, type Values } from './onnx-host.ts';
import { buffersIn, type Ask, type Method, type Tell } from './onnx-messages.ts';
import type { Begin } from './onnx-worker.ts';

/** How long a call may last, in milliseconds, if it can be ended at any step … */
const WITH_STOP = 2000;
/** … and if not: Ctrl-C waits for it. */
const WITHOUT_STOP = 700;

/** A question that is not answered yet. */
interface Asked {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** onnxruntime in a worker. It keeps the process alive only while it is asked something. */
export class RemoteHost implements Host {
  readonly stops: boolean;
  readonly longest: number;
  readonly onDevice: boolean;
  readonly #worker: Worker;
  readonly #failed: (reason: string) => Error;
  readonly #asked = new Map<number, Asked>();
  #ids = 0;
  #interrupted = false;
  /** The memory that ends the present loop; it is held until that has ended. */
  #flag: Uint8Array | undefined;
  #lost: Error | undefined;

  /** Starts a worker. @throws the reason, in a line, if onnxruntime-node does not load in it */
  static async start(how: Omit<Begin, 'probe'>): Promise<RemoteHost> {
    const worker = startWorker({ ...how, probe: fileOf(probeGraph()) });
    const first = await new Promise<Tell>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(endedWith(code)));
    });
    if ('failed' in first) {
      await worker.terminate();
      throw new Error(first.failed);
    }
    return new RemoteHost(worker, 'stops' in first && first.stops, how);
  }

  private constructor(worker: Worker, stops: boolean, { name, provider }: Pick<Begin, 'name' | 'provider'>) {
    this.#worker = worker;
    this.onDevice = provider === 'webgpu';
    this.#failed = provider === 'cpu' ? (reason) => new Error(reason) : (reason) => failedOn(name, reason);
    this.stops = stops;
    this.longest = stops ? WITH_STOP : WITHOUT_STOP;
    worker.on('message', (message: Tell) => this.#hear(message));
    worker.on('error', (error) => this.#lose(error));
    worker.on('messageerror', (error) => this.#lose(error));
    worker.on('exit', (code) => this.#lose(endedWith(code)));
    worker.unref();
  }

  /** Whether its thread has not ended. */
  get isThere(): boolean {
    return this.#lost === undefined;
  }

  open(model: Uint8Array, kept: readonly string[] = []): Promise<Opened> {
    return this.#ask('open', [model, kept]);
  }

  release(file: number): Promise<void> {
    return this.#ask('release', [file]);
  }

  set(place: number, values: Values): Promise<void> {
    return this.#ask('set', [place, values]);
  }

  get(place: number, names: readonly string[]): Promise<Values> {
    return this.#ask('get', [place, names]);
  }

  forget(place: number): Promise<void> {
    return this.#ask('forget', [place]);
  }

  async call(place: number, calls: readonly Call[]): Promise<Answer> {
    this.#interrupted = false;
    try {
      return await this.#ask<Answer>('call', [place, calls]);
    } finally {
      this.#flag = undefined;
    }
  }

  interrupt(): void {
    this.#interrupted = true;
    this.#flag?.fill(1);
    this.#post({ op: 'interrupt' });
  }

  /** Ends the worker, which must not be at work. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask<T>(op: Method, args: readonly unknown[]): Promise<T> {
    if (this.#lost) return Promise.reject(this.#lost);
    const id = ++this.#ids;
    return new Promise<T>((resolve, reject) => {
      // Before anything waits for an answer: what cannot be sent is refused here.
      this.#post({ id, op, args } as Ask, buffersIn(args));
      // The answer to an operation is of its type, which `Host` says.
      this.#asked.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#worker.ref();
    });
  }

  #post(message: Ask, owned: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, owned);
  }

  #hear(message: Tell): void {
    if ('flag' in message) {
      this.#flag = new Uint8Array(message.flag);
      if (this.#interrupted) this.#flag.fill(1);
    }
    if (!('id' in message)) return;
    const asked = this.#asked.get(message.id);
    this.#asked.delete(message.id);
    if (this.#asked.size === 0) this.#worker.unref();
    if ('error' in message) asked?.reject(this.#failed(message.error));
    else asked?.resolve(message.value);
  }

  #lose(error: Error): void {
    this.#lost ??= error;
    for (const { reject } of this.#asked.values()) reject(this.#lost);
    this.#asked.clear();
  }
}

/**
 * What cannot be computed on a device, such as an operator that onnxruntime lacks there, or what does not fit into its memory, can be
 * on the processor: the probe has shown that the device itself works.
 */
const failedOn = (name: string, reason: string): Unavailable =>
  new Unavailable(
    `train: expected ${name} to compute a step of this model, got "${plainReason(reason)}"; leave --device out to train on the processor`,
  );

const endedWith = (code: number): Error => new Error(`onnx: the thread that trains has ended with code ${code}`);

/** Starts the worker's module: as it is built, or in this repository as it is written, which Node cannot load by itself. */
const startWorker = (workerData: Begin): Worker => {
  const isSource = import.meta.url.endsWith('.ts');
  const file = new URL(isSource ? './onnx-worker.ts' : './onnx-worker.js', import.meta.url);
  // Those of the process may not fit: a worker of `node --input-type=module --eval …` would not start.
  const execArgv: string[] = [];
  if (!isSource) return new Worker(file, { workerData, execArgv });
  const jiti = createRequire(import.meta.url).resolve('jiti');
  const code = `import(${JSON.stringify(jiti)}).then(({ createJiti }) => createJiti(${JSON.stringify(file.href)}).import(${JSON.stringify(file.href)}))`;
  return new Worker(code, { eval: true, workerData, execArgv });
};

/** A graph of `stop` and `x` that gives x, or 0 if it is to stop. */
const probeGraph = () => {
  const onnx = new OnnxBuilder('probe', { opset: OPSET });
  const stop = onnx.input(STOP, 'bool', []);
  onnx.output('y', onnx.Where(stop, onnx.constant(0), onnx.input('x', 'float32', [])), 'float32', []);
  return onnx.graph();
};
