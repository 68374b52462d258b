import { chunks } from '../data/batches.ts';
import { order } from '../data/split.ts';
import { Diverged } from './diverged.ts';
import type { Scalars, Session } from './engine.ts';
import type { Epoch } from './epoch.ts';
import type { Fit, Kept } from './phase.ts';
import { firstLoss } from './first-loss.ts';
import type { Means } from './means.ts';
import { turn } from './event-loop.ts';
import { at, type Schedule } from './schedule.ts';
import { inputOf } from './step-input.ts';
import { upcoming } from './upcoming.ts';

/**
 * Callbacks for the position after a number of steps of an epoch: to take a snapshot now, or to note that one could be taken if
 * training failed.
 */
interface Marks {
  readonly keep: (step: number) => Promise<void>;
  readonly taken: (step: number) => void;
}

/** An epoch: where it begins, and what it adds to. */
interface Stretch {
  readonly epoch: number;
  /** The number of its steps that an earlier process has taken. */
  readonly first: number;
  readonly learningRate: Schedule;
  readonly means: Means;
  readonly kept: Kept;
  readonly history: readonly Epoch[];
}

/** How the steps of an epoch ended, and after how many of them. */
export interface Taken {
  readonly by: 'end' | 'signal' | 'budget';
  readonly step: number;
}

/** Takes one epoch's steps, as far as the budget and the signal allow. */
export async function takeSteps(
  plan: Fit,
  session: Session,
  { epoch, first, learningRate, means, kept, history }: Stretch,
  { keep, taken: isTaken }: Marks,
): Promise<Taken> {
  const { train, batchSize, seed, averaging, budget } = plan;
  const batches = chunks(order(train.count, seed, epoch), batchSize);
  const before = means.count;
  const started = performance.now();
  let reported = started;
  const done = (epoch - 1) * batches.length;
  const inputs = upcoming((index) =>
    inputOf(plan, epoch, done + index + 1, batches[index] ?? new Int32Array(), batches.length, learningRate),
  );
  /** Steps that may be given to the engine at once from one on. */
  const most = (index: number): number => {
    const left = (budget?.steps ?? Infinity) - done - index;
    return Math.min(session.atOnce, averaging?.until(done + index) ?? Infinity, left, batches.length - index);
  };
  const ended = endsEarly(plan, session);
  try {
    for (let index = first; index < batches.length;) {
      if (plan.signal?.aborted) {
        if (plan.onSnapshot) await keep(index);
        return { by: 'signal', step: index };
      }
      if (most(index) <= 0 || (index > first && isLate(plan))) return { by: 'budget', step: index };
      const group = inputs.from(index, most(index));
      const running = session.step(group);
      // While it runs: a step's inputs follow from its number alone.
      inputs.prepare(session, index + group.length, most(index + group.length));
      const results = await running;
      for (const [i, metrics] of results.entries()) {
        if (!Number.isFinite(metrics['loss']))
          throw diverged(plan, { step: done + index + i + 1, batches, learningRate, metrics, kept, history, epoch });
        means.add(metrics, group[i]?.count ?? 0);
      }
      index += results.length;
      isTaken(index);
      const average = await averaging?.after(done + index, kept.average, () => session.read());
      if (average) kept.average = average;
      const time = performance.now();
      if (time - reported > 100 || index === batches.length) {
        reported = time;
        const perSecond = (means.count - before) / ((time - started) / 1000);
        tell(plan, { epoch, step: index, steps: batches.length, means, perSecond });
        // An engine may compute synchronously: timers, signals and progress bars get their turn here.
        await turn();
      }
      if (plan.onSnapshot && plan.due?.(done + index)) await keep(index);
    }
    return { by: 'end', step: batches.length };
  } finally {
    ended();
  }
}

/** Ends the call that runs when the signal comes, or when the time of the budget is over; returns how to stop that. */
const endsEarly = ({ signal, budget }: Fit, session: Session): (() => void) => {
  const end = (): void => session.interrupt?.();
  signal?.addEventListener('abort', end);
  const left = (budget?.until ?? Infinity) - performance.now();
  // Longer than this and a timer is due at once.
  const timer = left < 2 ** 31 ? setTimeout(end, Math.max(0, left)) : undefined;
  // A page's timer is a number, and keeps no process alive.
  if (typeof timer === 'object') timer.unref();
  return () => {
    signal?.removeEventListener('abort', end);
    clearTimeout(timer);
  };
};

/** A step whose loss is not finite. */
interface Failed extends Pick<Stretch, 'epoch' | 'learningRate' | 'kept' | 'history'> {
  readonly step: number;
  readonly batches: readonly Int32Array[];
  readonly metrics: Scalars;
}

const diverged = (plan: Fit, { step, batches, learningRate, metrics, kept, history, epoch }: Failed): Diverged => {
  const rate = learningRate(at(step, batches.length, plan.epochs));
  const where = `train: expected a finite loss, got ${metrics['loss']} at step ${step} (epoch ${epoch}) of the ${plan.phase}`;
  const why =
    step === 1
      ? firstLoss(plan, kept.best, batches[0])
      : `lower the learning rate, now ${rate}, or look for extreme values in the data`;
  return new Diverged(`${where}; ${why}`, kept.best, history);
};

/** Whether the time of the budget is over. */
export const isLate = ({ budget }: Pick<Fit, 'budget'>): boolean => performance.now() >= (budget?.until ?? Infinity);

interface Reached {
  readonly epoch: number;
  readonly step: number;
  readonly steps: number;
  readonly means: Means;
  readonly perSecond: number;
}

const tell = (plan: Fit, { epoch, step, steps, means, perSecond }: Reached): void => {
  const { train, budget, pace } = plan;
  // Training that ends at a plateau has no known end.
  const isOpen = pace?.stop !== undefined;
  const epochs = isOpen ? Infinity : plan.epochs;
  const now = performance.now();
  const inTime = ((budget?.until ?? Infinity) - now) / 1000;
  const share = Math.max(
    budget?.steps === undefined ? 0 : ((epoch - 1) * steps + step) / budget.steps,
    budget?.until === undefined ? 0 : (now - budget.from) / (budget.until - budget.from),
  );
  plan.onProgress?.({
    phase: plan.phase,
    epoch,
    epochs,
    step,
    steps,
    metrics: means.values(),
    examplesPerSecond: perSecond,
    secondsLeft: isOpen
      ? Infinity
      : Math.max(0, Math.min(inTime, ((epochs - epoch + 1) * train.count - means.count) / perSecond)),
    ...((budget?.steps !== undefined || budget?.until !== undefined) && { spent: Math.min(1, share) }),
  });
};
