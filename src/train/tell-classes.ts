import { batch } from '../data/batches.ts';
import type { Examples } from '../data/dataset.ts';
import { select } from '../data/split.ts';
import { classCount, type Variables } from '../data/variable.ts';
import type { Model } from '../dsl/model.ts';
import { permutation, stream } from '../random.ts';
import { own } from '../values/own.ts';
import { outcomesOf } from './outcome.ts';
import { softmaxClassifier } from './softmax-classifier.ts';

/** The most examples to learn from, and how many products a step of the classifier may take. */
const [LEARNED, PRODUCTS] = [2000, 3e6];
/** The fewest examples of a class, on average. */
const ENOUGH = 12;

/** The examples that a model was trained on, and others. */
export interface Parts {
  readonly train: Examples;
  readonly held: Examples;
}

/** Returns the conditions that are one of several classes, in examples that hold them as such. */
export const classConditions = (model: Model, variables: Variables, held: Examples): readonly string[] =>
  Object.entries(variables).flatMap(([name, { kind }]) => {
    const column = own(held.columns, name);
    const isOne = kind === 'categorical' && column?.shape.every((size) => size === 1) === true;
    return isOne && Object.hasOwn(model.condition, name) ? [name] : [];
  });

/**
 * Fits a linear classifier that predicts a condition from y, as networks see it, to some of the examples; undefined if these are too few for so
 * many classes and elements.
 */
export const fitClassifier = (
  model: Model,
  train: Examples,
  variables: Variables,
  name: string,
  seed: number,
): ((y: Float32Array) => Int32Array) | undefined => {
  const variable = variables[name];
  if (!variable) return undefined;
  const classes = classCount(variable);
  const width = yOf(model, select(train, [0]), variables, seed).length;
  const count = Math.min(train.count, LEARNED, Math.floor(PRODUCTS / (width * classes)));
  if (count < ENOUGH * classes) return undefined;
  const some = someOf(train, count, seed, 'learn');
  return softmaxClassifier({ values: yOf(model, some, variables, seed), labels: labelsOf(some, name) }, classes);
};

/** Returns the classes of a condition. */
export const labelsOf = (examples: Examples, name: string): Int32Array =>
  Int32Array.from(own(examples.columns, name)?.data ?? []);

/** Returns some of the examples, drawn with the seed, in their order. */
export const someOf = (examples: Examples, most: number, seed: number, of: string): Examples =>
  select(
    examples,
    permutation(examples.count, stream(seed, 'classes', of))
      .slice(0, most)
      .sort(),
  );

/** Returns y of examples as networks see it, several targets one after another, row by row. */
export const yOf = (model: Model, examples: Examples, variables: Variables, seed: number): Float32Array => {
  const indices = Int32Array.from({ length: examples.count }, (_, i) => i);
  const outcomes = outcomesOf(model, batch(examples, indices, variables, { seed, epoch: 0 }));
  const width = outcomes.reduce((sum, { width: one }) => sum + one, 0);
  const out = new Float32Array(examples.count * width);
  for (const { at, width: one, y } of outcomes)
    for (let row = 0; row < examples.count; row++) out.set(y.subarray(row * one, (row + 1) * one), row * width + at);
  return out;
};
