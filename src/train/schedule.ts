import { taking } from '../dsl/check-arguments.ts';
import { InvalidModel } from '../errors.ts';
import { above0, between, isFloat32, number, rule } from '../values/rules.ts';
import { told } from '../values/value-text.ts';

/** Where training is: steps are counted from 1 over all epochs of a phase, epochs from 0 in fractions. */
export interface ScheduleStep {
  readonly step: number;
  readonly steps: number;
  /** How many epochs lie behind: 2.5 in the middle of the third. */
  readonly epoch: number;
  readonly epochs: number;
}

/** A number that changes while training goes on: a pure function of where it is, so that a resumed run sees the same. */
export type Schedule = (at: ScheduleStep) => number;

/** Where training is at step `step` (from 1) of an epoch of `perEpoch` steps. */
export const at = (step: number, perEpoch: number, epochs: number): ScheduleStep => ({
  step,
  steps: perEpoch * epochs,
  epoch: (step - 1) / perEpoch,
  epochs,
});

/**
 * What a schedule gives at a moment. @throws InvalidModel where that is no number, and for a learning rate below 0.
 */
export const valueAt = (name: string, schedule: Schedule, now: ScheduleStep): number => {
  const value: unknown = schedule(now);
  const least = name === 'learningRate' ? 0 : -Infinity;
  if (isFloat32(value) && value >= least) return value;
  throw new InvalidModel(
    `${name}: expected a schedule that gives a number${least === 0 ? ' from 0 up' : ''}, got ${told(value)} at step ${now.step} of ${now.steps}; return a number`,
  );
};

/** Looks at what a schedule gives at the beginning, in the middle and at the end. @throws as `valueAt`. */
export const checkSchedule = (name: string, schedule: Schedule, epochs: number): void => {
  const perEpoch = 100;
  for (const step of [1, Math.ceil((perEpoch * epochs) / 2), perEpoch * epochs])
    valueAt(name, schedule, at(step, perEpoch, epochs));
};

/** A number as the schedule that never changes; a schedule as it is. */
export const scheduleOf = (value: number | Schedule): Schedule => (typeof value === 'number' ? () => value : value);

const EPOCHS = above0('give how long it takes');

/**
 * From `from` (0 unless given) to `to` in a straight line over the first `epochs`, then `to`: β's usual warm-up.
 *
 * @example
 * ```ts
 * import { linear } from 'cvae-compile/train';
 *
 * const warmUp = linear({ to: 1, epochs: 10 });
 * console.log(warmUp({ step: 500, steps: 2000, epoch: 5, epochs: 20 })); // 0.5
 * ```
 */
export const linear = taking(
  'linear',
  { options: { from: number(), to: number('give where it ends'), epochs: EPOCHS }, required: ['to', 'epochs'] },
  ({ from = 0, to, epochs }: { from?: number; to: number; epochs: number }): Schedule =>
    ({ epoch }) =>
      from + (to - from) * Math.min(1, epoch / epochs),
);

/**
 * Fu and others' cyclical schedule (2019): in each of `cycles` equal parts of training, from 0 to `to` (1 unless given) in a
 * straight line over the first `ramp` of it (half unless given), then `to`.
 */
export const cyclical = taking(
  'cyclical',
  {
    options: {
      cycles: above0('give how many there are'),
      to: number(),
      ramp: between('a positive number up to 1', [0, 1], 'give the share of a cycle that rises', 'last'),
    },
    required: ['cycles'],
  },
  ({ cycles, to = 1, ramp = 0.5 }: { cycles: number; to?: number; ramp?: number }): Schedule =>
    ({ epoch, epochs }) =>
      to * Math.min(1, (((epoch / epochs) * cycles) % 1) / ramp),
);

/** `from`, multiplied by `factor` after every so many epochs. */
export const stepwise = taking(
  'stepwise',
  {
    options: { from: above0(), factor: above0('give one such as 0.5'), every: above0('give a number of epochs') },
    required: ['from', 'factor', 'every'],
  },
  ({ from, factor, every }: { from: number; factor: number; every: number }): Schedule =>
    ({ epoch }) =>
      from * factor ** Math.floor(epoch / every),
);

/** From `from` to `to` (0 unless given) along half a cosine over all of training (Loshchilov and Hutter 2017, one cycle). */
export const cosine = taking(
  'cosine',
  { options: { from: above0('give where it begins'), to: number() }, required: ['from'] },
  ({ from, to = 0 }: { from: number; to?: number }): Schedule =>
    ({ epoch, epochs }) =>
      to + ((from - to) * (1 + Math.cos((Math.PI * epoch) / epochs))) / 2,
);

/** What may be a schedule: a number, or a function that gives one. */
export const scheduleRule = (what: string, holds: (value: number) => boolean, remedy?: string) =>
  rule(
    `${what} or a schedule`,
    (value) => typeof value === 'function' || (typeof value === 'number' && holds(value)),
    remedy,
  );

/** Another schedule, or a number, scaled up in a straight line over the first `epochs`; the first step is the smallest. */
export const warmUp = taking(
  'warmUp',
  { args: [above0('give its epochs'), scheduleRule('a number', Number.isFinite, 'give what is scaled up')] },
  (epochs: number, then: number | Schedule): Schedule => {
    const schedule = scheduleOf(then);
    return (now) => {
      const perEpoch = now.steps / now.epochs;
      return schedule(now) * Math.min(1, (now.epoch + 1 / perEpoch) / epochs);
    };
  },
);
