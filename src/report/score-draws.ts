import { batch } from '../data/batches.ts';
import type { Dataset, Examples } from '../data/dataset.ts';
import { select } from '../data/split.ts';
import type { Variables } from '../data/variable.ts';
import type { Model } from '../dsl/model.ts';
import { inference } from '../layers/inference.ts';
import { fillNormals, permutation, stream } from '../random.ts';
import { scoreTable, type TableOptions, type TableScores } from '../scores/score-table.ts';
import type { TrainingEngine } from '../train/engine.ts';
import { own } from '../values/own.ts';
import type { Weights } from '../weights/weights.ts';
import { drawnBy } from './draws.ts';
import { targetOf } from './snapshot.ts';
import { rowsOf, tablePlan, type TablePlan } from './table-rows.ts';

/** The model to score, the rows it was trained on, and rows that were held out. */
export interface ScoredModel {
  readonly model: Model;
  readonly variables: Variables;
  readonly weights: Weights;
  readonly engine: TrainingEngine;
  readonly train: Examples;
  readonly held: Examples;
  readonly names?: Dataset['names'];
}

/** How a model's draws are scored: `most` limits the rows of each part, and `enough` how many are drawn. */
export interface DrawOptions extends Pick<TableOptions, 'seed' | 'within' | 'predict'> {
  readonly most?: number;
  readonly enough?: number;
}

/** The number of rows to draw, about: each held-out row is drawn for as often as that takes, at most 4 times. */
const [ENOUGH, TIMES] = [1200, 4];
/** The most rows trained on that decide what is impossible. */
const MANY = 1e6;
/** The fewest held-out rows that are worth scores. */
export const FEW = 30;

/**
 * Scores what a model of a table draws for the conditions of held-out rows. Undefined if its data are no table, or it does not define how to
 * draw from it, or too few rows are held out.
 */
export const scoreDraws = async (
  { model, variables, weights, engine, train, held, names = {} }: ScoredModel,
  { seed = 1, most = Infinity, enough = ENOUGH, ...options }: DrawOptions = {},
): Promise<TableScores | undefined> => {
  const plan = tablePlan(model, variables, train, names);
  if (!plan || held.count < FEW || train.count < FEW) return undefined;
  const limited = (examples: Examples, of: string, count = most): Examples =>
    examples.count <= count
      ? examples
      : select(
          examples,
          permutation(examples.count, stream(seed, 'scores', of))
            .slice(0, count)
            .sort(),
        );
  const test = limited(held, 'held');
  const times = Math.min(TIMES, Math.max(1, Math.ceil(enough / test.count)));
  const drawn = await rowsDrawn({ model, variables, weights, engine, names }, plan, test, times, seed);
  return (
    drawn &&
    scoreTable(
      {
        train: rowsOf(plan, limited(train, 'train')),
        test: rowsOf(plan, test),
        drawn,
        // A range is that of all rows: the largest of many are missing from a part of them.
        ...(train.count > most && { known: rowsOf(plan, limited(train, 'known', MANY)) }),
      },
      { ...options, given: plan.given, seed },
    )
  );
};

/**
 * Draws a row for each held-out row, `times` over, of whose targets nothing is known; undefined if the target's distribution does not
 * define how.
 */
const rowsDrawn = async (
  {
    model,
    variables,
    weights,
    engine,
    names,
  }: Pick<ScoredModel, 'model' | 'variables' | 'weights' | 'engine' | 'names'>,
  plan: TablePlan,
  test: Examples,
  times: number,
  seed: number,
): Promise<ReturnType<typeof rowsOf> | undefined> => {
  const count = test.count * times;
  const examples = select(
    test,
    Int32Array.from({ length: count }, (_, i) => i % test.count),
  );
  const given = batch(
    examples,
    Int32Array.from({ length: count }, (_, i) => i),
    variables,
    { seed, epoch: 0 },
  );
  const noise = fillNormals(new Float32Array(count * model.latent), stream(seed, 'scores'), model.latent);
  const drawn = await drawnBy({
    model,
    graphs: inference(model),
    engine,
    seed,
    count,
    target: targetOf(model, weights, names),
    weights,
    given: { ...given, ...nothingKnown(variables, given), noise },
  });
  if ([...drawn.values()].some(({ isMean }) => isMean)) return undefined;
  return rowsOf(plan, examples, new Map([...drawn].map(([name, { data }]) => [name, data])));
};

/** Returns zeros for what is known of targets, and for its masks. */
const nothingKnown = (
  variables: Variables,
  given: Readonly<Record<string, Float32Array>>,
): Readonly<Record<string, Float32Array>> =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, { length }]) =>
      own(variables, name)?.knownOf === undefined ? [] : [[name, new Float32Array(length)] as const],
    ),
  );
