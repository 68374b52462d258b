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
import type { AtMost } from '../options.ts';
import type { FloatGraph } from '../parts.ts';
import { calibrate, type Calibration, type RunAll } from './calibrate.ts';
import { unitsIn } from './float16.ts';
import { hasLarge, isLarge, LARGE, layersOf4 } from './int4.ts';
import { layerOf, layersIn, type Kept } from './int8.ts';
import { ROWS, runRows, within, type Rows, type Telling } from './run-rows.ts';
import { storedAs, type Stored } from './stored.ts';

/** What whole numbers as weights cost, measured on data. */
export interface Measured {
  /** −log p(y|x) of the model with float32 weights, and what it rises by, means over the examples. */
  readonly loss: number;
  readonly rise: number;
  /** The standard error of the rise. */
  readonly error: number;
  readonly unit: LossUnit;
  readonly examples: number;
  /** The part of the data; and why it is not the validation part, if it is another one. */
  readonly part: string;
  readonly why?: string;
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
  readonly why?: string;
  readonly opset: number;
  readonly engine: InferenceEngine;
  /** The graphs of the files that are exported, by name: only their layers are stored otherwise, and are judged. */
  readonly files: ReadonlyMap<string, FloatGraph>;
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
 * Measures what it costs to store the weights of a model's files as whole numbers: −log p(y|x) of examples, with and without, from the same draws of z.
 * While that is more than allowed, the layer that costs most by itself has more bits: float32, or, with int4, int8, and only if one layer
 * of int4 is left, float32.
 *
 * @throws InvalidGraph if no layer of the files can have as few bits.
 */
export const gate = async (model: Model, weights: Weights, options: GateOptions): Promise<Measured> => {
  const { precision, part, why, calibration, keepFloat32 = [], onProgress } = options;
  const { eights, all } = layersToStore(options);
  const { whole, loss, count, riseOf } = await measuring(model, weights, options, within(onProgress, 0, 0.3));
  const limit = limitOf(options.atMost, loss, precision);
  // Layers of no file stay as they are, those of the recognition network above all; and what is int8 in the files is int8 here.
  const others = layersOf(whole).filter((layer) => !eights.includes(layer));
  const small = eights.filter((layer) => !all.includes(layer));
  const riseWith = ({ left: floats, int8 = [] }: Step, onRows?: Telling, most?: number): Promise<Rise> =>
    riseOf(
      {
        precision,
        keepFloat32: [...keepFloat32, ...others, ...floats],
        int8: [...small, ...int8],
        ...(calibration && { calibration }),
      },
      onRows,
      most,
    );
  const { unit } = distributionOf(model.target);
  let step: Step = { left: [], int8: [] };
  let rise = await riseWith(step, within(onProgress, 0.3, 0.6));
  // Which of them cost most is seen on few examples already.
  const costs =
    rise.mean <= limit
      ? []
      : await costsOf(eights, (layer, at) =>
          riseWith(
            { left: eights.filter((one) => one !== layer), int8: [] },
            within(onProgress, 0.6 + (0.2 * at) / eights.length, 0.6 + (0.2 * (at + 1)) / eights.length),
            FEW,
          ),
        );
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
  // The more layers have more bits, the less it costs: the first step that costs little enough is found by halving.
  let [from, to] = [0, rise.mean <= limit ? 0 : steps.length];
  let [tried, found] = [0, rise];
  while (from < to) {
    // First the last one, without which there is none.
    const at = tried === 0 ? to - 1 : Math.floor((from + to - 1) / 2);
    const one = steps[at] ?? step;
    found = await riseWith(one, within(onProgress, 1 - 0.2 / 1.5 ** tried, 1 - 0.2 / 1.5 ** (tried + 1)));
    if (found.mean <= limit || tried === 0) [step, rise] = [one, found];
    if (!(rise.mean <= limit)) break;
    if (found.mean <= limit) to = at;
    else from = at + 1;
    tried++;
  }
  const { left, int8 } = step;
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
    ...(why !== undefined && { why }),
    left,
    ...(int8.length > 0 && { int8 }),
  };
};

/** Returns the layers of exported files that become whole numbers, and those that get the precision. @throws InvalidGraph if none does. */
const layersToStore = ({ precision, calibration, files, keepFloat32 = [] }: GateOptions) => {
  const layers = new Set(keepFloat32);
  const inFiles = (of: (graph: OnnxGraph, kept: Kept) => readonly string[]): readonly string[] => [
    ...new Set([...files.values()].flatMap(({ whole, exact }) => of(whole, { exact, layers }))),
  ];
  const eights = inFiles(layersIn);
  const all = calibration ? inFiles((graph, kept) => layersOf4(graph, calibration, kept)) : eights;
  if (all.length === 0)
    throw new InvalidGraph(
      `precision: expected a kernel that ${precision} makes smaller in ${[...files.keys()].join(' or ')}, got none${keepFloat32.length > 0 ? ' that does not stay float32' : ''}; export ${calibration ? 'int8' : 'float16'}`,
    );
  return { eights, all };
};

/** Layers with more bits than what is asked for. */
interface Step {
  readonly left: readonly string[];
  readonly int8: readonly string[];
}

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
  onRows?: Telling,
) => {
  const { whole, exact } = evaluationOf(model, weights, SAMPLES, options.opset);
  const examples = take(spreadColumns(variablesOf(model), options.examples, weights), MOST);
  const rows: Rows = { ...options, model, examples, samples: SAMPLES, isShared: true };
  const before = await lossesOf(whole, rows, onRows);
  return {
    whole,
    exact,
    loss: mean(before),
    count: examples.count,
    /** Of the first `most` examples, or of all. */
    riseOf: async (stored: Omit<Stored, 'exact'>, tell?: Telling, most = examples.count): Promise<Rise> => {
      const some = { ...rows, examples: take(examples, most) };
      const after = await lossesOf(storedAs(whole, { ...stored, exact }), some, tell);
      return spreadOf(after.map((value, i) => value - (before[i] ?? NaN)));
    },
  };
};

/**
 * Returns what a model's kernels are given on examples to train on, with z from the recognition network and from the prior.
 * @throws InvalidGraph at once if no kernel of the files can have four bits.
 */
export const calibrationOf = async (
  model: Model,
  weights: Weights,
  {
    opset,
    examples: given,
    files,
    ...how
  }: Pick<GateOptions, 'opset' | 'engine' | 'examples' | 'files' | 'signal' | 'onProgress'>,
): Promise<Calibration> => {
  const { whole } = evaluationOf(model, weights, 1, opset);
  if (![...files.values()].some((file) => hasLarge(file.whole)))
    throw new InvalidGraph(
      `precision: expected a kernel that int4 makes smaller than int8, ${LARGE}, got none; export int8`,
    );
  const examples = take(spreadColumns(variablesOf(model), given, weights), CALIBRATING);
  const rows: Rows = { ...how, opset, model, examples, samples: 1, isShared: false };
  const layers = new Set([...files.values()].flatMap((file) => layersOf(file.whole)));
  const run: RunAll = (graph, each) =>
    runRows(graph, rows, (outputs, from) => {
      each(outputs);
      how.onProgress?.(from / examples.count);
    });
  return calibrate(whole, opset, run, (name, kernel, matrix) => layers.has(layerOf(name)) && isLarge(matrix, kernel));
};

/** Returns the graph of an evaluation, and what of it is in the units of the data. */
const evaluationOf = (model: Model, weights: Weights, samples: number, opset: number) => {
  const lowered = lower(evaluation(model, samples), weights, { opset, batched: true });
  return { whole: optimisePortably(lowered, opset), exact: unitsIn(lowered) };
};

/** Returns layers, first the one that costs most if it is the only one of whole numbers. */
const costsOf = async (
  all: readonly string[],
  riseOf: (layer: string, at: number) => Promise<Rise>,
): Promise<readonly { readonly layer: string; readonly cost: number }[]> => {
  const costs: { readonly layer: string; readonly cost: number }[] = [];
  for (const [at, layer] of all.entries()) costs.push({ layer, cost: (await riseOf(layer, at)).mean });
  return costs.sort((a, b) => b.cost - a.cost);
};

/** Returns the layers of a graph, each once. */
const layersOf = ({ initializers }: OnnxGraph): readonly string[] => [
  ...new Set([...initializers.keys()].map(layerOf)),
];

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

/** The largest number of examples, and of draws of z for each; of examples to calibrate on, and to compare single layers by. */
const [MOST, SAMPLES, CALIBRATING, FEW] = [500, 10, 4096, 50];

/** The outputs of an evaluation that may be its loss, the best first. */
const LOSSES = ['importanceSampling', 'monteCarlo', 'negativeElbo', 'deterministic'];

/** Runs an evaluation and returns the loss of each example. */
const lossesOf = async (graph: OnnxGraph, rows: Rows, tell?: Telling): Promise<Float64Array> => {
  const name = LOSSES.find((one) => graph.outputs.some((output) => output.name === one));
  if (name === undefined) throw new Error('an evaluation without a loss');
  const losses = new Float64Array(rows.examples.count);
  tell?.(0);
  await runRows(graph, rows, (outputs, from) => {
    losses.set(outputs[name]?.data ?? [], from);
    tell?.(Math.min(1, (from + ROWS) / losses.length));
  });
  return losses;
};

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const spreadOf = (values: Float64Array): Rise => {
  const middle = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / Math.max(1, values.length - 1);
  return { mean: middle, error: Math.sqrt(variance / values.length) };
};

const round = (value: number): number => Number(value.toPrecision(2));
