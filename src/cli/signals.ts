import { SIGNALS, type Io, type Signal } from './io.ts';

/** The interruption of a command that ends in its own way when it is asked to. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Resolves when a signal has arrived. */
  readonly requested: Promise<void>;
  /** Returns the exit code of the signal that arrived, or `otherwise`. */
  code(otherwise: number): number;
  /** Stops listening. */
  done(): void;
}

/**
 * Listens until `done`. The same request may arrive more than once (a terminal and npm both send Ctrl-C), so signals within half
 * a second count as one; Ctrl-C or SIGTERM after that ends the process immediately.
 */
export const interruption = (io: Io): Interruption => {
  const controller = new AbortController();
  let received: Signal | undefined;
  let patience: NodeJS.Timeout | undefined;
  const listeners = NAMES.map((name) => {
    const listener = (): void => {
      if (received !== undefined) return;
      received = name;
      patience = setTimeout(() => stop((other) => other !== 'SIGHUP'), SAME).unref();
      controller.abort();
    };
    return [name, listener] as const;
  });
  const stop = (which: (name: Signal) => boolean): void => {
    for (const [name, listener] of listeners) if (which(name)) io.off(name, listener);
  };
  for (const [name, listener] of listeners) io.on(name, listener);
  const { signal } = controller;
  return {
    signal,
    requested: new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
    code: (otherwise) => (received === undefined ? otherwise : SIGNALS[received]),
    done: () => {
      clearTimeout(patience);
      stop(() => true);
    },
  };
};

const NAMES: readonly Signal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Milliseconds. */
const SAME = 500;
