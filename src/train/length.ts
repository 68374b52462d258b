import { defined } from './defined.ts';
import type { Objective } from './objective.ts';
import { DEFAULTS, type TrainOptions } from './options.ts';
import type { Budget, Pace } from './phase.ts';
import { at } from './schedule.ts';

/** The learning rate in a run's facts if it was found. */
export const FOUND = 'found';

/** The most steps of a phase that ends by itself, unless a budget is given. */
export const STEPS = 20_000;
/** How long to wait for a better validation loss: this number of steps, but at least this number of validations, … */
const [WAIT_STEPS, WAIT_LOOKS] = [900, 6];
/** … and at most this number of epochs: if they are short, most of their time is spent on validation. */
const WAIT_EPOCHS = 120;
/** The number of epochs of a run that only its minutes end. */
const MANY = 100_000;

/** What the length of a run follows from. */
interface RunToPlan {
  readonly plan: {
    readonly options: TrainOptions;
    readonly objective: Objective;
    readonly batch: number;
    readonly validateEvery: number;
  };
  readonly train: { readonly count: number };
  readonly validation: unknown;
}

/** How long a run's phases train. */
export interface Length {
  /** The number of epochs, at most if there is a pace or a budget. */
  readonly epochs: number;
  readonly pace?: Pace;
  /** Returns the budget of a phase that may take this share of the minutes, from now on. */
  budget(share: number): Budget | undefined;
}

/**
 * Returns how long a run trains. A run begun with a number of epochs, or before training could end by itself, has no pace; one that
 * has a pace and is resumed with a number of epochs keeps the way in which its learning rate falls.
 */
export const lengthOf = ({
  plan: { options, objective, batch, validateEvery },
  train,
  validation,
}: RunToPlan): Length => {
  const { epochs, steps, minutes, learningRate, patience, resume } = options;
  const perEpoch = Math.ceil(train.count / batch);
  const isOpen = epochs === undefined && !needsLength({ objective, ...defined({ learningRate }) });
  const paced = resume ? resume.pace !== undefined : isOpen && validation !== undefined;
  const wait =
    resume?.pace?.wait ??
    patience ??
    Math.max(Math.min(WAIT_EPOCHS, Math.ceil(WAIT_STEPS / perEpoch)), WAIT_LOOKS * validateEvery);
  const stop = epochs === undefined ? (patience ?? wait) : undefined;
  const finds = resume ? resume.facts.learningRate === FOUND : learningRate === undefined;
  const most = steps ?? (paced && epochs === undefined && minutes === undefined ? STEPS : undefined);
  const usual = paced || (isOpen && minutes !== undefined) ? MANY : DEFAULTS.epochs;
  return {
    epochs: epochs ?? (most === undefined ? usual : Math.max(1, Math.ceil(most / perEpoch))),
    ...(paced && { pace: { wait, finds, ...defined({ stop }) } }),
    budget: (share) => {
      if (most === undefined && minutes === undefined) return undefined;
      const from = performance.now();
      return { from, ...defined({ steps: most, until: minutes && from + share * minutes * 60_000 }) };
    },
  };
};

/** Returns the pace of a phase whose number of epochs is given. */
export const fixed = ({ wait, finds }: Pace): Pace => ({ wait, finds });

/** Whether a schedule among the options has other values if training is longer. */
export const needsLength = ({
  learningRate,
  objective,
}: {
  readonly learningRate?: TrainOptions['learningRate'] | undefined;
  readonly objective?: Objective;
}): boolean =>
  [learningRate, ...Object.values(objective?.schedules ?? {})].some(
    (schedule) =>
      typeof schedule === 'function' &&
      [1, 50, 300, 900].some((step) => !Object.is(schedule(at(step, 100, 10)), schedule(at(step, 100, 20)))),
  );
