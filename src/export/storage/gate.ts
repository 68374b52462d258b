import { lower } from '../../compiler/lower.ts';
import { optimisePortably } from '../../compiler/optimise.ts';
import type { Examples } from '../../data/dataset.ts';
import { take } from '../../data/split.ts';
import type { LossUnit } from '../../distributions/data/distribution-data.ts';
import { distributionOf } from '../../distributions/data/table.ts';
import type { Model } from '../../dsl/model.ts';
import { InvalidGraph, InvalidModel } from '../../errors.ts';
import { evaluation } from '../../layers/estimation.ts';
import type { OnnxGraph } from '../../onnx/graph.ts';
import { size } from '../../shape/size.ts';
import { variablesOf } from '../../train/parameters.ts';
import { spreadColumns } from '../../train/columns.ts';
import type { Weights } from '../../weights/weights.ts';
import type { InferenceEngine } from '../engine.ts';
import { calibrate, type Calibration } from './calibrate.ts';
import { unitsIn } from './float16.ts';
import { hasLarge, LARGE, layersOf4 } from './int4.ts';
import { layerOf, layersIn } from './int8.ts';
import { runRows, type Rows } from './run-rows.ts';
import { storedAs, type Stored } from './stored.ts';

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
  /** With int4, layers that are int8 for that reason. */
  readonly int8?: readonly string[];
}

/** What a gate needs to know. */
export interface GateOptions {
  /** The weights that are asked for. */
  readonly precision: 'int8' | 'int4';
  readonly examples: Examples;
  readonly part: string;
  readonly opset: number;
  readonly engine: InferenceEngine;
  readonly atMost?: AtMost;
  /** Layers that stay float32 whatever they cost. */
  readonly keepFloat32?: readonly string[];
  /** For int4. */
  readonly calibration?: Calibration;
  readonly signal?: AbortSignal;
  /** Called with what has been measured, from 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Measures what it costs to store a model's weights as whole numbers: −log p(y|x) of examples, with and without, from the same draws of z.
 * While that is more than allowed, the layer that costs most by itself has more bits: float32, or, with int4, int8, and only if one layer
 * of int4 is left, float32.
 *
 * @throws InvalidGraph if no layer can have as few bits.
 */
export const gate = async (model: Model, weights: Weights, options: GateOptions): Promise<Measured> => {
  const { precision, part, calibration, keepFloat32 = [], onProgress } = options;
  const { whole, exact, loss, count, riseOf } = await measuring(model, weights, options);
  onProgress?.(0.3);
  const limit = limitOf(options.atMost, loss, precision);
  const riseWith = (floats: readonly string[], int8: readonly string[] = []): Promise<Rise> =>
    riseOf({ precision, keepFloat32: [...keepFloat32, ...floats], int8, ...(calibration && { calibration }) });
  const { unit } = distributionOf(model.target);
  const kept = { exact, layers: new Set(keepFloat32) };
  const eights = layersIn(whole, kept);
  const all = calibration ? layersOf4(whole, calibration, kept) : eights;
  if (all.length === 0)
    throw new InvalidGraph(
      `precision: expected a kernel that ${precision} makes smaller, got none${keepFloat32.length > 0 ? ' that does not stay float32' : ''}; export ${calibration ? 'int8' : 'float16'}`,
    );
  let left: readonly string[] = [];
  let int8: readonly string[] = [];
  let rise = await riseWith([]);
  onProgress?.(0.6);
  const costs =
    rise.mean <= limit ? [] : await costsOf(eights, (layer) => riseWith(eights.filter((one) => one !== layer)));
  // The cheapest layer keeps what is asked for: else nothing would have it.
  const names = costs.map(({ layer }) => layer);
  const cheapest = names.findLast((layer) => all.includes(layer));
  const dear = names.filter((layer) => layer !== cheapest);
  // Of int4, first those that cost most for what they save.
  const fours = costs
    .filter(({ layer }) => calibration && all.includes(layer) && layer !== cheapest)
    .sort((a, b) => b.cost / sizeOf(whole, b.layer) - a.cost / sizeOf(whole, a.layer))
    .map(({ layer }) => layer);
  const steps = [
    ...fours.map((_, i) => ({ left: [], int8: fours.slice(0, i + 1) })),
    ...dear.map((_, i) => ({ left: dear.slice(0, i + 1), int8: fours.filter((layer) => dear.indexOf(layer) > i) })),
  ];
  for (const step of steps) {
    if (rise.mean <= limit) break;
    ({ left, int8 } = step);
    rise = await riseWith(left, int8);
  }
  onProgress?.(1);
  if (!(rise.mean <= limit))
    throw new InvalidGraph(
      `precision: expected ${precision} weights that cost at most ${round(limit)} ${unit}, got +${round(rise.mean)} ${unit} on ${count} examples (${part})${dear.length > 0 ? ` even with ${dear.length} of ${eights.length} layers left in float32` : ''}; allow more by at most, or export ${calibration ? 'int8' : 'float16'}`,
    );
  return {
    loss,
    rise: rise.mean,
    error: rise.error,
    unit,
    examples: count,
    part,
    left,
    ...(int8.length > 0 && { int8 }),
  };
};

/** What a loss rises by, and the standard error of that. */
export interface Rise {
  readonly mean: number;
  readonly error: number;
}

/** Measures −log p(y|x) of examples, and what it rises by when weights are stored in some way, from the same draws of z. */
export const measuring = async (
  model: Model,
  weights: Weights,
  options: Pick<GateOptions, 'examples' | 'opset' | 'engine' | 'signal'>,
) => {
  const { whole, exact } = evaluationOf(model, weights, SAMPLES, options.opset);
  const examples = take(spreadColumns(variablesOf(model), options.examples, weights), MOST);
  const rows: Rows = { ...options, model, examples, samples: SAMPLES, isShared: true };
  const before = await lossesOf(whole, rows);
  return {
    whole,
    exact,
    loss: mean(before),
    count: examples.count,
    riseOf: async (stored: Omit<Stored, 'exact'>): Promise<Rise> => {
      const after = await lossesOf(storedAs(whole, { ...stored, exact }), rows);
      return spreadOf(after.map((value, i) => value - (before[i] ?? NaN)));
    },
  };
};

/**
 * Returns what a model's kernels are given on examples to train on, with z from the recognition network and from the prior.
 * @throws InvalidGraph at once if no kernel can have four bits.
 */
export const calibrationOf = async (
  model: Model,
  weights: Weights,
  { opset, examples: given, ...how }: Pick<GateOptions, 'opset' | 'engine' | 'examples' | 'signal' | 'onProgress'>,
): Promise<Calibration> => {
  const { whole } = evaluationOf(model, weights, 1, opset);
  if (!hasLarge(whole))
    throw new InvalidGraph(
      `precision: expected a kernel that int4 makes smaller than int8, ${LARGE}, got none; export int8`,
    );
  const examples = take(spreadColumns(variablesOf(model), given, weights), CALIBRATING);
  const rows: Rows = { ...how, opset, model, examples, samples: 1, isShared: false };
  return calibrate(whole, opset, (graph, each) =>
    runRows(graph, rows, (outputs, from) => {
      each(outputs);
      how.onProgress?.(from / examples.count);
    }),
  );
};

/** Returns the graph of an evaluation, and what of it is in the units of the data. */
const evaluationOf = (model: Model, weights: Weights, samples: number, opset: number) => {
  const lowered = lower(evaluation(model, samples), weights, { opset, batched: true });
  return { whole: optimisePortably(lowered, opset), exact: unitsIn(lowered) };
};

/** Returns layers, first the one that costs most if it is the only one of whole numbers. */
const costsOf = async (
  all: readonly string[],
  riseOf: (layer: string) => Promise<Rise>,
): Promise<readonly { readonly layer: string; readonly cost: number }[]> => {
  const costs: { readonly layer: string; readonly cost: number }[] = [];
  for (const layer of all) costs.push({ layer, cost: (await riseOf(layer)).mean });
  return costs.sort((a, b) => b.cost - a.cost);
};

/** The number of weights of a layer. */
const sizeOf = ({ initializers }: OnnxGraph, layer: string): number =>
  [...initializers].reduce((sum, [name, { shape }]) => sum + (layerOf(name) === layer ? size(shape) : 0), 0);

/** Returns what the loss may rise by. @throws InvalidModel for what is no such limit. */
export const limitOf = (atMost: AtMost | undefined, loss: number, precision: 'int8' | 'int4'): number => {
  const [nats, part] = USUAL[precision];
  if (atMost === undefined) return Math.max(nats, part * Math.abs(loss));
  const share = typeof atMost === 'string' ? /^(\d+(?:\.\d+)?)%$/.exec(atMost)?.[1] : undefined;
  const limit = typeof atMost === 'string' ? (Number(share) / 100) * Math.abs(loss) : atMost;
  if (!Number.isFinite(limit) || limit < 0)
    throw new InvalidModel(
      `atMost: expected a number from 0, or a share such as 0.1%, got ${JSON.stringify(atMost)}; give how much the loss may rise`,
    );
  return limit;
};

/** What a loss may rise by, unless an option says: this number of nats, or this share of it, whichever is more. */
const USUAL = { int8: [0.05, 0.001], int4: [0.3, 0.003] } as const;

/** The largest number of examples, and of draws of z for each; and of examples to calibrate on. */
const [MOST, SAMPLES, CALIBRATING] = [500, 10, 4096];

/** The outputs of an evaluation that may be its loss, the best first. */
const LOSSES = ['importanceSampling', 'monteCarlo', 'negativeElbo', 'deterministic'];

/** Runs an evaluation and returns the loss of each example. */
const lossesOf = async (graph: OnnxGraph, rows: Rows): Promise<Float64Array> => {
  const name = LOSSES.find((one) => graph.outputs.some((output) => output.name === one));
  if (name === undefined) throw new Error('an evaluation without a loss');
  const losses = new Float64Array(rows.examples.count);
  await runRows(graph, rows, (outputs, from) => losses.set(outputs[name]?.data ?? [], from));
  return losses;
};

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const spreadOf = (values: Float64Array): Rise => {
  const middle = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / Math.max(1, values.length - 1);
  return { mean: middle, error: Math.sqrt(variance / values.length) };
};

const round = (value: number): number => Number(value.toPrecision(2));
