import { bindBatch } from '../compiler/bind-batch.ts';
import { bindConstants } from '../compiler/bind-constants.ts';
import { optimise } from '../compiler/optimise.ts';
import { metricName, nextName, scalarName, stateName, trainLoop, trainStep } from '../compiler/train-step.ts';
import type { Graph, GraphParam } from '../graph/graph.ts';
import { OnnxBuilder } from '../onnx/builder.ts';
import type { OnnxGraph, ValueInfo } from '../onnx/graph.ts';
import { OPSET } from '../onnx/schema.ts';
import type { Shape } from '../shape/shape.ts';
import { size } from '../shape/size.ts';
import type { Weight, Weights } from '../weights/weights.ts';
import type { Scalars, OptimiserState, Session, StepInput } from './engine.ts';
import { fileOf, valueOf, weightOf } from './onnx-backend.ts';
import { newPlace, type Call, type Computed, type Floats, type Host, type Values } from './onnx-host.ts';
import { JoinMemory } from './onnx-memory.ts';
import { nextSteps } from './onnx-pace.ts';
import { clipGraph, optimiserGraph, type Optimiser } from './optimiser.ts';

/** A graph of more nodes than this is compiled for each size of batch, which onnxruntime then opens many times faster. */
export const MANY_NODES = 1000;
/** The number of sizes for which graphs are kept open: that of all batches, and that of the last one of an epoch. */
export const SIZES = 2;

/** Batches whose values are ready for a call. */
interface Prepared {
  readonly batches: readonly StepInput[];
  readonly given: readonly Values[];
}

/** An objective being trained in onnxruntime: the whole step is one graph, which loops over the batches of a call. */
export class OnnxSession implements Session {
  readonly #host: Host;
  readonly #objective: Graph;
  readonly #optimiser: Optimiser;
  readonly #step: ReturnType<typeof trainStep>;
  /** Names of the scalars that the optimiser needs for each step. */
  readonly #scalars: readonly string[];
  readonly #trained: readonly GraphParam[];
  /** Parameters that training does not change, with their values; the host keeps all others. */
  readonly #fixed = new Map<string, Floats>();
  /** Where the host keeps parameters and the optimiser's state. */
  readonly #place = newPlace();
  readonly #memory = new JoinMemory();
  #prepared: Prepared | undefined;
  /** The loops of steps that are open, by the size of their batches; 0 is any. */
  readonly #files = new Map<number, number>();
  /** The file that gives what is kept on a device. */
  #reader: number | undefined;
  #atOnce = 1;

  static async load(host: Host, objective: Graph, optimiser: Optimiser, weights: Weights): Promise<OnnxSession> {
    const session = new OnnxSession(host, objective, optimiser, weights);
    await session.write(weights);
    await session.restore({});
    return session;
  }

  private constructor(host: Host, objective: Graph, optimiser: Optimiser, weights: Weights) {
    this.#host = host;
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
    const fixed = new Set(this.#step.fixed.map(({ name }) => name));
    for (const p of objective.params) if (fixed.has(p.name)) this.#fixed.set(p.name, floatsOf(p, weights));
  }

  get atOnce(): number {
    return this.#atOnce;
  }

  expect(batches: readonly StepInput[]): void {
    this.#forgetPrepared();
    this.#prepared = { batches, given: this.#groups(batches).map((group) => this.#stacked(group)) };
  }

  async step(batches: readonly StepInput[]): Promise<readonly Scalars[]> {
    if (!isSame(this.#prepared?.batches, batches)) this.expect(batches);
    const given = this.#prepared?.given ?? [];
    this.#prepared = undefined;
    const calls: Call[] = [];
    for (const [i, [first]] of this.#groups(batches).entries())
      calls.push({ file: await this.#fileFor(first?.count ?? 0), given: given[i] ?? {} });
    const { computed, returned } = await this.#host.call(this.#place, calls);
    for (const values of returned) this.#memory.giveBack(values);
    const all = computed.map((one) => this.#metrics(one));
    const [{ ms } = { ms: 0 }, steps = 0] = [computed.at(-1), all.at(-1)?.length];
    if (steps > 0) this.#atOnce = this.#next(steps, ms, batches.at(-1)?.count ?? 1, batches.length);
    return all.flat();
  }

  interrupt(): void {
    this.#host.interrupt();
  }

  async read(): Promise<Weights> {
    const moving = this.#objective.params.filter(({ name }) => !this.#fixed.has(name));
    const values = { ...(await this.#kept(moving.map(nameOf))), ...copies(this.#fixed) };
    return new Map(this.#objective.params.map(({ name }) => [name, toWeight(values, name)]));
  }

  async write(weights: Weights): Promise<void> {
    const given = this.#objective.params.filter(({ name }) => weights.has(name));
    const moving = given.filter(({ name }) => !this.#fixed.has(name));
    await this.#host.set(this.#place, Object.fromEntries(moving.map((p) => [p.name, floatsOf(p, weights)])));
    const fixed = given.filter(({ name }) => this.#fixed.has(name));
    for (const p of fixed) this.#fixed.set(p.name, floatsOf(p, weights));
    if (fixed.length > 0) await this.#release();
    if (!this.#isLarge) await this.#fileFor(0);
  }

  async state(): Promise<OptimiserState> {
    const names = this.#trained.flatMap(({ name }) => this.#optimiser.state.map((state) => stateName(state, name)));
    const values = await this.#kept(names);
    return Object.fromEntries(
      this.#optimiser.state.map((state) => [
        state,
        new Map(this.#trained.map(({ name }) => [name, toWeight(values, stateName(state, name))])),
      ]),
    );
  }

  /** Sets the optimiser's state, which is 0 if there is none. */
  async restore(from: OptimiserState): Promise<void> {
    const values = this.#optimiser.state.flatMap((state) =>
      this.#trained.map((p): [string, Floats] => {
        const weights = from[state];
        const floats = weights ? floatsOf(p, weights) : { dims: p.shape, data: new Float32Array(size(p.shape)) };
        return [stateName(state, p.name), floats];
      }),
    );
    await this.#host.set(this.#place, Object.fromEntries(values));
  }

  close(): void {
    // What fails while memory is freed fails nobody.
    for (const freed of [this.#host.forget(this.#place), this.#release()]) freed.catch(() => undefined);
  }

  get #isLarge(): boolean {
    return this.#step.graph.nodes.length > MANY_NODES;
  }

  /** Returns the loop of steps for batches of this size, which is opened if it is not yet. */
  async #fileFor(count: number): Promise<number> {
    const size = this.#isLarge ? count : 0;
    const before = this.#files.get(size);
    if (before !== undefined) return before;
    const graph = this.#compiled(size);
    const kept = graph.outputs.map(nameOf).filter((name) => name.startsWith(nextName('')));
    const { file } = await this.#host.open(fileOf(graph), kept);
    for (const [old, one] of [...this.#files].slice(0, Math.max(0, this.#files.size + 1 - SIZES))) {
      this.#files.delete(old);
      await this.#host.release(one);
    }
    this.#files.set(size, file);
    return file;
  }

  /** Returns the values that the host keeps: from a device, by a file that gives them. */
  async #kept(names: readonly string[]): Promise<Values> {
    if (!this.#host.onDevice) return this.#host.get(this.#place, names);
    this.#reader ??= (await this.#host.open(fileOf(readerOf(this.#step.state)))).file;
    const { computed } = await this.#host.call(this.#place, [{ file: this.#reader, given: {} }]);
    return Object.fromEntries(names.map((name) => [name, valueOf(computed[0]?.results ?? {}, readName(name))]));
  }

  async #release(): Promise<void> {
    const open = [...this.#files.values(), ...(this.#reader === undefined ? [] : [this.#reader])];
    this.#files.clear();
    this.#reader = undefined;
    for (const file of open) await this.#host.release(file);
  }

  /**
   * Compiles the step, or the loop of steps, for batches of this size unless it is 0. What training does not change becomes part of the graph: passes fold it, and onnxruntime arranges
   * the kernels in memory once.
   */
  #compiled(count: number): OnnxGraph {
    const values = [...this.#fixed].map(
      ([name, { dims, data }]) => [name, { dtype: 'float32', shape: dims, data }] as const,
    );
    const step = bindConstants(this.#step.graph, new Map(values));
    const graph = optimise(count > 0 ? bindBatch(step, count) : step, OPSET);
    if (this.#host.onDevice) return graph;
    const taken = new Map(graph.inputs.map((info) => [info.name, info]));
    const given = this.#step.given.flatMap(({ name }) => taken.get(name) ?? []);
    return trainLoop({ ...this.#step, graph, given, fixed: [] }, { stops: this.#host.stops });
  }

  /** Returns the metrics of each step that was taken. */
  #metrics({ results }: Computed): readonly Scalars[] {
    const names = Object.keys(this.#objective.outputs);
    const steps = valueOf(results, metricName(names[0] ?? 'loss')).data.length;
    return Array.from({ length: steps }, (_, i) =>
      Object.fromEntries(names.map((name) => [name, valueOf(results, metricName(name)).data[i] ?? NaN])),
    );
  }

  /** Groups batches for calls: a device takes one a call. */
  #groups(batches: readonly StepInput[]): readonly (readonly StepInput[])[] {
    return this.#host.onDevice ? batches.map((batch) => [batch]) : alike(batches);
  }

  /** Stacks batches of one size along a new first axis, which there is not where a call is one step. */
  #stacked(batches: readonly StepInput[]): Values {
    const count = batches[0]?.count ?? 0;
    const stacked = this.#host.onDevice ? [] : [batches.length];
    const given: Record<string, Floats> = {};
    for (const { name, shape, lead } of this.#objective.inputs) {
      const dims = [...stacked, ...(lead > 0 ? [count * lead] : []), ...shape];
      const parts = batches.map(({ values }) => valueOf(values, name));
      given[name] = { dims, data: this.#memory.join(name, parts) };
    }
    for (const name of this.#scalars) {
      const data = Float32Array.from(batches, ({ scalars }) => scalars[name] ?? NaN);
      given[scalarName(name)] = { dims: stacked, data };
    }
    return given;
  }

  #forgetPrepared(): void {
    for (const values of this.#prepared?.given ?? []) this.#memory.giveBack(values);
    this.#prepared = undefined;
  }

  /** Returns the number of steps that the next call may take, after one of batches of `count` examples. */
  #next(steps: number, ms: number, count: number, given: number): number {
    const bytes = ({ shape }: { readonly shape: Shape }): number => 4 * size(shape);
    const batch = this.#objective.inputs.reduce((sum, one) => sum + count * Math.max(one.lead, 1) * bytes(one), 0);
    if (this.#host.onDevice)
      return Math.min(
        2 * given,
        nextSteps({ steps: given, ms: ms * given, kept: 0, batch, longest: this.#host.longest }),
      );
    const arrays = 1 + this.#optimiser.state.length;
    const kept = this.#trained.reduce((sum, one) => sum + arrays * bytes(one), 0);
    return nextSteps({ steps, ms, kept, batch, longest: this.#host.longest });
  }
}

const readName = (name: string): string => `read/${name}`;

/** Returns a graph that gives its inputs: what they hold on a device, in memory that JavaScript can read. */
const readerOf = (state: readonly ValueInfo[]): OnnxGraph => {
  const onnx = new OnnxBuilder('state', { opset: OPSET });
  for (const { name, dtype, shape } of state)
    onnx.output(readName(name), onnx.Identity(onnx.input(name, dtype, shape)), dtype, shape);
  return onnx.graph();
};

const nameOf = ({ name }: { readonly name: string }): string => name;

const floatsOf = (param: GraphParam, weights: Weights): Floats => ({
  dims: param.shape,
  data: weightOf(param, weights),
});

const copies = (values: ReadonlyMap<string, Floats>): Values =>
  Object.fromEntries([...values].map(([name, { dims, data }]) => [name, { dims, data: data.slice() }]));

const toWeight = (values: Values, name: string): Weight => {
  const { dims, data } = valueOf(values, name);
  return { shape: [...dims], data };
};

const isSame = (a: readonly StepInput[] | undefined, b: readonly StepInput[]): boolean =>
  a?.length === b.length && b.every((batch, i) => batch === a[i]);

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
