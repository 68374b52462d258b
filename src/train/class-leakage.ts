import { batch } from '../data/batches.ts';
import { select } from '../data/split.ts';
import { classCount, classNames, type Variables } from '../data/variable.ts';
import type { Model } from '../dsl/model.ts';
import { latentUseGraph } from '../layers/latent-use.ts';
import type { Weights } from '../weights/weights.ts';
import type { TrainingEngine } from './engine.ts';
import { fewOf } from './latent-use.ts';
import { noiseOf } from './noise.ts';
import { outcomesOf } from './outcome.ts';
import { classConditions, fitClassifier, labelsOf, someOf, yOf, type Parts } from './tell-classes.ts';

/** A class whose draws a classifier takes for those of other classes, though it knows the class in data. */
export interface Leak {
  readonly condition: string;
  /** The class, and the one that its draws are taken for most often. */
  readonly name: string;
  readonly taken: string;
  /** The shares of examples, and of draws for the class, that the classifier classifies correctly. */
  readonly real: number;
  readonly drawn: number;
}

/** The most examples to draw for and to judge by. */
const MOST = 512;
/** The fewest examples of a class to judge it by, and the share of them that must be recognised. */
const [ENOUGH, KNOWN] = [12, 0.6];
/** How much smaller the share of recognised draws must be, and how many standard errors that must be. */
const [LESS, ERRORS] = [0.25, 3];

/**
 * Finds classes of conditions that draws do not show: a linear classifier learns them from examples, and is given, for held-out examples'
 * conditions, y's mean at two draws of z. If it knows a class in held-out examples but not in these, z carries the class, or the
 * decoder does not take it.
 */
export const classLeakage = async (
  model: Model,
  engine: TrainingEngine,
  { train, held }: Parts,
  variables: Variables,
  seed: number,
  weights: Weights,
): Promise<readonly Leak[]> => {
  const names = classConditions(model, variables, held);
  const width = yOf(model, select(held, [0]), variables, seed).length;
  const some = someOf(held, fewOf(held.count, MOST, width), seed, 'judge');
  const { count } = some;
  const given = batch(
    some,
    Int32Array.from({ length: count }, (_, i) => i),
    variables,
    { seed, epoch: 0 },
  );
  if (names.length === 0 || outcomesOf(model, given).some(({ mask }) => mask)) return [];
  const graph = latentUseGraph(model, false);
  const values = { ...given, ...noiseOf(graph, count, seed, ['watch']) };
  const { first, second } = await engine.compute(graph, weights, values, count);
  if (!first || !second) return [];
  const truth = yOf(model, some, variables, seed);
  return names.flatMap((name) => {
    const classify = fitClassifier(model, train, variables, name, seed);
    const variable = variables[name];
    if (!classify || !variable) return [];
    const texts = classNames(variable) ?? Array.from({ length: classCount(variable) }, (_, i) => `${i}`);
    return leaksOf(name, texts, labelsOf(some, name), classify(truth), [classify(first), classify(second)]);
  });
};

/** Compares, class by class, what a classifier says of examples and of draws for their conditions. */
const leaksOf = (
  condition: string,
  texts: readonly string[],
  labels: Int32Array,
  predicted: Int32Array,
  draws: readonly Int32Array[],
): readonly Leak[] =>
  texts.flatMap((name, k) => {
    const rows = [...labels.keys()].filter((row) => labels[row] === k);
    const all = draws.flatMap((of) => rows.map((row) => of[row] ?? 0));
    if (rows.length < ENOUGH) return [];
    const real = rows.filter((row) => predicted[row] === k).length / rows.length;
    const drawn = all.filter((one) => one === k).length / all.length;
    const error = Math.sqrt(
      (real * (1 - real) + 0.25 / rows.length) / rows.length + (drawn * (1 - drawn)) / all.length,
    );
    if (real < KNOWN || real - drawn < LESS || real - drawn < ERRORS * error) return [];
    const counts = texts.map((_, other) => (other === k ? 0 : all.filter((one) => one === other).length));
    return [{ condition, name, taken: texts[counts.indexOf(Math.max(...counts))] ?? '', real, drawn }];
  });

/** Returns a line for each condition of which draws do not show some classes. */
export const leakageNotices = (leaks: readonly Leak[]): readonly string[] =>
  [...new Set(leaks.map(({ condition }) => condition))].map((condition) => {
    const own = leaks
      .filter((leak) => leak.condition === condition)
      .sort((a, b) => b.real - b.drawn - (a.real - a.drawn));
    const percent = (share: number): string => `${Math.round(100 * share)} %`;
    const each = own.slice(0, 3).map(({ name, taken, real, drawn }, i) => {
      const whole = i === 0 ? ' of its examples, and most other draws look like' : ', mostly';
      return `${percent(drawn)} of the draws for ${name} (${percent(real)}${whole} ${taken})`;
    });
    const more = own.length > 3 ? `, and so for ${own.length - 3} more` : '';
    return `draws for some classes of ${condition} look like other classes: a linear classifier recognises ${each.join(', ')}${more}; usual remedies: train for longer, a lower temperature for samples, a prior that sees the condition, prior: ({ ${condition} }) => …, a smaller latent, docs/samples.md`;
  });
