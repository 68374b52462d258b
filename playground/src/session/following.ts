import { effect, signal, untracked, type ReadonlySignal } from '@preact/signals';
import { latestWins, type Model } from 'cvae-compile/runtime';

/** A question to a model. */
export interface Job {
  readonly model: Model;
}

/**
 * A signal with the result of a job, which is read again whenever a signal in it changes: the newest job runs next, those
 * in between are skipped. Jobs that are `undefined` wait. Errors are reported with their job.
 */
export const following = <J extends Job, R>(
  job: () => J | undefined,
  run: (job: J) => Promise<R>,
  failed: (error: unknown, job: J) => void,
): ReadonlySignal<R | undefined> => {
  const result = signal<R | undefined>(undefined);
  const newest = latestWins(run);
  const answer = async (now: J): Promise<void> => {
    try {
      const found = await newest(now);
      if (found !== undefined) result.value = found;
    } catch (error) {
      failed(error, now);
    }
  };
  effect(() => {
    const now = job();
    if (now === undefined) return;
    untracked(() => void answer(now));
  });
  return result;
};
