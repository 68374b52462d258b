import { batch, chunks } from '../data/batches.ts';
import type { Examples } from '../data/dataset.ts';
import { order } from '../data/split.ts';
import type { Variables } from '../data/variable.ts';
import type { Graph } from '../graph/graph.ts';
import type { Weights } from '../weights/weights.ts';
import type { Averaging } from './averaging.ts';
import { Diverged } from './diverged.ts';
import type { TrainingEngine, Scalars, Session, StepInput } from './engine.ts';
import type { Epoch, TrainingProgress, Snapshot } from './epoch.ts';
import { unbounded, unboundedSentence } from './finite.ts';
import { firstLoss } from './first-loss.ts';
import type { LatentUse } from '../formats/epoch.ts';
import { Means } from './means.ts';
import { defined } from './defined.ts';
import { measure } from './measure.ts';
import { noticesOf } from './notices.ts';
import { inputsOf, noiseOf } from './noise.ts';
import type { Optimiser } from './optimiser.ts';
import { at, valueAt, type ScheduleStep, type Schedule } from './schedule.ts';

export { Diverged } from './diverged.ts';

/** The settings for fitting one objective. */
export interface Fit {
  readonly phase: 'baseline' | 'model';
  readonly engine: TrainingEngine;
  readonly objective: Graph;
  readonly evaluation: Graph;
  readonly optimiser: Optimiser;
  readonly variables: Variables;
  readonly train: Examples;
  readonly validation?: Examples;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: Schedule;
  /** Returns the values of the scalar inputs of the objective and the evaluation. */
  readonly scalars: (now: ScheduleStep) => Scalars;
  readonly seed: number;
  /** The number of epochs between validations (the last epoch is always validated): 1. */
  readonly validateEvery?: number;
  /** Stop after this many epochs without a better validation loss. */
  readonly patience?: number;
  /** Validate and keep an average of the weights over steps instead of the latest ones. */
  readonly averaging?: Averaging;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Called after each epoch with the weights as they are then; awaited before the next step. */
  readonly onEpoch?: (epoch: Epoch, weights: Weights) => unknown;
  /** Measures what the latent is used for, at each validation. */
  readonly watch?: (weights: Weights) => Promise<LatentUse | undefined>;
  /** Called after each call of the engine with the number of steps taken so far; returns whether to take a snapshot now. */
  readonly due?: (steps: number) => boolean;
  readonly onSnapshot?: (snapshot: Snapshot) => Promise<void>;
}

/** The result of a fit: the weights of the epoch with the lowest validation loss (the last epoch, without validation). */
export interface Fitted {
  readonly weights: Weights;
  readonly epochs: readonly Epoch[];
  readonly stopped: 'finished' | 'early' | 'aborted';
}

/**
 * Fits an objective's trainable parameters, starting from `weights`, or resuming from a snapshot as if it had never stopped.
 * Anything else that ends it is thrown, but `onSnapshot` first receives the state reached so far.
 *
 * @throws Diverged if the loss, or what an epoch leaves, is not finite.
 */
export async function fit(plan: Fit, weights: Weights, from?: Snapshot): Promise<Fitted> {
  const { engine, objective, optimiser, validation, epochs, validateEvery = 1 } = plan;
  const session = await engine.load(objective, optimiser, from?.weights ?? weights);
  if (from) await session.restore(from.optimiser);
  // Takes a snapshot of progress that no snapshot holds yet.
  let unkept: (() => Promise<Snapshot>) | undefined;
  const keep = async (take: () => Promise<Snapshot>): Promise<void> => {
    unkept = undefined;
    await plan.onSnapshot?.(await take());
  };
  try {
    const history: Epoch[] = [...(from?.history ?? [])];
    const kept: Kept = {
      best: from?.best ?? weights,
      bestEpoch: from?.bestEpoch ?? 0,
      lowest: from?.lowest ?? Infinity,
      ...(from?.average && { average: from.average }),
    };
    const snapshot = async (epoch: number, step: number, means: Means): Promise<Snapshot> => ({
      epoch,
      step,
      weights: await session.read(),
      optimiser: await session.state(),
      means: means.state(),
      history: [...history],
      ...kept,
    });
    if (from && from.step === 0 && from.epoch - 1 - from.bestEpoch >= (plan.patience ?? Infinity))
      return { weights: kept.best, epochs: history, stopped: 'early' };
    for (let epoch = from?.epoch ?? 1; epoch <= epochs; epoch++) {
      const started = performance.now();
      const resumed = from?.epoch === epoch ? from : undefined;
      const means = new Means(resumed?.means);
      const done = await steps(plan, session, epoch, resumed?.step ?? 0, means, kept, history, {
        keep: (step) => keep(() => snapshot(epoch, step, means)),
        taken: (step) => (unkept = () => snapshot(epoch, step, means)),
      });
      const current = kept.average ?? (await session.read());
      await checkFinite(plan, session, epoch, current, kept, history);
      // Interrupted: the current weights are kept unless validation has seen better ones.
      if (!done) return { weights: kept.lowest < Infinity ? kept.best : current, epochs: history, stopped: 'aborted' };
      const looks = epoch % validateEvery === 0 || epoch === epochs;
      // Includes the parameters that this objective does not use but the one that validates may read.
      const whole = new Map([...weights, ...current]);
      const validated = validation && looks ? await validate(plan, whole, validation) : undefined;
      const latent = looks ? await plan.watch?.(whole) : undefined;
      const seen: Epoch = {
        phase: plan.phase,
        epoch,
        train: means.values(),
        ...defined({ validation: validated, spread: means.spread(), latent }),
        seconds: (performance.now() - started) / 1000,
      };
      const noticed = noticesOf([...history, seen], stepsOf(plan), unchangedSince(plan, epoch));
      const entry: Epoch = noticed.length > 0 ? { ...seen, noticed } : seen;
      history.push(entry);
      const loss = validated?.['loss'];
      if (!validation || (loss !== undefined && loss < kept.lowest))
        Object.assign(kept, { best: current, bestEpoch: epoch, lowest: loss ?? kept.lowest });
      const next = () => snapshot(epoch + 1, 0, new Means());
      unkept = next;
      await plan.onEpoch?.(entry, current);
      const early = plan.patience !== undefined && validated && epoch - kept.bestEpoch >= plan.patience;
      const stopped = early ? 'early' : plan.signal?.aborted ? 'aborted' : undefined;
      const ends = stopped !== undefined || epoch === epochs;
      // A snapshot is always taken at the end, as the start of the epoch that may follow.
      if (ends && plan.onSnapshot) await keep(next);
      if (stopped) return { weights: kept.best, epochs: history, stopped };
    }
    return { weights: kept.best, epochs: history, stopped: 'finished' };
  } catch (error) {
    // A snapshot that fails as well matters less than the error that ended the fit.
    if (unkept && plan.onSnapshot && !(error instanceof Diverged)) await keep(unkept).catch(() => undefined);
    throw error;
  } finally {
    session.close();
  }
}

/**
 * Checks what an epoch leaves. @throws Diverged if parameters are not finite, or an optimiser state that would freeze some of
 * them.
 */
const checkFinite = async (
  plan: Fit,
  session: Session,
  epoch: number,
  current: Weights,
  kept: Kept,
  history: readonly Epoch[],
): Promise<void> => {
  const found = unbounded(current, await session.state());
  if (!found) return;
  const { phase, optimiser, epochs } = plan;
  const rate = plan.learningRate(at(epoch * stepsOf(plan), stepsOf(plan), epochs));
  const sentence = unboundedSentence(found, `in epoch ${epoch} of the ${phase}`, optimiser, rate);
  throw new Diverged(`train: ${sentence}`, kept.best, history);
};

interface Kept {
  best: Weights;
  bestEpoch: number;
  lowest: number;
  average?: Weights;
}

/**
 * Callbacks for the position after a number of steps of an epoch: to take a snapshot now, or to note that one could be taken if
 * training failed.
 */
interface Marks {
  readonly keep: (step: number) => Promise<void>;
  readonly taken: (step: number) => void;
}

/** Takes one epoch's steps from `first` on; returns false if training was interrupted. */
async function steps(
  plan: Fit,
  session: Session,
  epoch: number,
  first: number,
  means: Means,
  kept: Kept,
  history: readonly Epoch[],
  { keep, taken: isTaken }: Marks,
): Promise<boolean> {
  const { train, batchSize, seed, epochs, averaging } = plan;
  const batches = chunks(order(train.count, seed, epoch), batchSize);
  const before = means.count;
  const started = performance.now();
  let told = started;
  for (let index = first; index < batches.length;) {
    if (plan.signal?.aborted) {
      if (plan.onSnapshot) await keep(index);
      return false;
    }
    const taken = (epoch - 1) * batches.length + index;
    const atOnce = Math.min(session.atOnce, averaging?.until(taken) ?? Infinity);
    const group = batches.slice(index, index + atOnce);
    const results = await session.step(
      group.map((indices, i) => inputOf(plan, epoch, taken + i + 1, indices, batches.length)),
    );
    for (const [i, metrics] of results.entries()) {
      if (!Number.isFinite(metrics['loss'])) {
        const step = taken + i + 1;
        const rate = plan.learningRate(at(step, batches.length, epochs));
        const where = `train: expected a finite loss, got ${metrics['loss']} at step ${step} (epoch ${epoch}) of the ${plan.phase}`;
        const why =
          step === 1
            ? firstLoss(plan, kept.best, group[i])
            : `lower the learning rate, now ${rate}, or look for extreme values in the data`;
        throw new Diverged(`${where}; ${why}`, kept.best, history);
      }
      means.add(metrics, group[i]?.length ?? 0);
    }
    index += group.length;
    isTaken(index);
    const average = await averaging?.after(taken + group.length, kept.average, () => session.read());
    if (average) kept.average = average;
    const time = performance.now();
    if (time - told > 100 || index === batches.length) {
      told = time;
      const perSecond = (means.count - before) / ((time - started) / 1000);
      const left = (epochs - epoch + 1) * train.count - means.count;
      plan.onProgress?.({
        phase: plan.phase,
        epoch,
        epochs,
        step: index,
        steps: batches.length,
        metrics: means.values(),
        examplesPerSecond: perSecond,
        secondsLeft: left / perSecond,
      });
      // An engine may compute synchronously: timers, signals and progress bars get their turn here.
      await new Promise((resume) => setImmediate(resume));
    }
    if (plan.onSnapshot && plan.due?.((epoch - 1) * batches.length + index)) await keep(index);
  }
  return true;
}

/** Builds the input of one step. `step` is counted from 1 over all epochs. */
const inputOf = (plan: Fit, epoch: number, step: number, indices: Int32Array, perEpoch: number): StepInput => {
  const { train, variables, seed, objective, optimiser, phase, epochs } = plan;
  const now = at(step, perEpoch, epochs);
  const count = indices.length;
  return {
    values: {
      ...batch(train, indices, variables, { seed, epoch }),
      ...noiseOf(objective, count, seed, [phase, step]),
      ...inputsOf(plan.scalars(now)),
    },
    count,
    scalars: optimiser.scalars(step, valueAt('learningRate', plan.learningRate, now)),
  };
};

const stepsOf = ({ train, batchSize }: Fit): number => Math.ceil(train.count / batchSize);

/** Returns the first epoch since which the objective's scalars, such as β, have had the values of this one. */
const unchangedSince = (plan: Fit, epoch: number): number => {
  const steps = stepsOf(plan);
  const scalars = (step: number): string => JSON.stringify(plan.scalars(at(step, steps, plan.epochs)));
  const now = scalars(epoch * steps);
  const isSame = (one: number): boolean => scalars((one - 1) * steps + 1) === now && scalars(one * steps) === now;
  let since = epoch + 1;
  while (since > 1 && isSame(since - 1)) since--;
  return since;
};

/** Computes the validation means, with the objective's scalars at their final values, so that epochs can be compared. */
const validate = (plan: Fit, weights: Weights, examples: Examples): Promise<Scalars> => {
  const { epochs, scalars } = plan;
  const perEpoch = stepsOf(plan);
  const last = scalars(at(perEpoch * epochs, perEpoch, epochs));
  return measure(plan.engine, plan.evaluation, weights, examples, plan.variables, plan.seed, last);
};
