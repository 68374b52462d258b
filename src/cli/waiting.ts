import { note, type Io } from './io.ts';

/**
 * Reports what takes long as a line, once 1.5 seconds have passed, and from then on every ten seconds for how long it has taken. Returns
 * what ends that.
 */
export const waiting = (io: Io, text: string): (() => void) => {
  const began = performance.now();
  const seconds = (): number => Math.round((performance.now() - began) / 1000);
  let timer = setTimeout(() => {
    note(io, text);
    timer = setInterval(() => note(io, `${text}: ${seconds()} s`), AGAIN);
    timer.unref();
  }, SILENT);
  timer.unref();
  // It clears intervals as well.
  return () => clearTimeout(timer);
};

/** The times before the first line, and between others, in milliseconds. */
const [SILENT, AGAIN] = [1500, 10_000];
