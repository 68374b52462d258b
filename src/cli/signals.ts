import { SIGNALS, type Io, type Signal } from './io.ts';

/** What a command does its work under where it ends in its own way when it is asked to. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Resolves when a signal has come. */
  readonly requested: Promise<void>;
  /** The exit code of the signal that came, or `otherwise`. */
  code(otherwise: number): number;
  /** Stops listening. */
  done(): void;
}

/**
 * Listens until `done`. The same request may arrive more than once (a terminal and npm both send Ctrl-C), so what follows within
 * half a second is taken as the same; Ctrl-C or SIGTERM after that ends the process at once.
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
