import type { Dataset } from '../data/dataset.ts';
import { heldOut, split } from '../data/split.ts';
import type { Model } from '../dsl/model.ts';
import type { Scores } from '../formats/scores.ts';
import { scoreModel, type ScoreOptions } from '../training/score-model.ts';
import { FEW } from '../report/score-draws.ts';
import { tablePlan } from '../report/table-rows.ts';
import { variablesOf } from '../train/parameters.ts';
import { scoredTables, scoredText, scoreRows } from '../report/score-rows.ts';
import { table } from './table.ts';
import { wrapped } from './wrap.ts';
import type { Weights } from '../weights/weights.ts';

/** What a training that held out a fraction of the data itself had: its seed, and the fraction. */
export interface HeldOut {
  readonly seed: number;
  readonly fraction: number;
}

/**
 * Scores a trained model's draws on the part that is held out: of the data, or by training, which this repeats. Undefined if the data are
 * no table.
 */
export const scoredBy = async (
  model: Model,
  weights: Weights,
  dataset: Dataset,
  held: HeldOut | undefined,
  options: ScoreOptions,
): Promise<Scores | undefined> => {
  if (dataset.test || dataset.validation) return scoreModel(model, weights, dataset, options);
  if (!held || heldOut(dataset.train.count, held.fraction) === 0) return undefined;
  const [train, validation] = split(dataset.train, held.fraction, held.seed);
  return scoreModel(model, weights, { ...dataset, train, validation }, options);
};

/** Formats scores as lines. */
export const scoreLines = (scores: Scores, width: number): readonly string[] => [
  ...wrapped(`${scoredText(scores)}:`, width, '  '),
  ...scoreTable(scores, width),
  ...(scores.drawn.auc === null ? ['too few held-out rows have a value in every column for the other scores'] : []),
];

/** A row for each score; its name is on as many lines as it takes for the numbers to fit. */
const scoreTable = (scores: Scores, width: number): readonly string[] => {
  const head = [...scoredTables(scores), 'best'];
  const room = width - head.reduce((sum, title) => sum + Math.max(5, title.length) + 2, 0);
  return table(
    ['', ...head],
    scoreRows(scores).map(({ name, cells, best }) => [
      wrapped(`  ${name}`, Math.max(24, room), '    ').join('\n'),
      ...cells,
      best,
    ]),
    ['left', ...head.map(() => 'right' as const)],
  ).split('\n');
};

/** Says that a table has no scores since too few rows are held out; nothing for data that are no table. */
export const unscoredLines = (model: Model, dataset: Dataset): readonly string[] => {
  const held = dataset.test ?? dataset.validation;
  if (!held || held.count >= FEW || !tablePlan(model, variablesOf(model), dataset.train, dataset.names ?? {}))
    return [];
  return [`drawn rows are not scored: that takes ${FEW} held-out rows, and there are ${held.count}`];
};
