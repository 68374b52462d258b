import { joined, rowsOf } from '../runtime/feed-rows.ts';
import type { Feeds, FileRunner } from '../runtime/sessions.ts';
import type { Part } from '../signature.ts';
import type { Engine } from './engine.ts';

/** What is reported of a call that has ended. */
export interface Ran {
  readonly part: Part;
  readonly requests: number;
  readonly rows: number;
  readonly seconds: number;
}

/** A batch that waits to be run together with others. */
interface Waiting {
  readonly inputs: Feeds;
  readonly rows: number;
  readonly order: number;
  readonly resolve: (outputs: Feeds) => void;
  readonly reject: (error: unknown) => void;
  /** Stops listening to its signal. */
  readonly quiet: () => void;
}

/**
 * Runs batches of several requests as one, which is possible since what a file computes for a row depends on that row alone. What arrives
 * while all threads are busy waits, and the next call takes as much of it as fits; nothing waits for what may still arrive.
 */
export class Batching {
  readonly #engine: Engine;
  readonly #most: number;
  readonly #onRan: (ran: Ran) => void;
  readonly #queues = new Map<Part, Waiting[]>();
  #order = 0;
  #planned = false;

  /** `most`: rows of a call, unless a single batch has more. */
  constructor(engine: Engine, most: number, onRan: (ran: Ran) => void) {
    this.#engine = engine;
    this.#most = most;
    this.#onRan = onRan;
    engine.onFree(() => this.#plan());
  }

  /** The number of batches that wait. */
  get waiting(): number {
    return [...this.#queues.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** Returns a runner for one request; what still waits when its signal aborts is not run. */
  runner(signal: AbortSignal): FileRunner {
    return { run: (part, inputs) => this.#wait(part, inputs, signal), close: async () => undefined };
  }

  #wait(part: Part, inputs: Feeds, signal: AbortSignal): Promise<Feeds> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const queue = this.#queues.get(part) ?? [];
      this.#queues.set(part, queue);
      const rows = Object.values(inputs)[0]?.shape[0] ?? 0;
      // What already runs cannot be stopped, but nobody waits for it.
      const leave = (): void => {
        if (queue.includes(waiting)) queue.splice(queue.indexOf(waiting), 1);
        reject(signal.reason);
      };
      const quiet = (): void => signal.removeEventListener('abort', leave);
      const waiting: Waiting = { inputs, rows, order: this.#order++, resolve, reject, quiet };
      signal.addEventListener('abort', leave, { once: true });
      queue.push(waiting);
      this.#plan();
    });
  }

  /** Begins calls once everything that has arrived by now is read, so that it is taken together. */
  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    setImmediate(() => {
      this.#planned = false;
      while (this.#engine.free > 0) {
        const next = this.#take();
        if (!next) break;
        void this.#run(...next);
      }
    });
  }

  /** Takes what has waited longest, and what fits into a call with it. */
  #take(): readonly [Part, readonly Waiting[]] | undefined {
    let oldest: readonly [Part, Waiting[]] | undefined;
    for (const entry of this.#queues)
      if ((entry[1][0]?.order ?? Infinity) < (oldest?.[1][0]?.order ?? Infinity)) oldest = entry;
    if (!oldest) return undefined;
    const [part, queue] = oldest;
    let rows = 0;
    let count = 0;
    for (const waiting of queue) {
      rows += waiting.rows;
      if (count > 0 && rows > this.#most) break;
      count++;
    }
    return [part, queue.splice(0, count)];
  }

  async #run(part: Part, batch: readonly Waiting[]): Promise<void> {
    const rows = batch.reduce((sum, waiting) => sum + waiting.rows, 0);
    const started = performance.now();
    try {
      const outputs = await this.#engine.run(
        part,
        joined(
          batch.map(({ inputs }) => inputs),
          rows,
        ),
      );
      this.#onRan({ part, requests: batch.length, rows, seconds: (performance.now() - started) / 1000 });
      let from = 0;
      for (const { rows: own, resolve } of batch) {
        resolve(rowsOf(outputs, from, own, rows));
        from += own;
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      for (const { quiet } of batch) quiet();
    }
  }
}
