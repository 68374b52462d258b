import { same } from '../shape/same.ts';
import { show } from '../shape/show.ts';
import { own } from '../values/own.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Model } from '../dsl/model.ts';
import { scalingNames } from '../dsl/scaling.ts';
import { WeightsMismatch } from '../errors.ts';
import type { GraphParam } from '../graph/graph.ts';
import { stream } from '../random.ts';
import { variablesOf } from './parameters.ts';
import type { Weights } from '../weights/weights.ts';

/**
 * Returns the initial weights: each parameter from its initialiser, the random seed and its name; the standardisation of each
 * variable; what was learned of columns; then the weights in `before`, which may cover only some parameters.
 *
 * @throws WeightsMismatch if `before` has a parameter that the model has not, or one of another shape.
 */
export function start(
  model: Model,
  params: readonly GraphParam[],
  scaling: Dataset['scaling'],
  tables: Weights,
  seed: number,
  before: Weights | undefined,
): Weights {
  const weights = new Map(
    params.map(({ name, shape, init }) => [name, { shape, data: init(shape, stream(seed, 'init', name)) }]),
  );
  for (const variable of Object.keys(variablesOf(model))) {
    const scale = own(scaling, variable);
    const names = scalingNames(variable);
    for (const [name, values] of [
      [names.mean, scale?.mean],
      [names.deviation, scale?.deviation],
    ] as const) {
      const weight = weights.get(name);
      if (weight && values) weights.set(name, { shape: weight.shape, data: Float32Array.from(values) });
    }
  }
  for (const [name, table] of tables) if (weights.has(name)) weights.set(name, table);
  for (const [name, weight] of before ?? []) {
    const shape = weights.get(name)?.shape;
    if (!shape || !same(shape, weight.shape))
      throw new WeightsMismatch(
        `weights: expected parameters of this model to start from, got ${name} of shape ${show(weight.shape)}, which ` +
          `${shape ? `has the shape ${show(shape)} here` : 'it does not have'}; give only those that both models share`,
      );
    weights.set(name, weight);
  }
  return weights;
}
