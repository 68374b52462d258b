import { batch } from '../data/batches.ts';
import type { Examples } from '../data/dataset.ts';
import type { Variables } from '../data/variable.ts';
import type { Graph } from '../graph/graph.ts';
import type { Scalars, StepInput } from './engine.ts';
import { inputsOf, noiseOf } from './noise.ts';
import type { Optimiser } from './optimiser.ts';
import { at, valueAt, type Schedule, type ScheduleStep } from './schedule.ts';

/** What the inputs of a phase's steps follow from. */
export interface Course {
  readonly phase: 'baseline' | 'model';
  readonly objective: Graph;
  readonly optimiser: Optimiser;
  readonly variables: Variables;
  readonly train: Examples;
  readonly batchSize: number;
  readonly epochs: number;
  readonly seed: number;
  /** Returns the values of the scalar inputs of the objective and the evaluation. */
  readonly scalars: (now: ScheduleStep) => Scalars;
}

/** Builds the input of one step. `step` is counted from 1 over all epochs. */
export const inputOf = (
  { train, variables, seed, objective, optimiser, phase, epochs, scalars }: Course,
  epoch: number,
  step: number,
  indices: Int32Array,
  perEpoch: number,
  learningRate: Schedule,
): StepInput => {
  const now = at(step, perEpoch, epochs);
  const count = indices.length;
  return {
    values: {
      ...batch(train, indices, variables, { seed, epoch }),
      ...noiseOf(objective, count, seed, [phase, step]),
      ...inputsOf(scalars(now)),
    },
    count,
    scalars: optimiser.scalars(step, valueAt('learningRate', learningRate, now)),
  };
};

/** Returns the number of steps in an epoch. */
export const stepsOf = ({ train, batchSize }: Pick<Course, 'train' | 'batchSize'>): number =>
  Math.ceil(train.count / batchSize);
