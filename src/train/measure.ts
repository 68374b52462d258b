import { batch, chunks } from '../data/batches.ts';
import type { Examples } from '../data/dataset.ts';
import type { Variables } from '../data/variable.ts';
import type { Graph } from '../graph/graph.ts';
import type { Weights } from '../weights/weights.ts';
import type { TrainingEngine, Scalars } from './engine.ts';
import { Means } from './means.ts';
import { inputsOf, noiseOf } from './noise.ts';
import { pauses } from './event-loop.ts';

/** Computes the means of an objective's outputs over examples; the noise is drawn from the random seed, the same at each call. */
export async function measure(
  engine: TrainingEngine,
  graph: Graph,
  weights: Weights,
  examples: Examples,
  variables: Variables,
  seed: number,
  scalars: Scalars = {},
): Promise<Scalars> {
  const means = new Means();
  const pause = pauses();
  const all = Int32Array.from({ length: examples.count }, (_, i) => i);
  // About 500 rows at a time, counting each draw of an example as a row.
  const lead = Math.max(1, ...graph.steps.map((step) => step.lead));
  for (const [index, indices] of chunks(all, Math.max(1, Math.floor(ROWS / lead))).entries()) {
    const count = indices.length;
    const values = {
      ...batch(examples, indices, variables, { seed, epoch: 0 }),
      ...noiseOf(graph, count, seed, ['evaluate', index]),
      ...inputsOf(scalars),
    };
    means.add(await engine.evaluate(graph, weights, values, count), count);
    await pause();
  }
  return means.values();
}

const ROWS = 500;
