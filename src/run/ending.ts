import type { LossUnit } from '../distributions/data/distribution-data.ts';
import type { Ended, Epoch } from '../formats/epoch.ts';

/** Says which epoch of the last phase was kept, and why training ended after it. */
export const endingOf = ({ by, kept, epochs: last }: Ended, epochs: readonly Epoch[], unit: LossUnit): string => {
  const phase = epochs.at(-1)?.phase;
  const loss = epochs.find((epoch) => epoch.phase === phase && epoch.epoch === kept)?.validation?.['loss'];
  const of = phase === 'baseline' ? ' of the baseline' : '';
  const which = loss === undefined ? '' : ` (validation ${loss.toFixed(2)} ${unit})`;
  const since = last - kept;
  const why = {
    plateau: `no better for ${since} ${since === 1 ? 'epoch' : 'epochs'}`,
    epochs: last === 1 ? 'the only epoch' : `the last of ${last} epochs`,
    steps: 'the budget of steps is spent',
    minutes: 'the minutes are over',
    signal: `interrupted in epoch ${last + 1}`,
  }[by];
  const end = by === 'epochs' && since > 0 ? `no better in the ${since} after it, and all ${last} are done` : why;
  return kept === 0 ? why : `kept epoch ${kept}${of}${which}; ${end}`;
};

/** Returns how to train for longer, as the end of a line for the command line. */
export const onwards = ({ by, epochs }: Ended): string => {
  if (by === 'signal') return '; continue with --resume';
  if (by === 'minutes') return '; continue with --resume, which trains for as many minutes again';
  const more = Math.max(epochs + 1, Number((1.5 * epochs).toPrecision(2)));
  return by === 'epochs' ? '' : `; continue with --resume --epochs ${more}`;
};
