import { bound } from '../compiler/bound.ts';
import { lower } from '../compiler/lower.ts';
import { optimize } from '../compiler/optimize.ts';
import { trainLoop, trainStep, metricName, nextName, scalarName, stateName } from '../compiler/train-step.ts';
import type { Graph } from '../graph/graph.ts';
import { checkGraph } from '../onnx/check.ts';
import { encode } from '../onnx/encode.ts';
import type { OnnxGraph } from '../onnx/graph.ts';
import { irVersionOf, OPSET } from '../onnx/schema.ts';
import type { Ort, OrtSession, OrtTensor } from '../runtime/ort.ts';
import { size, type Shape } from '../shape/shape.ts';
import { LIBRARY } from '../version.ts';
import type { Weight, Weights } from '../weights/weights.ts';
import type { Engine, Numbers, OptimiserState, Session, StepInput } from './engine.ts';
import { clipGraph, optimiserGraph, type Optimiser } from './optimiser.ts';
import { staging } from './staging.ts';

/** onnxruntime, loaded, and how it computes. */
export interface OnnxBackend {
  readonly ort: Ort;
  /** `onnxruntime-node`, or another build of it. */
  readonly name: string;
  readonly version: string;
  /** `cpu`, or `wasm` in a browser. */
  readonly provider: string;
  readonly threads: number;
}

/**
 * onnxruntime as an engine: the objective, its gradient and the optimiser are one ONNX graph of ordinary operators, which
 * takes many steps a call without its state leaving the runtime.
 */
export const onnxEngine = (backend: OnnxBackend): Engine => {
  const { name, version } = backend;
  const compute = computer(backend);
  return {
    name,
    version,
    load: (objective, optimiser, weights) => session(backend, objective, optimiser, weights),
    evaluate: async (...given) =>
      Object.fromEntries(Object.entries(await compute(...given)).map(([name, [first = NaN]]) => [name, first])),
    compute,
  };
};

/** Steps a call are chosen so that it takes this long: a call is to stay below 200 ms, so that Ctrl-C and progress work, … */
const CALL_MS = 150;
/** … or a little longer, where that makes two steps of one: what a call costs by itself is then shared; … */
const CALL_MS_OF_TWO = 190;
/** What a call costs by itself is mostly that the new state is copied out of the runtime: so many bytes a millisecond. */
const COPIED = 3e6;
/** … and so that the batches of a call fit in this many bytes, … */
const CALL_BYTES = 2 ** 25;
/** … and that there are no more than this many: what a call costs by itself is then less than a hundredth. */
const CALL_STEPS = 64;

async function session(
  backend: OnnxBackend,
  objective: Graph,
  optimiser: Optimiser,
  weights: Weights,
): Promise<Session> {
  const scalars = Object.keys(optimiser.scalars(1, 1));
  const step = trainStep(objective, {
    state: optimiser.state,
    scalars,
    update: (shape) => optimiserGraph(optimiser, shape),
    ...(optimiser.clipNorm !== undefined && { clip: clipGraph(optimiser.clipNorm) }),
  });
  // What training leaves as it is becomes part of the graph: passes fold it, and onnxruntime lays kernels out once.
  const fixed = objective.params.filter(({ name }) => step.fixed.some((info) => info.name === name));
  const looped = async (from: Weights): Promise<OrtSession> => {
    const values = fixed.map((p) => [p.name, { dtype: 'float32', shape: p.shape, data: weightOf(p, from) }] as const);
    const graph = optimize(bound(step.graph, new Map(values)), OPSET);
    const taken = new Set(graph.inputs.map(({ name }) => name));
    const given = step.given.filter(({ name }) => taken.has(name));
    return open(backend, trainLoop({ ...step, graph, given, fixed: [] }));
  };
  let runner = await looped(weights);

  const { ort } = backend;
  const trained = objective.params.filter((param) => param.trainable);
  const metrics = Object.keys(objective.outputs);
  const tensor = (data: Float32Array, shape: readonly number[]): OrtTensor => new ort.Tensor('float32', data, shape);
  const params = new Map(objective.params.map((p) => [p.name, tensor(weightOf(p, weights), p.shape)]));
  const moments = new Map(
    trained.flatMap((p) =>
      optimiser.state.map((state) => [stateName(state, p.name), tensor(new Float32Array(size(p.shape)), p.shape)]),
    ),
  );

  const joined = staging();
  /** Batches of one size, end to end along a first axis. */
  const stacked = (batches: readonly StepInput[], count: number): Record<string, OrtTensor> => {
    const feeds: Record<string, OrtTensor> = {};
    for (const { name, shape, lead } of objective.inputs) {
      if (!runner.inputNames.includes(name)) continue;
      const dims = [...(lead > 0 ? [count * lead] : []), ...shape];
      const parts = batches.map(({ values }) => valueOf(values, name));
      feeds[name] = tensor(joined(name, parts), [batches.length, ...dims]);
    }
    for (const name of scalars)
      feeds[scalarName(name)] = tensor(
        Float32Array.from(batches, ({ scalars: own }) => own[name] ?? NaN),
        [batches.length],
      );
    return feeds;
  };

  const bytes = objective.inputs.reduce((sum, { shape, lead }) => sum + 4 * size(shape) * Math.max(lead, 1), 0);
  const held = trained.reduce((sum, { shape }) => sum + 4 * size(shape) * (1 + optimiser.state.length), 0);
  let atOnce = 1;
  const call = async (batches: readonly StepInput[]): Promise<readonly Numbers[]> => {
    const count = batches[0]?.count ?? 0;
    const started = performance.now();
    const feeds = { ...Object.fromEntries(params), ...Object.fromEntries(moments), ...stacked(batches, count) };
    const results = await run(runner, feeds);
    for (const values of [params, moments])
      for (const name of values.keys()) {
        const next = results[nextName(name)];
        if (next) values.set(name, next);
      }
    const took = performance.now() - started;
    const perCall = Math.min(held / COPIED, took / 2);
    const perStep = (took - perCall) / batches.length;
    const fitting = Math.max((CALL_MS - perCall) / perStep, perCall + 2 * perStep < CALL_MS_OF_TWO ? 2 : 1);
    const most = Math.min(fitting, CALL_BYTES / (bytes * count), CALL_STEPS, 2 * batches.length);
    atOnce = Math.max(1, Math.floor(most));
    return batches.map((_, i) =>
      Object.fromEntries(metrics.map((name) => [name, dataOf(results[metricName(name)])[i] ?? NaN])),
    );
  };

  return {
    get atOnce() {
      return atOnce;
    },
    step: async (batches) => {
      const before = [new Map(params), new Map(moments)] as const;
      const all: Numbers[] = [];
      try {
        for (const group of alike(batches)) all.push(...(await call(group)));
      } catch (error) {
        for (const [i, values] of [params, moments].entries())
          for (const [name, value] of before[i] ?? []) values.set(name, value);
        throw error;
      }
      return all;
    },
    read: async () => new Map([...params].map(([name, value]) => [name, toWeight(value)])),
    write: async (from) => {
      for (const p of objective.params) if (from.has(p.name)) params.set(p.name, tensor(weightOf(p, from), p.shape));
      if (!fixed.some(({ name }) => from.has(name))) return;
      await runner.release();
      runner = await looped(new Map([...params].map(([name, value]) => [name, toWeight(value)])));
    },
    state: async (): Promise<OptimiserState> =>
      Object.fromEntries(
        optimiser.state.map((state) => [
          state,
          new Map(trained.map(({ name }) => [name, toWeight(moments.get(stateName(state, name)))])),
        ]),
      ),
    restore: async (from) => {
      for (const p of trained)
        for (const state of optimiser.state)
          moments.set(stateName(state, p.name), tensor(weightOf(p, from[state] ?? new Map()), p.shape));
    },
    close: () => {
      params.clear();
      moments.clear();
      void runner.release();
    },
  };
}

/** Computes a graph's outputs for one batch. Sessions of the graphs that were evaluated last are kept. */
function computer(backend: OnnxBackend): Engine['compute'] {
  const sessions = new Map<Graph, OrtSession>();

  const opened = async (graph: Graph): Promise<OrtSession> => {
    const before = sessions.get(graph);
    if (before) return before;
    const outputs = Object.fromEntries(Object.entries(graph.outputs).map(([name, id]) => [metricName(name), id]));
    const runner = await open(backend, optimize(lower({ ...graph, outputs, updates: {} }, 'inputs'), OPSET));
    // A model has two objectives at most, its baseline's and its own; who evaluates more of them waits a little.
    for (const [old, one] of [...sessions].slice(0, -1)) {
      sessions.delete(old);
      await one.release();
    }
    sessions.set(graph, runner);
    return runner;
  };

  return async (graph, weights, values, count) => {
    const runner = await opened(graph);
    const tensor = (data: Float32Array, dims: readonly number[]) => new backend.ort.Tensor('float32', data, dims);
    const results = await run(runner, {
      ...Object.fromEntries(graph.params.map((p) => [p.name, tensor(weightOf(p, weights), p.shape)])),
      ...Object.fromEntries(
        graph.inputs.map(({ name, shape, lead }) => [
          name,
          tensor(valueOf(values, name), [...(lead > 0 ? [count * lead] : []), ...shape]),
        ]),
      ),
    });
    return Object.fromEntries(Object.keys(graph.outputs).map((name) => [name, dataOf(results[metricName(name)])]));
  };
}

/** A session of a graph. */
const open = ({ ort, provider, threads }: OnnxBackend, graph: OnnxGraph): Promise<OrtSession> => {
  checkGraph(graph, OPSET);
  const model = { graph, opset: OPSET, irVersion: irVersionOf(OPSET), metadata: {}, producer: LIBRARY };
  return ort.InferenceSession.create(encode(model), {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    // Errors only: what a step's graph leaves unused is no news.
    logSeverityLevel: 3,
  });
};

/** Runs a session on those of the values that it takes. */
const run = (
  runner: OrtSession,
  values: Readonly<Record<string, OrtTensor>>,
): Promise<Readonly<Record<string, OrtTensor>>> =>
  runner.run(Object.fromEntries(runner.inputNames.map((name) => [name, valueOf(values, name)])));

/** Batches in their order, those of one size that follow each other together. */
const alike = (batches: readonly StepInput[]): readonly (readonly StepInput[])[] => {
  const groups: StepInput[][] = [];
  for (const batch of batches) {
    const last = groups.at(-1);
    if (last?.[0]?.count === batch.count) last.push(batch);
    else groups.push([batch]);
  }
  return groups;
};

const weightOf = (
  { name, shape }: { readonly name: string; readonly shape: Shape },
  weights: Weights,
): Float32Array => {
  const weight = weights.get(name);
  if (weight?.data.length !== size(shape)) throw new Error(`onnx: the weights have no ${name} of its shape`);
  return weight.data.slice();
};

const toWeight = (value: OrtTensor | undefined): Weight => ({
  shape: [...(value?.dims ?? [])],
  data: dataOf(value).slice(),
});

const dataOf = (value: OrtTensor | undefined): Float32Array => {
  if (value?.data instanceof Float32Array) return value.data;
  throw new Error('onnx: a result is missing');
};

const valueOf = <T>(values: Readonly<Record<string, T>>, name: string): T => {
  const value = values[name];
  if (value === undefined) throw new Error(`onnx: ${name} was not given`);
  return value;
};
