import { lineOf } from '../errors.ts';

/**
 * The optional parts of a run: pages, pictures, events, lines about it. If one fails, a warning says which and why, once, and the
 * run continues.
 */
export interface BestEffort {
  /** All warnings so far. */
  readonly warnings: readonly string[];
  /** Creates `what`, such as `report.html`, and waits for it. */
  attempt(what: string, work: () => unknown): Promise<void>;
  /** The same for synchronous work. */
  attemptNow(what: string, work: () => void): void;
}

/** Creates a `BestEffort` whose warnings go to `warn`, failures of which are ignored as well. */
export const createBestEffort = (warn: (warning: string) => void): BestEffort => {
  const warnings = new Map<string, string>();
  const failed = (what: string, error: unknown): void => {
    const warning = `warning: ${what} could not be made (${lineOf(error)}); the run continues without`;
    // The same failure in the next epoch is not reported again.
    const key = what.replaceAll(/\d+/g, '');
    if (warnings.has(key)) return;
    warnings.set(key, warning);
    try {
      warn(warning);
    } catch {
      // Nobody is left to be informed.
    }
  };
  return {
    get warnings() {
      return [...warnings.values()];
    },
    attempt: async (what, work) => {
      try {
        await work();
      } catch (error) {
        failed(what, error);
      }
    },
    attemptNow: (what, work) => {
      try {
        work();
      } catch (error) {
        failed(what, error);
      }
    },
  };
};
