import type { Batch } from '../data/batches.ts';
import { batch, chunks } from '../data/batches.ts';
import type { Examples } from '../data/dataset.ts';
import { order } from '../data/split.ts';
import type { Variables } from '../data/variable.ts';
import { TrainingFailed } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import { fillNormals, fillUniforms, stream } from '../random.ts';
import { size } from '../shape/shape.ts';
import type { Weights } from '../weights/weights.ts';
import type { Engine, Numbers, Session } from './engine.ts';
import type { Optimiser } from './optimiser.ts';
import { at, type At, type Schedule } from './schedule.ts';

/** What training tells while it runs, some ten times a second: means over the epoch so far. */
export interface Progress {
  readonly phase: 'baseline' | 'model';
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly steps: number;
  readonly metrics: Numbers;
  readonly imagesPerSecond: number;
  readonly secondsLeft: number;
}

/** One epoch's means: what the steps saw, and what validation says of the weights after it. */
export interface Epoch {
  readonly phase: 'baseline' | 'model';
  readonly epoch: number;
  readonly train: Numbers;
  readonly validation?: Numbers;
  readonly seconds: number;
}

/** How one objective is fitted. */
export interface Fit {
  readonly phase: 'baseline' | 'model';
  readonly engine: Engine;
  readonly objective: Graph;
  readonly evaluation: Graph;
  readonly optimiser: Optimiser;
  readonly variables: Variables;
  readonly train: Examples;
  readonly validation?: Examples;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: Schedule;
  /** The values of the objective's and the evaluation's scalar inputs. */
  readonly scalars: (now: At) => Numbers;
  readonly seed: number;
  /** Stop after so many epochs without a better validation loss. */
  readonly patience?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  readonly onEpoch?: (epoch: Epoch) => void;
}

/** What a fit leaves: the weights of the epoch with the lowest validation loss (the last, without validation). */
export interface Fitted {
  readonly weights: Weights;
  readonly epochs: readonly Epoch[];
  readonly stopped: 'finished' | 'early' | 'aborted';
}

/** A loss that is no longer a number, with the best weights before it. */
export class Diverged extends TrainingFailed {
  readonly weights: Weights;
  readonly epochs: readonly Epoch[];

  constructor(message: string, weights: Weights, epochs: readonly Epoch[]) {
    super(message);
    this.weights = weights;
    this.epochs = epochs;
  }
}

/** Fits an objective's trainable parameters, starting from `weights`. @throws Diverged where the loss is not finite. */
export async function fit(plan: Fit, weights: Weights): Promise<Fitted> {
  const { engine, objective, optimiser, validation, epochs, signal } = plan;
  const session = await engine.load(objective, optimiser, weights);
  try {
    const history: Epoch[] = [];
    let best = weights;
    let lowest = Infinity;
    let since = 0;
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const started = performance.now();
      const means = await steps(plan, session, epoch, () => ({ best, history }));
      const current = await session.read();
      if (!means) {
        // Interrupted: what training has reached is kept unless validation has seen better.
        return { weights: lowest < Infinity ? best : current, epochs: history, stopped: 'aborted' };
      }
      const validated =
        validation &&
        (await evaluate(engine, plan.evaluation, current, validation, plan.variables, plan.seed, lastScalars(plan)));
      const seconds = (performance.now() - started) / 1000;
      history.push({ phase: plan.phase, epoch, train: means, ...(validated && { validation: validated }), seconds });
      plan.onEpoch?.(history.at(-1) ?? unreachable());
      const loss = validated?.['loss'];
      if (loss === undefined || loss < lowest) {
        best = current;
        lowest = loss ?? lowest;
        since = 0;
      } else since += 1;
      if (plan.patience !== undefined && since >= plan.patience)
        return { weights: best, epochs: history, stopped: 'early' };
      if (signal?.aborted) return { weights: best, epochs: history, stopped: 'aborted' };
    }
    return { weights: best, epochs: history, stopped: 'finished' };
  } finally {
    session.close();
  }
}

/** One epoch's steps; their mean metrics, or nothing where training was interrupted. */
async function steps(
  plan: Fit,
  session: Session,
  epoch: number,
  kept: () => { readonly best: Weights; readonly history: readonly Epoch[] },
): Promise<Numbers | undefined> {
  const { train, variables, batchSize, seed, learningRate, optimiser, objective } = plan;
  const batches = chunks(order(train.count, seed, epoch), batchSize);
  const means = new Means();
  const started = performance.now();
  let told = started;
  let into: Batch = {};
  for (const [index, indices] of batches.entries()) {
    if (plan.signal?.aborted) return undefined;
    const step = (epoch - 1) * batches.length + index + 1;
    into = batch(train, indices, variables, { seed, epoch, into });
    const count = indices.length;
    const now = at(step, batches.length, plan.epochs);
    const rate = learningRate(now);
    const values = {
      ...into,
      ...noiseOf(objective, count, seed, [plan.phase, step]),
      ...inputsOf(plan.scalars(now)),
    };
    const [metrics] = await session.step([{ values, count, scalars: optimiser.scalars(step, rate) }]);
    if (!metrics || !Number.isFinite(metrics['loss']))
      throw new Diverged(
        `train: expected a finite loss, got ${metrics?.['loss']} at step ${step} (epoch ${epoch}) of the ${plan.phase}; lower the learning rate, now ${rate}, or look for extreme values in the data`,
        kept().best,
        kept().history,
      );
    means.add(metrics, count);
    const time = performance.now();
    if (time - told > 100 || index === batches.length - 1) {
      told = time;
      const perSecond = means.count / ((time - started) / 1000);
      const left = (plan.epochs - epoch + 1) * train.count - means.count;
      plan.onProgress?.({
        phase: plan.phase,
        epoch,
        epochs: plan.epochs,
        step: index + 1,
        steps: batches.length,
        metrics: means.values(),
        imagesPerSecond: perSecond,
        secondsLeft: left / perSecond,
      });
      // An engine may compute synchronously: timers, signals and progress bars get their turn here.
      await new Promise((resume) => setImmediate(resume));
    }
  }
  return means.values();
}

/** The means of an objective's outputs over examples; noise is drawn from the seed, the same at each call. */
export async function evaluate(
  engine: Engine,
  graph: Graph,
  weights: Weights,
  examples: Examples,
  variables: Variables,
  seed: number,
  scalars: Numbers = {},
): Promise<Numbers> {
  const means = new Means();
  const all = Int32Array.from({ length: examples.count }, (_, i) => i);
  for (const [index, indices] of chunks(all, EVALUATED_AT_ONCE).entries()) {
    const count = indices.length;
    const values = {
      ...batch(examples, indices, variables, { seed, epoch: 0 }),
      ...noiseOf(graph, count, seed, ['evaluate', index]),
      ...inputsOf(scalars),
    };
    means.add(await engine.evaluate(graph, weights, values, count), count);
  }
  return means.values();
}

const EVALUATED_AT_ONCE = 500;

/** The noise of one step: a function of the seed and the step only, so that a resumed run sees the same. */
export function noiseOf(
  graph: Graph,
  count: number,
  seed: number,
  path: readonly (string | number)[],
): Record<string, Float32Array> {
  const noise: Record<string, Float32Array> = {};
  for (const { name, shape, lead, role, noise: distribution } of graph.inputs) {
    if (role !== 'noise') continue;
    const length = size(shape) * Math.max(lead, 1);
    // Without a batch axis there is one draw for all examples.
    const out = new Float32Array(lead === 0 ? length : count * length);
    const key = stream(seed, 'noise', name, ...path);
    noise[name] = distribution === 'normal' ? fillNormals(out, key, length) : fillUniforms(out, key, length);
  }
  return noise;
}

/** The objective's scalars as they are at the end of training, by which epochs can be compared. */
const lastScalars = ({ train, batchSize, epochs, scalars }: Fit): Numbers => {
  const perEpoch = Math.ceil(train.count / batchSize);
  return scalars(at(perEpoch * epochs, perEpoch, epochs));
};

/** Numbers as a graph's scalar inputs. */
const inputsOf = (numbers: Numbers): Record<string, Float32Array> =>
  Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Float32Array.of(value)]));

/** Running means of named numbers, weighted by how many examples each is of. */
class Means {
  readonly #sums = new Map<string, number>();
  count = 0;

  add(numbers: Numbers, count: number): void {
    for (const [name, value] of Object.entries(numbers))
      this.#sums.set(name, (this.#sums.get(name) ?? 0) + value * count);
    this.count += count;
  }

  values(): Record<string, number> {
    return Object.fromEntries([...this.#sums].map(([name, sum]) => [name, sum / this.count]));
  }
}

const unreachable = (): never => {
  throw new Error('fit: unreachable');
};
