import { lineOf } from '../errors.ts';

/**
 * What a run can do without: pages, pictures, events, lines about it. Where one fails, a warning tells which and why, once, and the
 * run goes on.
 */
export interface Spare {
  /** All that was told. */
  readonly warnings: readonly string[];
  /** Makes `what`, such as `report.html`, and waits for it. */
  attempt(what: string, work: () => unknown): Promise<void>;
  /** The same for what takes no time. */
  attemptNow(what: string, work: () => void): void;
}

/** Each warning goes to `tell`, of which a failure is of no consequence either. */
export const sparing = (tell: (warning: string) => void): Spare => {
  const warnings = new Map<string, string>();
  const failed = (what: string, error: unknown): void => {
    const warning = `warning: ${what} could not be made (${lineOf(error)}); the run continues without`;
    // The same of the next epoch is no news.
    const key = what.replaceAll(/\d+/g, '');
    if (warnings.has(key)) return;
    warnings.set(key, warning);
    try {
      tell(warning);
    } catch {
      // There is nobody left to tell.
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
