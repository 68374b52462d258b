/**
 * Wraps a function for events that arrive faster than its results: while one call runs, only the latest of those that arrive is
 * kept, and runs next. Calls that a later one replaced resolve to undefined.
 */
export const latestWins = <A extends readonly unknown[], R>(
  call: (...args: A) => Promise<R>,
): ((...args: A) => Promise<R | undefined>) => {
  let running: Promise<unknown> = Promise.resolve();
  let newest = 0;
  return async (...args) => {
    const mine = ++newest;
    const before = running;
    await before.catch(() => undefined);
    // Several may have waited for the same call: only the newest proceeds, and later ones wait for it.
    if (mine !== newest) return undefined;
    const result = call(...args);
    running = result;
    return result;
  };
};
