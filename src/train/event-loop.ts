/** Lets timers, signals and messages have their turn, in Node and in a page. */
export const turn = (): Promise<unknown> =>
  new Promise((resume) => (typeof setImmediate === 'function' ? setImmediate(resume) : setTimeout(resume)));

/**
 * Returns a function that yields to timers, signals and progress bars ten times a second while an engine computes: an engine may
 * compute synchronously, and awaiting it then lets nothing else run.
 */
export const pauses = (): (() => Promise<void>) => {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < 100) return;
    await turn();
    last = performance.now();
  };
};
