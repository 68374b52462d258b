import { lower } from '../../compiler/lower.ts';
import { optimisePortably } from '../../compiler/optimise.ts';
import { batch } from '../../data/batches.ts';
import type { Examples } from '../../data/dataset.ts';
import { take } from '../../data/split.ts';
import type { LossUnit } from '../../distributions/data/distribution-data.ts';
import { distributionOf } from '../../distributions/data/table.ts';
import type { Model } from '../../dsl/model.ts';
import { InvalidGraph, InvalidModel } from '../../errors.ts';
import { evaluation } from '../../layers/estimation.ts';
import type { OnnxGraph } from '../../onnx/graph.ts';
import { irVersionOf } from '../../onnx/schema.ts';
import { normals, stream } from '../../random.ts';
import { size } from '../../shape/size.ts';
import { variablesOf } from '../../train/parameters.ts';
import { spreadColumns } from '../../train/columns.ts';
import { LIBRARY } from '../../version.ts';
import type { Weights } from '../../weights/weights.ts';
import type { InferenceEngine, Values } from '../engine.ts';
import { pack } from '../pack.ts';
import { unitsIn } from './float16.ts';
import { layersIn, quantised, type Kept } from './int8.ts';

/** How much worse a model may become: a number of nats (or of the loss's unit), or a share of its loss: `0.1%`. */
export type AtMost = number | `${number}%`;

/** What whole numbers as weights cost, measured on data. */
export interface Measured {
  /** −log p(y|x) of the model with float32 weights, and what it rises by, means over the examples. */
  readonly loss: number;
  readonly rise: number;
  /** The standard error of the rise. */
  readonly error: number;
  readonly unit: LossUnit;
  readonly examples: number;
  /** The part of the data. */
  readonly part: string;
  /** Layers whose weights stay float32, as those of others cost too much already. */
  readonly left: readonly string[];
}

/** What a gate needs to know. */
export interface GateOptions {
  readonly examples: Examples;
  readonly part: string;
  readonly opset: number;
  readonly engine: InferenceEngine;
  readonly atMost?: AtMost;
  /** Layers that stay float32 whatever they cost. */
  readonly keepFloat32?: readonly string[];
  readonly signal?: AbortSignal;
  /** Called with what has been measured, from 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Measures what it costs to store a model's weights as whole numbers: −log p(y|x) of examples, with and without, from the same draws of z.
 * While that is more than allowed, the layer that costs most by itself keeps its float32 weights.
 *
 * @throws InvalidGraph if no layer can have whole numbers.
 */
export const gate = async (model: Model, weights: Weights, options: GateOptions): Promise<Measured> => {
  const { part, opset, engine, signal, onProgress } = options;
  const lowered = lower(evaluation(model, SAMPLES), weights, { opset, batched: true });
  const whole = optimisePortably(lowered, opset);
  const exact = unitsIn(lowered);
  const variables = variablesOf(model);
  const examples = take(spreadColumns(variables, options.examples, weights), MOST);
  const inputs = inputsOf(
    whole,
    model,
    batch(examples, rowsOf(examples.count), variables, { seed: 1 }),
    examples.count,
  );
  const lossesOf = async (kept: Kept | undefined): Promise<Float64Array> => {
    signal?.throwIfAborted();
    return run(kept ? quantised(whole, kept) : whole, inputs, examples.count, engine, opset);
  };
  const before = await lossesOf(undefined);
  onProgress?.(0.3);
  const loss = mean(before);
  const limit = limitOf(options.atMost, loss);
  const riseWith = async (layers: readonly string[]) => {
    const after = await lossesOf({ exact, layers: new Set([...keepFloat32, ...layers]) });
    return spreadOf(after.map((value, i) => value - (before[i] ?? NaN)));
  };
  const { unit } = distributionOf(model.target);
  const { keepFloat32 = [] } = options;
  const all = layersIn(whole, { exact, layers: new Set(keepFloat32) });
  const left: string[] = [];
  let rise = await riseWith(left);
  onProgress?.(0.6);
  const costs = rise.mean <= limit ? [] : await costsOf(all, riseWith);
  for (const layer of costs) {
    left.push(layer);
    if (left.length === all.length) break;
    rise = await riseWith(left);
    if (rise.mean <= limit) break;
  }
  onProgress?.(1);
  if (!(rise.mean <= limit) || left.length === all.length)
    throw new InvalidGraph(
      `precision: expected int8 weights that cost at most ${round(limit)} ${unit}, got +${round(rise.mean)} ${unit} on ${examples.count} examples (${part}) even with ${left.length} of ${all.length} layers left in float32; allow more by at most, or export float16`,
    );
  return { loss, rise: rise.mean, error: rise.error, unit, examples: examples.count, part, left };
};

/** Returns layers, first the one that costs most if it is the only one of whole numbers. */
const costsOf = async (
  all: readonly string[],
  riseWith: (left: readonly string[]) => Promise<{ readonly mean: number }>,
): Promise<readonly string[]> => {
  const costs: (readonly [layer: string, cost: number])[] = [];
  for (const layer of all) costs.push([layer, (await riseWith(all.filter((other) => other !== layer))).mean]);
  return costs.sort(([, a], [, b]) => b - a).map(([layer]) => layer);
};

/** Returns what the loss may rise by. @throws InvalidModel for what is no such limit. */
export const limitOf = (atMost: AtMost | undefined, loss: number): number => {
  if (atMost === undefined) return Math.max(NATS, SHARE * Math.abs(loss));
  const share = typeof atMost === 'string' ? /^(\d+(?:\.\d+)?)%$/.exec(atMost)?.[1] : undefined;
  const limit = typeof atMost === 'string' ? (Number(share) / 100) * Math.abs(loss) : atMost;
  if (!Number.isFinite(limit) || limit < 0)
    throw new InvalidModel(
      `atMost: expected a number from 0, or a share such as 0.1%, got ${JSON.stringify(atMost)}; give how much the loss may rise`,
    );
  return limit;
};

/** What a loss may rise by, unless it is said: so many nats, or this share of it, whichever is more. */
const [NATS, SHARE] = [0.05, 0.001];

/** The largest number of examples, of draws of z for each, and of examples that run at once. */
const [MOST, SAMPLES, ROWS] = [500, 10, 50];

/** The outputs of an evaluation that may be its loss, the best first. */
const LOSSES = ['importanceSampling', 'monteCarlo', 'negativeElbo', 'deterministic'];

const rowsOf = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);

/** Returns the inputs of an evaluation: a batch, and noise that is the same for each example. */
const inputsOf = (
  { inputs }: OnnxGraph,
  { latent }: Model,
  given: Readonly<Record<string, Float32Array>>,
  count: number,
): Values =>
  Object.fromEntries(
    inputs.map(({ name, shape }) => {
      const own = shape.slice(1).map(Number);
      const noise = (): Float32Array => {
        const one = normals(stream(1, 'gate', name), SAMPLES, latent);
        return Float32Array.from({ length: count * one.length }, (_, i) => one[i % one.length] ?? 0);
      };
      return [name, { data: given[name] ?? noise(), shape: [count, ...own] }];
    }),
  );

/** Runs an evaluation and returns the loss of each example. */
const run = async (
  graph: OnnxGraph,
  inputs: Values,
  count: number,
  engine: InferenceEngine,
  opset: number,
): Promise<Float64Array> => {
  const name = LOSSES.find((one) => graph.outputs.some((output) => output.name === one));
  if (name === undefined) throw new Error('an evaluation without a loss');
  const { bytes } = pack('evaluation.onnx', {
    graph,
    opset,
    irVersion: irVersionOf(opset),
    metadata: {},
    producer: LIBRARY,
  });
  const loaded = await engine.load(bytes);
  try {
    const losses = new Float64Array(count);
    for (let from = 0; from < count; from += ROWS) {
      const rows = Math.min(ROWS, count - from);
      const some = Object.entries(inputs).map(([key, { data, shape }]) => {
        const width = size(shape.slice(1));
        return [key, { data: data.subarray(from * width, (from + rows) * width), shape: [rows, ...shape.slice(1)] }];
      });
      const found: Values = await loaded.run(Object.fromEntries(some));
      losses.set(found[name]?.data ?? [], from);
    }
    return losses;
  } finally {
    await loaded.release();
  }
};

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const spreadOf = (values: Float64Array): { readonly mean: number; readonly error: number } => {
  const middle = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / Math.max(1, values.length - 1);
  return { mean: middle, error: Math.sqrt(variance / values.length) };
};

const round = (value: number): number => Number(value.toPrecision(2));
