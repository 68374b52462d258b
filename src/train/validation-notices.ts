import type { Ended, Epoch } from './epoch.ts';

/** What the validation losses of a phase say, at its last epoch. */
interface Course {
  /** The losses, in order, with the epochs that they are of. */
  readonly all: readonly Validated[];
  readonly first: Validated;
  readonly lowest: Validated;
  readonly last: Validated;
  /** How far losses depart from a smooth course by chance. */
  readonly noise: number;
}

interface Validated {
  readonly epoch: number;
  readonly loss: number;
  readonly train: number;
}

/** The fewest validations to judge by. */
const FEW = 5;

const courseOf = (epochs: readonly Epoch[]): Course | undefined => {
  const all = epochs.flatMap(({ epoch, train, validation }): Validated[] => {
    const loss = validation?.['loss'];
    return loss === undefined || !Number.isFinite(loss) ? [] : [{ epoch, loss, train: train['loss'] ?? NaN }];
  });
  const [first, last] = [all[0], all.at(-1)];
  if (!first || !last || all.length < FEW || epochs.at(-1)?.epoch !== last.epoch) return undefined;
  const lowest = all.reduce((low, one) => (one.loss < low.loss ? one : low));
  // Second differences of independent errors have √6 times their standard deviation, and a median magnitude of 0.67 of that.
  const bends = all
    .slice(2)
    .map(({ loss }, i) => Math.abs(loss - 2 * (all[i + 1]?.loss ?? 0) + (all[i]?.loss ?? 0)))
    .sort((a, b) => a - b);
  const noise = (bends[Math.floor(bends.length / 2)] ?? 0) / (0.67 * Math.sqrt(6));
  return { all, first, lowest, last, noise };
};

/** The share of all that was gained that the last quarter of the epochs must have brought for a notice that more may come. */
const STILL = 0.08;

/**
 * Says that training ended while the validation loss was still falling: it had its lowest value in the last tenth of the epochs, and
 * the last quarter of them brought a share of the whole gain that is no chance.
 */
export const stillImproving = (epochs: readonly Epoch[], by: Ended['by']): string | undefined => {
  if (by !== 'epochs' && by !== 'steps' && by !== 'minutes') return undefined;
  const course = courseOf(epochs);
  if (!course) return undefined;
  const { all, first, lowest, last, noise } = course;
  const quarter = last.epoch - Math.ceil(last.epoch / 4);
  const before = Math.min(...all.filter(({ epoch }) => epoch <= quarter).map(({ loss }) => loss));
  const gain = before - lowest.loss;
  const isRecent = last.epoch - lowest.epoch <= last.epoch / 10;
  if (!isRecent || !(gain > STILL * (first.loss - lowest.loss)) || !(gain > 3 * noise)) return undefined;
  const longer = Math.max(2 * last.epoch, last.epoch + FEW);
  return `still improving: validation ${short(lowest.loss)} in epoch ${lowest.epoch}, ${short(gain)} better than in epoch ${quarter}; usual remedies: ${by === 'minutes' ? 'more minutes' : by === 'steps' ? 'more steps' : `more epochs, --resume --epochs ${longer}`}${by === 'epochs' ? ', or no number of epochs, so that training ends by itself' : ', with --resume'}`;
};

/** The validation loss must have risen by these shares of what had been gained and of its size. */
const [OF_GAIN, OF_SIZE] = [0.1, 0.02];
/** The fewest steps since the lowest loss. */
const STEPS = 50;

/**
 * Detects overfitting: since its lowest value, the validation loss has risen by an amount that matters and is no chance, in all epochs
 * of the later half, while the training loss has fallen.
 */
export const overfitting = (epochs: readonly Epoch[], steps: number): string | undefined => {
  const course = courseOf(epochs);
  if (!course) return undefined;
  const { all, first, lowest, last, noise } = course;
  const since = last.epoch - lowest.epoch;
  if (since < FEW || since * steps < STEPS || !(last.train < lowest.train)) return undefined;
  const rise = Math.max(OF_GAIN * (first.loss - lowest.loss), OF_SIZE * Math.abs(lowest.loss), 4 * noise);
  const later = all.filter(({ epoch }) => epoch > lowest.epoch + since / 2);
  if (!later.every(({ loss }) => loss - lowest.loss > rise)) return undefined;
  return `overfitting since epoch ${lowest.epoch}, whose weights are the best so far: validation has risen from ${short(lowest.loss)} to ${short(last.loss)} while the training loss fell from ${short(lowest.train)} to ${short(last.train)}; usual remedies: more data, a smaller network, dropout, adamW({ decay: 0.1 })`;
};

/** Formats with three digits, or as a whole number if it is large. */
export const short = (value: number): string =>
  Number.isFinite(value) && Math.abs(value) < 1e6
    ? `${Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3))}`
    : value.toExponential(1);
