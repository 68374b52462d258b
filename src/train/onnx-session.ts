import { bindBatch } from '../compiler/bind-batch.ts';
import { bindConstants } from '../compiler/bind-constants.ts';
import { optimise } from '../compiler/optimise.ts';
import { metricName, nextName, scalarName, stateName, trainLoop, trainStep } from '../compiler/train-step.ts';
import type { Graph, GraphParam } from '../graph/graph.ts';
import { OPSET } from '../onnx/schema.ts';
import type { OrtSession, OrtTensor } from '../runtime/ort.ts';
import { size } from '../shape/size.ts';
import type { Weights } from '../weights/weights.ts';
import type { Scalars, OptimiserState, Session, StepInput } from './engine.ts';
import { dataOf, openGraph, runGraph, toWeight, valueOf, weightOf, type OnnxBackend } from './onnx-backend.ts';
import { clipGraph, optimiserGraph, type Optimiser } from './optimiser.ts';
import { staging } from './staging.ts';

/**
 * The number of steps in a call is chosen so that it takes this long: below 200 ms, so that Ctrl-C and progress reporting work, …
 */
const CALL_MS = 150;
/** … or a little longer if that fits two steps instead of one, which then share the overhead of the call; … */
const CALL_MS_OF_TWO = 190;
/** The overhead of a call is mostly the copy of the new state out of the runtime, at this many bytes per millisecond. */
const COPIED = 3e6;
/** … and so that the batches of a call fit in this many bytes, … */
const CALL_BYTES = 2 ** 25;
/** … and that there are no more than this many: the overhead of a call is then below one per cent. */
const CALL_STEPS = 64;
/** A step of more nodes than this is compiled for each size of batch, which onnxruntime then opens many times faster. */
const MANY_NODES = 1000;
/** The number of sizes for which steps are kept: that of all batches, and that of the last one of an epoch. */
const SIZES = 2;

/** An objective being trained in onnxruntime: the whole step is one graph, which loops over the batches of a call. */
export class OnnxSession implements Session {
  readonly #backend: OnnxBackend;
  readonly #objective: Graph;
  readonly #optimiser: Optimiser;
  readonly #step: ReturnType<typeof trainStep>;
  /** Names of the scalars that the optimiser needs for each step. */
  readonly #scalars: readonly string[];
  readonly #trained: readonly GraphParam[];
  /** Parameters that training does not change. */
  readonly #fixed: readonly GraphParam[];
  readonly #params: Map<string, OrtTensor>;
  readonly #moments: Map<string, OrtTensor>;
  readonly #joined = staging();
  /** The loops of steps that are open, by the size of their batches; 0 is any. */
  readonly #runners = new Map<number, OrtSession>();
  #atOnce = 1;

  static async load(
    backend: OnnxBackend,
    objective: Graph,
    optimiser: Optimiser,
    weights: Weights,
  ): Promise<OnnxSession> {
    const session = new OnnxSession(backend, objective, optimiser, weights);
    if (!session.#isLarge) await session.#runnerFor(0);
    return session;
  }

  private constructor(backend: OnnxBackend, objective: Graph, optimiser: Optimiser, weights: Weights) {
    this.#backend = backend;
    this.#objective = objective;
    this.#optimiser = optimiser;
    this.#scalars = Object.keys(optimiser.scalars(1, 1));
    this.#step = trainStep(objective, {
      state: optimiser.state,
      scalars: this.#scalars,
      update: (shape) => optimiserGraph(optimiser, shape),
      ...(optimiser.clipNorm !== undefined && { clip: clipGraph(optimiser.clipNorm) }),
    });
    this.#trained = objective.params.filter((param) => param.trainable);
    this.#fixed = objective.params.filter(({ name }) => this.#step.fixed.some((info) => info.name === name));
    this.#params = new Map(objective.params.map((p) => [p.name, this.#tensor(weightOf(p, weights), p.shape)]));
    this.#moments = new Map(
      this.#trained.flatMap((p) =>
        optimiser.state.map((state) => [
          stateName(state, p.name),
          this.#tensor(new Float32Array(size(p.shape)), p.shape),
        ]),
      ),
    );
  }

  get atOnce(): number {
    return this.#atOnce;
  }

  async step(batches: readonly StepInput[]): Promise<readonly Scalars[]> {
    const before = [new Map(this.#params), new Map(this.#moments)] as const;
    const all: Scalars[] = [];
    try {
      for (const group of alike(batches)) all.push(...(await this.#call(group)));
    } catch (error) {
      for (const [i, values] of [this.#params, this.#moments].entries())
        for (const [name, value] of before[i] ?? []) values.set(name, value);
      throw error;
    }
    return all;
  }

  async read(): Promise<Weights> {
    return new Map([...this.#params].map(([name, value]) => [name, toWeight(value)]));
  }

  async write(weights: Weights): Promise<void> {
    for (const p of this.#objective.params)
      if (weights.has(p.name)) this.#params.set(p.name, this.#tensor(weightOf(p, weights), p.shape));
    if (!this.#fixed.some(({ name }) => weights.has(name))) return;
    await this.#release();
    if (!this.#isLarge) await this.#runnerFor(0);
  }

  async state(): Promise<OptimiserState> {
    return Object.fromEntries(
      this.#optimiser.state.map((state) => [
        state,
        new Map(this.#trained.map(({ name }) => [name, toWeight(this.#moments.get(stateName(state, name)))])),
      ]),
    );
  }

  async restore(from: OptimiserState): Promise<void> {
    for (const p of this.#trained)
      for (const state of this.#optimiser.state)
        this.#moments.set(stateName(state, p.name), this.#tensor(weightOf(p, from[state] ?? new Map()), p.shape));
  }

  close(): void {
    this.#params.clear();
    this.#moments.clear();
    void this.#release();
  }

  get #isLarge(): boolean {
    return this.#step.graph.nodes.length > MANY_NODES;
  }

  /** Returns the loop of steps for batches of this size, which is opened if it is not yet. */
  async #runnerFor(count: number): Promise<OrtSession> {
    const size = this.#isLarge ? count : 0;
    const before = this.#runners.get(size);
    if (before) return before;
    const runner = await this.#looped(size);
    for (const [old, one] of [...this.#runners].slice(0, Math.max(0, this.#runners.size + 1 - SIZES))) {
      this.#runners.delete(old);
      await one.release();
    }
    this.#runners.set(size, runner);
    return runner;
  }

  async #release(): Promise<void> {
    const open = [...this.#runners.values()];
    this.#runners.clear();
    for (const runner of open) await runner.release();
  }

  /**
   * Compiles the loop of steps, for batches of this size unless it is 0. What training does not change becomes part of the graph: passes fold it, and onnxruntime arranges
   * the kernels in memory once.
   */
  #looped(count: number): Promise<OrtSession> {
    const values = this.#fixed.map(
      (p) => [p.name, { dtype: 'float32', shape: p.shape, data: dataOf(this.#params.get(p.name)) }] as const,
    );
    const step = bindConstants(this.#step.graph, new Map(values));
    const graph = optimise(count > 0 ? bindBatch(step, count) : step, OPSET);
    const taken = new Map(graph.inputs.map((info) => [info.name, info]));
    const given = this.#step.given.flatMap(({ name }) => taken.get(name) ?? []);
    return openGraph(this.#backend, trainLoop({ ...this.#step, graph, given, fixed: [] }));
  }

  #tensor(data: Float32Array, shape: readonly number[]): OrtTensor {
    return new this.#backend.ort.Tensor('float32', data, shape);
  }

  /** Takes some steps in one call, and adapts the number of steps of the next call to the time it took. */
  async #call(batches: readonly StepInput[]): Promise<readonly Scalars[]> {
    const count = batches[0]?.count ?? 0;
    const runner = await this.#runnerFor(count);
    const started = performance.now();
    const feeds = this.#stacked(runner, batches, count);
    const results = await runGraph(runner, {
      ...Object.fromEntries(this.#params),
      ...Object.fromEntries(this.#moments),
      ...feeds,
    });
    for (const values of [this.#params, this.#moments])
      for (const name of values.keys()) {
        const next = results[nextName(name)];
        if (next) values.set(name, next);
      }
    this.#atOnce = this.#fitting(batches.length, count, performance.now() - started);
    return batches.map((_, i) =>
      Object.fromEntries(
        Object.keys(this.#objective.outputs).map((name) => [name, dataOf(results[metricName(name)])[i] ?? NaN]),
      ),
    );
  }

  /** Stacks batches of one size along a new first axis. */
  #stacked(runner: OrtSession, batches: readonly StepInput[], count: number): Record<string, OrtTensor> {
    const feeds: Record<string, OrtTensor> = {};
    for (const { name, shape, lead } of this.#objective.inputs) {
      if (!runner.inputNames.includes(name)) continue;
      const dims = [...(lead > 0 ? [count * lead] : []), ...shape];
      const parts = batches.map(({ values }) => valueOf(values, name));
      feeds[name] = this.#tensor(this.#joined(name, parts), [batches.length, ...dims]);
    }
    for (const name of this.#scalars) {
      const values = Float32Array.from(batches, ({ scalars }) => scalars[name] ?? NaN);
      feeds[scalarName(name)] = this.#tensor(values, [batches.length]);
    }
    return feeds;
  }

  /**
   * Returns the number of steps that the next call may take, after one of `steps` batches of `count` examples that took this many
   * milliseconds.
   */
  #fitting(steps: number, count: number, took: number): number {
    const example = this.#objective.inputs.reduce(
      (sum, { shape, lead }) => sum + 4 * size(shape) * Math.max(lead, 1),
      0,
    );
    const arrays = 1 + this.#optimiser.state.length;
    const held = this.#trained.reduce((sum, { shape }) => sum + 4 * size(shape) * arrays, 0);
    const perCall = Math.min(held / COPIED, took / 2);
    const perStep = (took - perCall) / steps;
    const inTime = Math.max((CALL_MS - perCall) / perStep, perCall + 2 * perStep < CALL_MS_OF_TWO ? 2 : 1);
    const most = Math.min(inTime, CALL_BYTES / (example * count), CALL_STEPS, 2 * steps);
    return Math.max(1, Math.floor(most));
  }
}

/** Groups consecutive batches of the same size, keeping their order. */
const alike = (batches: readonly StepInput[]): readonly (readonly StepInput[])[] => {
  const groups: StepInput[][] = [];
  for (const batch of batches) {
    const last = groups.at(-1);
    if (last?.[0]?.count === batch.count) last.push(batch);
    else groups.push([batch]);
  }
  return groups;
};
