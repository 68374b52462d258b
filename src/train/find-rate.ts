import { chunks } from '../data/batches.ts';
import { order } from '../data/split.ts';
import type { Weights } from '../weights/weights.ts';
import type { Session } from './engine.ts';
import { turn } from './event-loop.ts';
import { inputOf, type Course } from './step-input.ts';

/** A learning rate that was tried, and the mean loss of the last steps of its trial; NaN if the loss did not stay finite. */
export interface Trial {
  readonly rate: number;
  readonly loss: number;
}

/** The rates that are tried. */
const RATES = [1e-4, 3e-4, 1e-3, 3e-3];
/** The usual rate, which is taken if there is no time for trials. */
export const USUAL_RATE = 1e-3;
/** The number of steps of a trial, at most and at least. */
const [MOST, LEAST] = [48, 12];
/** The share of a budget of steps that all trials may take, … */
const SHARE = 0.01;
/** … and of one of minutes, in which a trial of pictures can be much of all there is. */
export const SHARE_OF_TIME = 0.25;

/** How long trials may take. */
interface Limits {
  /** The steps of the budget. */
  readonly steps: number;
  /** Whether no time is left for trials. */
  readonly isLate: () => boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * Finds a learning rate by a short range test: from the same weights, on the same batches with the same noise, a few steps with each
 * rate. The smallest that gains nearly as much as the best one is taken. It leaves the session as it was. A budget too small for trials
 * gives the usual rate, without any.
 *
 * @returns undefined if the signal came before a rate was found.
 */
export const findRate = async (
  course: Course,
  session: Session,
  weights: Weights,
  { steps, isLate, signal }: Limits,
): Promise<{ readonly rate: number; readonly trials: readonly Trial[] } | undefined> => {
  const isOver = (): boolean => signal?.aborted === true || isLate();
  const each = Math.min(MOST, Math.floor((steps * SHARE) / RATES.length));
  if (each < LEAST) return { rate: USUAL_RATE, trials: [] };
  const clean = await session.state();
  const trials: Trial[] = [];
  let start = NaN;
  for (const rate of RATES) {
    const losses = await trial(course, session, rate, each, isOver);
    await session.write(weights);
    await session.restore(clean);
    if (signal?.aborted) return undefined;
    if (isLate()) return { rate: USUAL_RATE, trials: [] };
    const last = losses.slice(-Math.ceil(each / 4));
    start = mean(losses.slice(0, 2));
    trials.push({ rate, loss: mean(last) });
  }
  const lowest = Math.min(...trials.map(({ loss }) => (Number.isFinite(loss) ? loss : Infinity)));
  const enough = lowest + (1 - NEARLY) * Math.max(0, start - lowest);
  return { rate: trials.find(({ loss }) => loss <= enough)?.rate ?? USUAL_RATE, trials };
};

/** The share of the best rate's gain that suffices: a larger rate gains little more, and is less stable later. */
const NEARLY = 0.95;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Takes the first steps of training with one rate, and returns their losses, up to one that is not finite, or until it is over. */
const trial = async (
  course: Course,
  session: Session,
  rate: number,
  count: number,
  isOver: () => boolean,
): Promise<readonly number[]> => {
  const losses: number[] = [];
  const batches = chunks(order(course.train.count, course.seed, 1), course.batchSize);
  while (losses.length < count && !isOver()) {
    const inputs = Array.from({ length: Math.min(session.atOnce, count - losses.length) }, (_, i) => {
      const step = losses.length + i;
      const indices = batches[step % batches.length] ?? new Int32Array();
      return inputOf(course, 1, step + 1, indices, batches.length, () => warmed(rate, step + 1));
    });
    for (const { loss = NaN } of await session.step(inputs)) losses.push(loss);
    if (!losses.every(Number.isFinite)) return [...losses, NaN];
    // An engine may compute synchronously: signals get their turn here.
    await turn();
  }
  return losses;
};

/** The number of steps over which a rate that was found rises from 0. */
const WARM = 20;
/** The share of the learning rate that is left when it is lowered at a plateau. */
const FALL = 0.5;

const warmed = (rate: number, step: number): number => rate * Math.min(1, step / WARM);

/** Returns the schedule of a rate that was found: it rises over the first steps, and has been lowered `falls` times. */
export const pacedRate =
  (rate: number, falls: number) =>
  ({ step }: { readonly step: number }): number =>
    warmed(rate * FALL ** falls, step);
