import { callErrors } from './load-call-errors.ts';
import type { FileRunner } from './sessions.ts';

declare global {
  // The method that `await using` calls; some of the libraries that TypeScript may be configured with lack it.
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol;
  }
}

/** An object that can be closed, explicitly or by `await using`. */
export interface Closable {
  /**
   * Frees its resources, once the calls that were made before have ended; calls after it are refused. Calling it twice has no
   * further effect.
   */
  close(): Promise<void>;
  /** The same, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The calls of an object that can be closed. */
export interface Calls extends Closable {
  /** Returns the same function, refused after `close`. */
  counted<A extends readonly unknown[], R>(call: (...args: A) => Promise<R>): (...args: A) => Promise<R>;
}

/**
 * Tracks the calls of a model until `close`, which frees its files when pending calls have ended; later calls throw an
 * `Unavailable`.
 */
export const callsOf = (name: string, files: Pick<FileRunner, 'close'>): Calls => {
  let running = 0;
  let idle: (() => void) | undefined;
  let end: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (end ??= new Promise<void>((resolve) => {
      if (running > 0) idle = resolve;
      else resolve();
    }).then(files.close));
  return {
    close,
    [asyncDispose]: close,
    counted:
      (call) =>
      async (...args) => {
        if (end) throw (await callErrors()).closed(name);
        running++;
        try {
          return await call(...args);
        } finally {
          if (--running === 0) idle?.();
        }
      },
  };
};

/** Returns an object that is closed this way; the function must be idempotent. */
export const closable = (close: () => Promise<void>): Closable => ({ close, [asyncDispose]: close });

/** If the symbol does not exist yet, the substitute that compilers of `await using` use. */
const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');
