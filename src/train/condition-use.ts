import { batch } from '../data/batches.ts';
import type { Examples } from '../data/dataset.ts';
import { select } from '../data/split.ts';
import type { Variables } from '../data/variable.ts';
import type { Model } from '../dsl/model.ts';
import { latentUseGraph } from '../layers/latent-use.ts';
import { permutation, stream } from '../random.ts';
import { same } from '../shape/same.ts';
import { size } from '../shape/size.ts';
import type { Weights } from '../weights/weights.ts';
import type { InputValues, TrainingEngine } from './engine.ts';
import { enoughOf, fewOf } from './latent-use.ts';
import { noiseOf } from './noise.ts';
import { outcomesOf, shareOf } from './outcome.ts';

/** The share of y's variance below which a condition is ignored. */
const NO_SHARE = 0.002;

/**
 * Measures how much each condition matters to a model that is trained: the share of y's variance that y's mean changes by if the
 * condition is that of another example, while z's noise and the other conditions stay (half the mean square difference: Jansen's
 * estimate of a total effect, 1999); what is missing of a condition is a part of it. A condition that is the same in all examples is left out.
 */
export const conditionUse = async (
  model: Model,
  engine: TrainingEngine,
  examples: Examples,
  variables: Variables,
  seed: number,
  weights: Weights,
): Promise<Readonly<Record<string, number>>> => {
  const graph = latentUseGraph(model, false);
  const count = fewOf(examples.count, enoughOf(examples.count), size(model.target.shape));
  const some = select(examples, permutation(examples.count, stream(seed, 'watch')).slice(0, count).sort());
  const indices = Int32Array.from({ length: count }, (_, i) => i);
  const values = { ...batch(some, indices, variables, { seed, epoch: 0 }), ...noiseOf(graph, count, seed, ['watch']) };
  const outcomes = outcomesOf(model, values);
  const { first } = await engine.compute(graph, weights, values, count);
  const shares: Record<string, number> = {};
  for (const [name, { maskOf }] of Object.entries(model.condition)) {
    if (maskOf !== undefined || !first) continue;
    const order = permutation(count, stream(seed, 'watch', name));
    // What is missing of a condition goes with it.
    const parts = Object.keys(model.condition).filter((one) => one === name || model.condition[one]?.maskOf === name);
    const others: InputValues = Object.fromEntries(
      parts.flatMap((one) => (values[one] ? [[one, shuffled(values[one], order)]] : [])),
    );
    if (parts.every((one) => same([...(values[one] ?? [])], [...(others[one] ?? [])]))) continue;
    const { first: changed } = await engine.compute(graph, weights, { ...values, ...others }, count);
    const share = changed && shareOf(first, changed, outcomes, count);
    if (share !== undefined) shares[name] = share;
  }
  return shares;
};

const shuffled = (values: Float32Array, order: ArrayLike<number>): Float32Array => {
  const width = values.length / order.length;
  const out = new Float32Array(values.length);
  for (let row = 0; row < order.length; row++) {
    const from = order[row] ?? 0;
    out.set(values.subarray(from * width, (from + 1) * width), row * width);
  }
  return out;
};

/** Whether a condition matters so little that it is ignored. */
export const isIgnored = (share: number | undefined): boolean => share !== undefined && share < NO_SHARE;

/** Returns a line for the conditions that are ignored. */
export const ignoredConditions = (shares: Readonly<Record<string, number>>): readonly string[] =>
  Object.entries(shares)
    .filter(([, share]) => isIgnored(share))
    .map(
      ([name, share]) =>
        `the condition ${name} is ignored: it makes ${Number((100 * share).toPrecision(2))} % of y's variance; usual remedies: leave it out if it carries no information about y; else a decoder that takes it by more than one layer, and a recognition network that sees it, so that z need not carry it, docs/samples.md`,
    );
