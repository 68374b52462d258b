import type { Salvage } from '../run/salvage.ts';
import type { FoundRate } from '../train/epoch.ts';
import type { TrainOptions } from '../train/train.ts';
import type { Audience, Observers } from './observers.ts';

/** Returns the callbacks of a training in a folder: they call its observers, and then those in the options. */
export const callbacksOf = (
  options: TrainOptions,
  observers: Observers,
  reached: Salvage,
  audience: Pick<Audience, 'say'>,
): Pick<TrainOptions, 'onNotice' | 'onLearned' | 'onRate' | 'onProgress' | 'onCheckpoint' | 'onEpoch'> => ({
  onNotice: (text) => {
    observers.notice(text);
    options.onNotice?.(text);
  },
  onLearned: (line) => {
    audience.say(line);
    options.onLearned?.(line);
  },
  onRate: (found) => {
    observers.bestEffort.attemptNow('the learning rate', () => audience.say(rateLine(found)));
    options.onRate?.(found);
  },
  onProgress: (at) => {
    observers.progress(at);
    options.onProgress?.(at);
  },
  onCheckpoint: async (checkpoint) => {
    await observers.bestEffort.attempt('a checkpoint', () => reached.checkpoint(checkpoint));
    await options.onCheckpoint?.(checkpoint);
  },
  onEpoch: async (epoch, weights) => {
    reached.epoch(epoch, weights);
    await observers.epoch(epoch, weights);
    await options.onEpoch?.(epoch, weights);
  },
});

/** Returns the line about a learning rate that was found. */
const rateLine = ({ phase, rate, trials }: FoundRate): string => {
  const of = phase === 'baseline' ? ' of the baseline' : '';
  const tried = trials.map((trial) => `${trial.rate} → ${trial.loss.toPrecision(4)}`).join(', ');
  return `learning rate${of}: ${rate}${trials.length > 0 ? ` (loss after a few steps with each: ${tried})` : ', as a test would take too much of the budget'}`;
};
