import { taking } from '../dsl/check-arguments.ts';
import { InvalidModel } from '../errors.ts';
import { above0, between, isFloat32, number, rule } from '../values/rules.ts';
import { received } from '../values/value-text.ts';

/** The progress of training: steps are counted from 1 over all epochs of a phase, epochs from 0 in fractions. */
export interface ScheduleStep {
  readonly step: number;
  readonly steps: number;
  /** The number of epochs completed: 2.5 in the middle of the third. */
  readonly epoch: number;
  readonly epochs: number;
}

/** A number that changes during training: a pure function of the progress, so that a resumed run sees the same values. */
export type Schedule = (at: ScheduleStep) => number;

/** Returns the progress at step `step` (from 1), with `perEpoch` steps an epoch. */
export const at = (step: number, perEpoch: number, epochs: number): ScheduleStep => ({
  step,
  steps: perEpoch * epochs,
  epoch: (step - 1) / perEpoch,
  epochs,
});

/** Returns the value of a schedule at a moment. @throws InvalidModel if it is not a number, or is a learning rate below 0. */
export const valueAt = (name: string, schedule: Schedule, now: ScheduleStep): number => {
  const value: unknown = schedule(now);
  const least = name === 'learningRate' ? 0 : -Infinity;
  if (isFloat32(value) && value >= least) return value;
  throw new InvalidModel(
    `${name}: expected a schedule that gives a number${least === 0 ? ' from 0 up' : ''}, got ${received(value)} at step ${now.step} of ${now.steps}; return a number`,
  );
};

/** Checks the values of a schedule at the beginning, in the middle and at the end. @throws as `valueAt`. */
export const checkSchedule = (name: string, schedule: Schedule, epochs: number): void => {
  const perEpoch = 100;
  for (const step of [1, Math.ceil((perEpoch * epochs) / 2), perEpoch * epochs])
    valueAt(name, schedule, at(step, perEpoch, epochs));
};

/** Returns a number as a constant schedule, and a schedule unchanged. */
export const scheduleOf = (value: number | Schedule): Schedule => (typeof value === 'number' ? () => value : value);

const EPOCHS = above0('give how long it takes');

/**
 * Rises linearly from `from` (0 by default) to `to` over the first `epochs`, then stays at `to`: β's usual warm-up.
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
 * Repeats a ramp (the cyclical schedule of Fu and others 2019): in each of `cycles` equal parts of training, rises linearly from
 * 0 to `to` (1 by default) over the first `ramp` of it (half by default), then stays at `to`.
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

/** Starts at `from` and is multiplied by `factor` after every fixed number of epochs. */
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

/** Falls from `from` to `to` (0 by default) along half a cosine over all of training (Loshchilov and Hutter 2017, one cycle). */
export const cosine = taking(
  'cosine',
  { options: { from: above0('give where it begins'), to: number() }, required: ['from'] },
  ({ from, to = 0 }: { from: number; to?: number }): Schedule =>
    ({ epoch, epochs }) =>
      to + ((from - to) * (1 + Math.cos((Math.PI * epoch) / epochs))) / 2,
);

/** Returns the rule for a schedule: a number, or a function that returns one. */
export const scheduleRule = (what: string, holds: (value: number) => boolean, remedy?: string) =>
  rule(
    `${what} or a schedule`,
    (value) => typeof value === 'function' || (typeof value === 'number' && holds(value)),
    remedy,
  );

/** Scales another schedule, or a number, up linearly over the first `epochs`; the first step is the smallest. */
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
