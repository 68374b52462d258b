import { toDataset } from '../data/convert.ts';
import type { Data } from '../data/source.ts';
import { isModel, type Model } from '../dsl/model.ts';
import { InvalidData } from '../errors.ts';
import type { TableScores } from '../scores/score-table.ts';
import type { TrainingEngine } from '../train/engine.ts';
import { chosenEngine, type EngineName } from '../train/engines.ts';
import { TRAIN_RULES } from '../train/options.ts';
import { parametersOf, variablesOf } from '../train/parameters.ts';
import { isText, oneOf, optionsRefusal, rule, wholeFrom0, type Rules } from '../values/rules.ts';
import { received } from '../values/value-text.ts';
import { checkWeights, ownWeights, type Weights } from '../weights/weights.ts';
import { scoreDraws } from '../report/score-draws.ts';

/** How the draws of a model are scored. Every option has a default. */
export interface ScoreOptions {
  /** The part of held-out rows: the test part, else the validation part. */
  readonly part?: 'validation' | 'test';
  /** The column of classes within which distributions are compared: by default the first condition of classes, else the first one. */
  readonly within?: string;
  /** The column that a random forest learns to predict from drawn rows: by default the first that is drawn, of classes if there are any. */
  readonly predict?: string;
  /** The random seed of draws, folds and forests: 1. */
  readonly seed?: number;
  /** What computes, by name or as it is loaded, as in `train`: `auto` by default. */
  readonly engine?: EngineName | TrainingEngine;
}

/**
 * Draws rows for the conditions of held-out ones, and scores them as `scoreTable` does. Undefined if the data are no table (images,
 * sequences, more than 64 columns), or if fewer than 30 rows are held out.
 *
 *     const scores = await scoreModel(model, weights, data);
 *     console.log(scores?.drawn.auc, scores?.trees?.auc);
 *
 * @throws InvalidData for data without a test or a validation part, and for columns that they do not have; WeightsMismatch for weights of
 * another model.
 */
export const scoreModel = async (
  model: Model,
  trained: Weights,
  data: Data,
  options: ScoreOptions = {},
): Promise<TableScores | undefined> => {
  if (!isModel(model))
    throw new InvalidData(
      `scoreModel: expected a model, got ${received(model)}; pass the result of cvae(…) or predictor(…)`,
    );
  const refused = optionsRefusal(RULES, options, received);
  if (refused !== undefined) throw new InvalidData(`scoreModel: ${refused}`);
  const variables = variablesOf(model);
  const { train, names = {}, ...dataset } = await toDataset(data, variables);
  const { part, engine: chosen = 'auto', ...rest } = options;
  const held = part === undefined ? (dataset.test ?? dataset.validation) : dataset[part];
  if (!held)
    throw new InvalidData(
      `scoreModel: expected data with a ${part ?? 'test or validation'} part, got none; give one, such as csv(…, { test: 0.1 })`,
    );
  const weights = ownWeights('scoreModel', trained);
  checkWeights('scoreModel', parametersOf(model), weights);
  const engine = await chosenEngine({ engine: chosen });
  return scoreDraws({ model, variables, weights, engine, train, held, names }, rest);
};

const RULES: Rules = {
  part: oneOf('validation', 'test'),
  within: rule('the name of a column of classes', isText, 'give one such as month'),
  predict: rule('the name of a column', isText, 'give one such as month'),
  seed: wholeFrom0('give one such as 1'),
  engine: TRAIN_RULES.engine,
};
