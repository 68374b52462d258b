import type { Data } from '../data/source.ts';
import type { Model } from '../dsl/model.ts';
import { countOf } from '../graph/print.ts';
import { checkEffect, checkTraining, type TrainOptions } from './options.ts';
import { lengthOf } from './length.ts';
import { planOf, prepare } from './plan.ts';

/** What a training would do. */
export interface Rehearsal {
  readonly parameters: number;
  readonly examples: { readonly train: number; readonly validation?: number; readonly test?: number };
  readonly epochs: number;
  readonly batch: number;
  /** Batches in an epoch. */
  readonly steps: number;
  readonly objective: string;
  readonly optimiser: string;
  readonly engine: string;
}

/**
 * Does all that `train` does before its first step: checks the options and the data, learns what targets take from their columns, and
 * loads the engine.
 *
 * @throws what `train` throws before its first step.
 */
export async function rehearse(model: Model, data: Data, options: TrainOptions): Promise<Rehearsal> {
  checkTraining(model, options);
  checkEffect(model, options);
  const plan = planOf(model, options);
  const run = await prepare(plan, data);
  const { train, validation, dataset, engine } = run;
  return {
    parameters: countOf(plan.parameters),
    examples: {
      train: train.count,
      ...(validation && { validation: validation.count }),
      ...(dataset.test && { test: dataset.test.count }),
    },
    epochs: lengthOf(run).epochs,
    batch: plan.batch,
    steps: Math.ceil(train.count / plan.batch),
    objective: plan.objective.name,
    optimiser: plan.optimiser.name,
    engine: engine.name,
  };
}
