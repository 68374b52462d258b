import { batch, chunks } from '../data/batches.ts';
import type { Examples } from '../data/dataset.ts';
import type { Variables } from '../data/variable.ts';
import type { Model } from '../dsl/model.ts';
import type { Graph } from '../graph/graph.ts';
import { estimation } from '../layers/estimation.ts';
import { fillNormals, stream } from '../random.ts';
import { size } from '../shape/size.ts';
import type { Weights } from '../weights/weights.ts';
import type { TrainingEngine, InputValues } from './engine.ts';
import { logMeanExp, LogSum } from './log-mean.ts';
import { turn } from './event-loop.ts';

/** The estimates for one example, in nats; what does not apply to the model is omitted. */
export interface Estimate {
  readonly index: number;
  /** −log p(y|x) by importance sampling, z from q(z|x,y). */
  readonly importanceSampling?: number;
  /** −log p(y|x) by Monte Carlo, z from p(z|x). */
  readonly monteCarlo?: number;
  readonly negativeElbo: number;
  readonly reconstruction: number;
  /** KL(q ‖ p), in closed form. */
  readonly kl: number;
  /** −log p(y|x,z) at z = the prior's mean; a predictor's −log p(y|x). */
  readonly deterministic: number;
}

/** An example's estimate, with the vectors that are accumulated over all examples. */
export interface Detailed extends Estimate {
  readonly klPerDimension?: Float32Array;
  readonly posterior?: Float32Array;
  readonly prediction: Float32Array;
  /** Empty if there are several targets. */
  readonly y: Float32Array;
  readonly mask?: Float32Array;
}

/** The options of the estimation. */
export interface EstimateOptions {
  readonly engine: TrainingEngine;
  readonly variables: Variables;
  readonly samples: number;
  readonly seed: number;
  /** `false` leaves Monte Carlo's estimate out, if there is a recognition network. */
  readonly forward?: boolean;
}

/** The number of rows, examples times samples, that networks process at once: this bounds memory. */
const ROWS = 2000;
/** The number of samples in a round: more samples take several rounds. */
const ROUND = 100;

/**
 * Estimates each example in turn, in chunks of bounded memory. Sample s of example i is a function of the random seed, i and s,
 * whatever the chunks. One graph computes all of it (layers/estimation.ts).
 */
export async function* estimates(
  model: Model,
  weights: Weights,
  examples: Examples,
  { engine, variables, samples, seed, forward = true }: EstimateOptions,
): AsyncGenerator<Detailed> {
  const rounds = Array.from({ length: Math.ceil(samples / ROUND) }, (_, r) => Math.min(ROUND, samples - r * ROUND));
  const graphs = new Map([...new Set(rounds)].map((count) => [count, estimation(model, count, { forward })]));
  const first = rounds[0] ?? 1;
  const all = Int32Array.from({ length: examples.count }, (_, i) => i);
  for (const indices of chunks(all, Math.max(1, Math.floor(ROWS / first)))) {
    const given = batch(examples, indices, variables, { seed, epoch: 0 });
    const sums = Array.from(indices, () => new Sums());
    let last: InputValues = {};
    for (const [round, count] of rounds.entries()) {
      const graph = graphs.get(count);
      if (!graph) throw new Error('estimates: no graph');
      const noise = noiseOf(graph, indices, seed, round);
      last = await engine.compute(graph, weights, { ...given, ...noise }, indices.length);
      for (const [i, sum] of sums.entries()) sum.add(last, i, indices.length, count);
      // An engine may compute synchronously: timers and signals get their turn here.
      await turn();
    }
    for (const [i, sum] of sums.entries()) {
      const row = (values: Float32Array) => {
        const length = values.length / indices.length;
        return values.slice(i * length, (i + 1) * length);
      };
      yield sum.estimate(indices[i] ?? 0, last, row, given);
    }
  }
}

/** Accumulates the rounds of one example. */
class Sums {
  readonly #importance = new LogSum();
  readonly #forward = new LogSum();
  #reconstruction = 0;
  #samples = 0;

  add(outputs: InputValues, index: number, count: number, samples: number): void {
    const { importance, monteCarlo, reconstruction } = outputs;
    const part = (all: Float32Array) => all.subarray((index * all.length) / count, ((index + 1) * all.length) / count);
    if (importance) this.#importance.add(part(importance));
    if (monteCarlo) this.#forward.add(part(monteCarlo));
    this.#reconstruction += (reconstruction?.[index] ?? NaN) * samples;
    this.#samples += samples;
  }

  estimate(
    index: number,
    last: InputValues,
    row: (values: Float32Array) => Float32Array,
    given: InputValues,
  ): Detailed {
    const { kl, posterior, prediction, deterministic, reconstruction: sampled, importance, monteCarlo } = last;
    const { y = NONE, mask } = given;
    if (!prediction || !deterministic) throw new Error('estimates: an output is missing');
    const exact = row(deterministic)[0] ?? NaN;
    const reconstruction = sampled ? this.#reconstruction / this.#samples : exact;
    const dimensions = kl && row(kl);
    const total = dimensions?.reduce((sum, value) => sum + value, 0) ?? 0;
    return {
      index,
      ...(importance && { importanceSampling: -logMeanExp(this.#importance) }),
      ...(monteCarlo && { monteCarlo: -logMeanExp(this.#forward) }),
      negativeElbo: reconstruction + total,
      reconstruction,
      kl: total,
      deterministic: exact,
      ...(dimensions && { klPerDimension: dimensions }),
      ...(posterior && { posterior: row(posterior) }),
      prediction: row(prediction),
      y: row(y),
      ...(mask && { mask: row(mask) }),
    };
  }
}

const NONE = new Float32Array();

/** Draws the noise of the examples at these indices, `lead` draws for each. */
const noiseOf = (graph: Graph, indices: Int32Array, seed: number, round: number): Record<string, Float32Array> =>
  Object.fromEntries(
    graph.inputs.flatMap(({ name, shape, lead, role }) => {
      if (role !== 'noise') return [];
      const length = size(shape) * lead;
      const out = new Float32Array(indices.length * length);
      // Chunks are consecutive examples: the index of the first determines the rest.
      return [[name, fillNormals(out, stream(seed, 'estimate', name, round), length, indices[0])]];
    }),
  );
