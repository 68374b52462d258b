import type { Examples } from '../data/dataset.ts';
import type { Weights } from '../weights/weights.ts';
import { defined } from './defined.ts';
import { Diverged } from './diverged.ts';
import type { Scalars, Session } from './engine.ts';
import type { Ended, Epoch, Snapshot } from './epoch.ts';
import { findRate, pacedRate, SHARE_OF_TIME } from './find-rate.ts';
import { unbounded, unboundedSentence } from './finite.ts';
import { Means } from './means.ts';
import { measure } from './measure.ts';
import { noticesOf } from './notices.ts';
import type { Fit, Fitted, Kept } from './phase.ts';
import { plateauOf, type Plateau } from './plateau.ts';
import { at, type Schedule } from './schedule.ts';
import { stepsOf } from './step-input.ts';
import { isLate, takeSteps } from './take-steps.ts';

export { Diverged } from './diverged.ts';

/**
 * Fits an objective's trainable parameters, starting from `weights`, or resuming from a snapshot as if it had never stopped.
 * Anything else that ends it is thrown, but `onSnapshot` first receives the state reached so far.
 *
 * @throws Diverged if the loss, or what an epoch leaves, is not finite.
 */
export async function fit(plan: Fit, weights: Weights, from?: Snapshot): Promise<Fitted> {
  const { engine, objective, optimiser } = plan;
  const session = await engine.load(objective, optimiser, from?.weights ?? weights);
  try {
    if (from) await session.restore(from.optimiser);
    return await new Fitting(plan, session, weights, from).run();
  } finally {
    session.close();
  }
}

/** A fit that is under way. */
class Fitting {
  readonly #plan: Fit;
  readonly #session: Session;
  readonly #weights: Weights;
  readonly #from: Snapshot | undefined;
  readonly #history: Epoch[];
  readonly #kept: Kept;
  #rate: number | undefined;
  /** Takes a snapshot of progress that no snapshot holds yet. */
  #unkept: (() => Promise<Snapshot>) | undefined;

  constructor(plan: Fit, session: Session, weights: Weights, from: Snapshot | undefined) {
    this.#plan = plan;
    this.#session = session;
    this.#weights = weights;
    this.#from = from;
    this.#history = [...(from?.history ?? [])];
    this.#rate = from?.pace?.rate;
    this.#kept = {
      best: from?.best ?? weights,
      bestEpoch: from?.bestEpoch ?? 0,
      lowest: from?.lowest ?? Infinity,
      ...(from?.average && { average: from.average }),
    };
  }

  async run(): Promise<Fitted> {
    const { epochs, pace, onSnapshot } = this.#plan;
    const first = this.#from?.epoch ?? 1;
    if (this.#from?.step === 0) {
      const ended = this.#endedAt(first - 1);
      if (ended && ended !== 'epochs' && ended !== 'signal') return this.#fitted(ended);
    }
    if (pace?.finds && this.#rate === undefined) {
      const { onRate, phase } = this.#plan;
      const found = await this.#findRate();
      this.#rate = found?.rate;
      if (found) onRate?.({ phase, ...found });
    }
    await this.#validateKept();
    try {
      for (let epoch = first; epoch <= epochs; epoch++) {
        const fitted = await this.#epoch(epoch);
        if (fitted) return fitted;
      }
      return this.#fitted('epochs');
    } catch (error) {
      // A snapshot that fails as well matters less than the error that ended the fit.
      if (this.#unkept && onSnapshot && !(error instanceof Diverged))
        await this.#keep(this.#unkept).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Measures the kept weights of a resumed fit again where the objective has schedules: with another number of epochs, β may end at
   * another value, and a loss with less of the KL in it would win over all that follows.
   */
  async #validateKept(): Promise<void> {
    const [{ validation, scalars, phase, epochs }, kept] = [this.#plan, this.#kept];
    const hasSchedules = Object.keys(scalars(at(1, 1, epochs))).length > 0;
    if (!this.#from || !validation || !hasSchedules || kept.lowest === Infinity) return;
    const validated = await validate(this.#plan, new Map([...this.#weights, ...kept.best]), validation);
    kept.lowest = validated['loss'] ?? kept.lowest;
    const index = this.#history.findIndex((one) => one.phase === phase && one.epoch === kept.bestEpoch);
    const entry = this.#history[index];
    if (entry) this.#history[index] = { ...entry, validation: validated };
  }

  /** Finds a learning rate; undefined if the signal comes first. */
  #findRate() {
    const { budget, signal } = this.#plan;
    const until = budget?.until === undefined ? Infinity : budget.from + SHARE_OF_TIME * (budget.until - budget.from);
    const isLate = (): boolean => performance.now() >= until;
    const limits = { steps: budget?.steps ?? Infinity, isLate, signal };
    return findRate(this.#plan, this.#session, this.#moving(this.#weights), limits);
  }

  /** Trains for an epoch; returns the result if it is the last one. */
  async #epoch(epoch: number): Promise<Fitted | undefined> {
    const plan = this.#plan;
    const { validation, epochs, validateEvery = 1, onSnapshot } = plan;
    const [session, kept, history] = [this.#session, this.#kept, this.#history];
    const started = performance.now();
    const resumed = this.#from?.epoch === epoch ? this.#from : undefined;
    const means = new Means(resumed?.means);
    const learningRate = this.#learningRate(epoch);
    const taken = await takeSteps(
      plan,
      session,
      { epoch, first: resumed?.step ?? 0, learningRate, means, kept, history },
      {
        keep: (step) => this.#keep(() => this.#snapshot(epoch, step, means)),
        taken: (step) => (this.#unkept = () => this.#snapshot(epoch, step, means)),
      },
    );
    const current = kept.average ?? (await session.read());
    await this.#checkFinite(epoch, current, learningRate);
    // Interrupted: the current weights are kept unless validation has seen better ones.
    if (taken.by === 'signal') return this.#fitted('signal', kept.lowest < Infinity ? kept.best : current);
    const isCut = taken.by === 'budget';
    // An epoch that is cut short is resumed where it was, without what is measured here.
    const cut = isCut && onSnapshot ? await this.#snapshot(epoch, taken.step, means) : undefined;
    const looks = epoch % validateEvery === 0 || epoch === epochs || isCut;
    // Includes the parameters that this objective does not use but the one that validates may read.
    const whole = new Map([...this.#weights, ...current]);
    const validated = validation && looks ? await validate(plan, whole, validation) : undefined;
    const latent = looks ? await plan.watch?.(whole) : undefined;
    const seen: Epoch = {
      phase: plan.phase,
      epoch,
      train: means.values(),
      ...defined({ validation: validated, spread: means.spread(), latent }),
      ...(this.#rate !== undefined && { rate: learningRate(at(epoch * stepsOf(plan), stepsOf(plan), epochs)) }),
      seconds: (performance.now() - started) / 1000,
    };
    const falls = this.#plateau(epoch)?.falls;
    history.push(seen);
    const loss = validated?.['loss'];
    if (!validation || (loss !== undefined && loss < kept.lowest))
      Object.assign(kept, { best: current, bestEpoch: epoch, lowest: loss ?? kept.lowest });
    // With a lower rate, training continues from the best weights.
    if (this.#rate !== undefined && this.#plateau(epoch)?.falls !== falls && !kept.average)
      await session.write(this.#moving(kept.best));
    const by = isCut ? this.#spent() : this.#endedAt(epoch, validated !== undefined);
    const entry = this.#noticed(seen, by);
    history[history.length - 1] = entry;
    const next = cut ? async () => cut : () => this.#snapshot(epoch + 1, 0, new Means());
    this.#unkept = next;
    await plan.onEpoch?.(entry, current);
    const ended = plan.signal?.aborted && by !== 'plateau' ? 'signal' : by;
    // A snapshot is always taken at the end, as the start of the epoch that may follow.
    if (ended && onSnapshot) await this.#keep(next);
    return ended && this.#fitted(ended);
  }

  /** Returns the last epoch with the troubles that it shows for the first time. */
  #noticed(seen: Epoch, by: Ended['by'] | undefined): Epoch {
    const plan = this.#plan;
    // A rate that was found falls when the loss jumps.
    const handled = this.#rate === undefined ? [] : (['divergence'] as const);
    const noticed = noticesOf(this.#history, stepsOf(plan), unchangedSince(plan, seen.epoch), { handled, by });
    return noticed.length > 0 ? { ...seen, noticed } : seen;
  }

  /** Returns the parameters that steps change: an engine may have to compile anew if others are written. */
  #moving(weights: Weights): Weights {
    const { params, updates } = this.#plan.objective;
    const moving = new Set(
      params.flatMap(({ name, trainable }) => (trainable || Object.hasOwn(updates, name) ? [name] : [])),
    );
    return new Map([...weights].filter(([name]) => moving.has(name)));
  }

  #learningRate(epoch: number): Schedule {
    if (this.#rate === undefined) return this.#plan.learningRate;
    return pacedRate(this.#rate, this.#plateau(epoch - 1)?.falls ?? 0);
  }

  #plateau(epoch: number): Plateau | undefined {
    const { pace } = this.#plan;
    return pace && plateauOf(this.#history, pace.wait, unchangedSince(this.#plan, Math.max(1, epoch)));
  }

  /** Returns why training ends after this epoch, if it does. */
  #endedAt(epoch: number, validated = true): Ended['by'] | undefined {
    const { patience, pace, budget, signal, epochs } = this.#plan;
    const gained = this.#plateau(epoch)?.gained ?? epoch;
    if (validated && pace?.stop !== undefined && epoch - gained >= pace.stop) return 'plateau';
    if (validated && !pace && patience !== undefined && epoch - this.#kept.bestEpoch >= patience) return 'plateau';
    if (signal?.aborted) return 'signal';
    if (epoch * stepsOf(this.#plan) >= (budget?.steps ?? Infinity) || (epoch > 0 && isLate(this.#plan)))
      return this.#spent();
    return epoch === epochs ? 'epochs' : undefined;
  }

  /** Returns which budget is spent. */
  #spent(): 'steps' | 'minutes' {
    return isLate(this.#plan) ? 'minutes' : 'steps';
  }

  #fitted(by: Ended['by'], weights = this.#kept.best): Fitted {
    const stopped = {
      plateau: 'early',
      signal: 'aborted',
      steps: 'finished',
      minutes: 'finished',
      epochs: 'finished',
    } as const;
    const [epochs, { bestEpoch }] = [this.#history, this.#kept];
    return { weights, epochs, stopped: stopped[by], ended: { by, kept: bestEpoch, epochs: epochs.at(-1)?.epoch ?? 0 } };
  }

  async #snapshot(epoch: number, step: number, means: Means): Promise<Snapshot> {
    const { pace } = this.#plan;
    return {
      epoch,
      step,
      weights: await this.#session.read(),
      optimiser: await this.#session.state(),
      means: means.state(),
      history: [...this.#history],
      ...this.#kept,
      ...(pace && { pace: { wait: pace.wait, ...defined({ rate: this.#rate }) } }),
    };
  }

  async #keep(take: () => Promise<Snapshot>): Promise<void> {
    this.#unkept = undefined;
    await this.#plan.onSnapshot?.(await take());
  }

  /**
   * Checks what an epoch leaves. @throws Diverged if parameters are not finite, or an optimiser state that would freeze some of
   * them.
   */
  async #checkFinite(epoch: number, current: Weights, learningRate: Schedule): Promise<void> {
    const found = unbounded(current, await this.#session.state());
    if (!found) return;
    const { phase, optimiser, epochs } = this.#plan;
    const rate = learningRate(at(epoch * stepsOf(this.#plan), stepsOf(this.#plan), epochs));
    const sentence = unboundedSentence(found, `in epoch ${epoch} of the ${phase}`, optimiser, rate);
    throw new Diverged(`train: ${sentence}`, this.#kept.best, this.#history);
  }
}

/** Returns the first epoch since which the objective's scalars, such as β, have had the values of this one. */
const unchangedSince = (plan: Fit, epoch: number): number => {
  const steps = stepsOf(plan);
  const scalars = (step: number): string => JSON.stringify(plan.scalars(at(step, steps, plan.epochs)));
  const now = scalars(epoch * steps);
  if (now === '{}') return 1;
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
