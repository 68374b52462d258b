import type { LossUnit } from '../distributions/data/distribution-data.ts';
import type { Ended, Epoch } from '../formats/epoch.ts';
import { MATTERS, plateauOf } from '../train/plateau.ts';

/** Says which epoch of the last phase was kept, and why training ended after it. */
export const endingOf = ({ by, kept, epochs: last }: Ended, epochs: readonly Epoch[], unit: LossUnit): string => {
  const phase = epochs.at(-1)?.phase;
  const loss = epochs.find((epoch) => epoch.phase === phase && epoch.epoch === kept)?.validation?.['loss'];
  const of = phase === 'baseline' ? ' of the baseline' : '';
  const which = loss === undefined ? '' : ` (validation ${loss.toFixed(2)} ${unit})`;
  const since = last - kept;
  // What is better by less than matters is kept, but not waited for.
  const { gained } = plateauOf(
    epochs.filter((epoch) => epoch.phase === phase),
    1,
  );
  const why = {
    plateau:
      gained > 0 && gained < kept
        ? `no better by more than ${100 * MATTERS} % for ${last - gained} epochs`
        : since === 1
          ? 'no better in the epoch after it'
          : `no better for ${since} epochs`,
    epochs: last === 1 ? 'the only epoch' : `the last of ${last} epochs`,
    steps: 'the budget of steps is spent',
    minutes: 'the time is up',
    signal: `interrupted in epoch ${last + 1}`,
  }[by];
  const end =
    by === 'epochs' && since > 0
      ? `no better in the ${since === 1 ? 'one' : since} after it, and all ${last} are done`
      : why;
  return kept === 0 ? why : `kept epoch ${kept}${of}${which}; ${end}`;
};

/** Returns how to train for longer, as the end of a line for the command line. */
export const onwards = ({ by, epochs }: Ended): string => {
  if (by === 'signal') return '; continue with --resume';
  if (by === 'minutes') return '; continue with --resume, which trains for as many minutes again';
  return by === 'epochs' ? '' : `; continue with --resume --epochs ${more(epochs)}`;
};

/** Says that a run has trained for as many epochs as it is to; undefined if some are left. */
export const nothingLeft = (done: number, epochs: number | undefined): string | undefined =>
  epochs === undefined || done < epochs
    ? undefined
    : `nothing is left to train: ${done} ${done === 1 ? 'epoch is' : 'epochs are'} done and ${epochs === 1 ? 'one was' : `${epochs} were`} asked for; give more, such as --epochs ${more(done)}`;

/** A number of further epochs. */
const more = (done: number): number => Math.max(done + 1, Number(Math.ceil(1.5 * done).toPrecision(2)));
