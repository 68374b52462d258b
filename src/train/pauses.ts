/**
 * Gives timers, signals and progress bars their turn ten times a second while an engine computes: it may do so synchronously, and
 * awaiting it lets nothing else happen.
 */
export const pauses = (): (() => Promise<void>) => {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < 100) return;
    await new Promise((resume) => setImmediate(resume));
    last = performance.now();
  };
};
