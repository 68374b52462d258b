import { Unavailable } from '../errors.ts';
import type { FileRunner } from './sessions.ts';

declare global {
  // What `await using` calls; not all of the libraries that TypeScript may be told to use have it.
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol;
  }
}

/** What can be closed, by hand or by `await using`. */
export interface Closable {
  /** Frees what is held, once the calls that were made before have ended; calls after it are refused. Twice is once. */
  close(): Promise<void>;
  /** The same, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The calls of something that can be closed. */
export interface Calls extends Closable {
  /** The same function, refused after `close`. */
  counted<A extends readonly unknown[], R>(call: (...args: A) => Promise<R>): (...args: A) => Promise<R>;
}

/** The calls of a model until `close`, which frees its files when those that run have ended; later ones throw an `Unavailable`. */
export const callsOf = (name: string, files: Pick<FileRunner, 'close'>): Calls => {
  /** All calls so far; what they gave is not held. */
  let running: Promise<unknown> = Promise.resolve();
  let end: Promise<void> | undefined;
  const close = (): Promise<void> => (end ??= running.then(files.close));
  return {
    close,
    [asyncDispose]: close,
    counted:
      (call) =>
      async (...args) => {
        if (end) throw new Unavailable(`${name}: expected an open model, got a closed one; open it again`);
        const before = running;
        const result = call(...args);
        const wait = (): Promise<unknown> => before;
        running = result.then(wait, wait);
        return result;
      },
  };
};

/** What is closed so; twice must be once. */
export const closable = (close: () => Promise<void>): Closable => ({ close, [asyncDispose]: close });

/** Where there is no such symbol yet, what compilers of `await using` take in its place. */
const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');
