import { InvalidModel } from '../errors.ts';

/** Where training is: steps are counted from 1 over all epochs of a phase, epochs from 0 in fractions. */
export interface At {
  readonly step: number;
  readonly steps: number;
  /** How many epochs lie behind: 2.5 in the middle of the third. */
  readonly epoch: number;
  readonly epochs: number;
}

/** A number that changes while training goes on: a pure function of where it is, so that a resumed run sees the same. */
export type Schedule = (at: At) => number;

/** Where training is at step `step` (from 1) of an epoch of `perEpoch` steps. */
export const at = (step: number, perEpoch: number, epochs: number): At => ({
  step,
  steps: perEpoch * epochs,
  epoch: (step - 1) / perEpoch,
  epochs,
});

/** A number as the schedule that never changes; a schedule as it is. */
export const scheduleOf = (value: number | Schedule): Schedule => (typeof value === 'number' ? () => value : value);

/** From `from` (0 unless given) to `to` in a straight line over the first `epochs`, then `to`: β's usual warm-up. */
export const linear = ({ from = 0, to, epochs }: { from?: number; to: number; epochs: number }): Schedule => {
  check('linear', { epochs });
  return ({ epoch }) => from + (to - from) * Math.min(1, epoch / epochs);
};

/**
 * Fu and others' cyclical schedule (2019): in each of `cycles` equal parts of training, from 0 to `to` (1 unless given) in a
 * straight line over the first `ramp` of it (half unless given), then `to`.
 */
export const cyclical = ({ cycles, to = 1, ramp = 0.5 }: { cycles: number; to?: number; ramp?: number }): Schedule => {
  check('cyclical', { cycles, ramp });
  return ({ epoch, epochs }) => to * Math.min(1, (((epoch / epochs) * cycles) % 1) / ramp);
};

/** `from`, multiplied by `factor` after every so many epochs. */
export const stepwise = ({ from, factor, every }: { from: number; factor: number; every: number }): Schedule => {
  check('stepwise', { from, factor, every });
  return ({ epoch }) => from * factor ** Math.floor(epoch / every);
};

/** From `from` to `to` (0 unless given) along half a cosine over all of training (Loshchilov and Hutter 2017, one cycle). */
export const cosine = ({ from, to = 0 }: { from: number; to?: number }): Schedule => {
  check('cosine', { from });
  return ({ epoch, epochs }) => to + ((from - to) * (1 + Math.cos((Math.PI * epoch) / epochs))) / 2;
};

/** Another schedule, or a number, scaled up in a straight line over the first `epochs`; the first step is the smallest. */
export const warmUp = (epochs: number, then: number | Schedule): Schedule => {
  check('warmUp', { epochs });
  const schedule = scheduleOf(then);
  return (now) => {
    const perEpoch = now.steps / now.epochs;
    return schedule(now) * Math.min(1, (now.epoch + 1 / perEpoch) / epochs);
  };
};

const check = (name: string, numbers: Readonly<Record<string, number>>): void => {
  for (const [key, value] of Object.entries(numbers))
    if (!(value > 0) || !Number.isFinite(value))
      throw new InvalidModel(`${name}: expected a positive number as ${key}, got ${value}; mend it`);
};
