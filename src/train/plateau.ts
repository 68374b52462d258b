import type { Epoch } from './epoch.ts';

/** The position of a phase between its last gain and its end. */
export interface Plateau {
  /** The last epoch with a validation loss that is better by an amount that matters. */
  readonly gained: number;
  /** How often the learning rate has been lowered. */
  readonly falls: number;
}

/** A validation loss is better if it is lower by more than this share of the lowest one. */
export const MATTERS = 1e-4;
/** A loss jumps if it rises by half of what had been gained, and by this share of its size. */
const JUMP = 0.02;
/** The number of times that the learning rate is lowered while one plateau lasts. */
const FALLS = 3;

/**
 * Reads from a phase's epochs how long the validation loss has not been better. The learning rate is to be lowered after each quarter
 * of `wait` epochs without a gain, and whenever the loss jumps. Epochs before `since`, in which the objective still changes (as while
 * β rises), do not count as waiting. A function of the epochs alone, so that a resumed run does the same.
 */
export const plateauOf = (epochs: readonly Epoch[], wait: number, since = 1): Plateau => {
  const part = Math.max(1, Math.round(wait / (FALLS + 1)));
  let [start, lowest, gained, falls, here] = [NaN, Infinity, 0, 0, 0];
  for (const { epoch, validation } of epochs) {
    const loss = validation?.['loss'];
    if (loss === undefined) continue;
    const isBetter = !Number.isFinite(lowest) || loss < lowest - MATTERS * Math.abs(lowest);
    if (isBetter) lowest = loss;
    if (epoch === 1) start = loss;
    if (isBetter || epoch < since) [gained, here] = [epoch, 0];
    else if (loss - lowest > Math.max((start - lowest) / 2, JUMP * Math.max(Math.abs(start), Math.abs(lowest))))
      falls++;
    for (; here < FALLS && epoch - gained >= (here + 1) * part; here++) falls++;
  }
  return { gained, falls };
};
