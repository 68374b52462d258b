import { batch } from '../data/batches.ts';
import type { Examples } from '../data/dataset.ts';
import { select } from '../data/split.ts';
import type { Variables } from '../data/variable.ts';
import type { Model } from '../dsl/model.ts';
import { reasonOf } from '../errors.ts';
import type { LatentUse } from '../formats/epoch.ts';
import type { Graph } from '../graph/graph.ts';
import { latentUseGraph } from '../layers/latent-use.ts';
import { permutation, stream } from '../random.ts';
import { size } from '../shape/size.ts';
import type { Weights } from '../weights/weights.ts';
import type { TrainingEngine, InputValues } from './engine.ts';
import { defined } from './defined.ts';
import { noiseOf } from './noise.ts';
import { columns, outcomesOf, rounded, shareOf, type Outcome } from './outcome.ts';

/**
 * Returns a function that measures how much a model being trained uses its latent, always with the same examples, `most` at most,
 * and the same noise.
 */
export function latentWatch(
  model: Model,
  objective: Graph,
  engine: TrainingEngine,
  examples: Examples,
  variables: Variables,
  seed: number,
  most: number,
): (weights: Weights) => Promise<LatentUse> {
  const trained = new Set(objective.params.map(({ name }) => name));
  const whole = latentUseGraph(model, true);
  // A recognition network that the objective does not train, as in the GSNN, carries no information.
  const isTrained = whole.params.every(({ name, trainable }) => !trainable || trained.has(name));
  const graph = isTrained ? whole : latentUseGraph(model, false);
  const count = fewOf(examples.count, most, size(model.target.shape));
  const some = select(examples, permutation(examples.count, stream(seed, 'watch')).slice(0, count).sort());
  const indices = Int32Array.from({ length: count }, (_, i) => i);
  const values = {
    ...batch(some, indices, variables, { seed, epoch: 0 }),
    ...noiseOf(graph, count, seed, ['watch']),
  };
  const outcomes = outcomesOf(model, values);
  return async (weights) => useOf(await engine.compute(graph, weights, values, count), outcomes, count);
}

/**
 * Wraps a measurement that training can do without: if it fails, one notice reports that, and there are no more measurements. It
 * only shows what the latent is used for.
 */
export const spared = (
  make: () => (weights: Weights) => Promise<LatentUse>,
  notice: (text: string) => void,
): ((weights: Weights) => Promise<LatentUse | undefined>) => {
  let look: ReturnType<typeof make> | undefined;
  let isUseless = false;
  return async (weights) => {
    if (isUseless) return undefined;
    try {
      look ??= make();
      return await look(weights);
    } catch (error) {
      isUseless = true;
      notice(`latent: its use cannot be measured (${reasonOf(error)}); training continues without`);
      return undefined;
    }
  };
};

/**
 * Returns how many examples suffice for a measurement, out of the number trained on: a twentieth, which takes a small part of an
 * epoch's time.
 */
export const enoughOf = (count: number): number => Math.min(256, Math.max(32, Math.ceil(count / 20)));
/** Returns the number of examples to measure on: at most `most`, and fewer if y is large. */
export const fewOf = (count: number, most: number, elements: number): number =>
  Math.min(count, most, Math.max(8, Math.floor(ELEMENTS / elements)));

/** The most elements of y to hold in memory for each result. */
const ELEMENTS = 2 ** 22;

const useOf = (
  { kl, posterior, first, second }: InputValues,
  outcomes: readonly Outcome[],
  count: number,
): LatentUse => ({
  ...defined({
    kl: kl && columns(kl, count).map(({ mean }) => rounded(mean)),
    activeUnits: posterior && columns(posterior, count).filter(({ variance }) => variance > ACTIVE).length,
    share: first && second && shareOf(first, second, outcomes, count),
  }),
});

const ACTIVE = 0.01;
