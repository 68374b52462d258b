import type { Graph, GraphParam } from '../graph/graph.ts';
import { OnnxBuilder, type Value } from '../onnx/builder.ts';
import type { OnnxGraph, ValueInfo } from '../onnx/graph.ts';
import { OPSET } from '../onnx/schema.ts';
import type { Shape } from '../shape/shape.ts';
import { differentiate } from './differentiate.ts';
import { lower } from './lower.ts';
import { reopen } from './reopen.ts';

/** An optimiser as the compiler sees it: how gradients update parameters. */
export interface UpdateRule {
  /** The optimiser's state for each element of a parameter, kept between steps. */
  readonly state: readonly string[];
  /** The numbers of one step that are the same for all elements. */
  readonly scalars: readonly string[];
  /**
   * Returns, for a parameter's shape, a graph from `parameter`, `gradient`, the state and the scalars to the new
   * `parameter` and state.
   */
  update(shape: Shape): Graph;
  /**
   * If gradients are clipped: a graph from `largest`, the largest absolute value of their elements or 1 if that is
   * larger, and `squares`, the sum of the squares of all of them divided by it, to the `factor` for all.
   */
  readonly clip?: Graph;
}

/** A training step as a graph, with the roles of its inputs and outputs. */
export interface TrainStep {
  readonly graph: OnnxGraph;
  /** Its first half, cut where the gradients are: `gradientStep`. */
  readonly gradient: OnnxGraph;
  /** The data and the noise of a batch, and the optimiser's scalars (`optimiser/stepSize`): new for each step. */
  readonly given: readonly ValueInfo[];
  /** Parameters and the optimiser's state for them (`velocity/decoder/dense_1/kernel`): each has an output `next/…`. */
  readonly state: readonly ValueInfo[];
  /** Parameters that training does not change. */
  readonly fixed: readonly ValueInfo[];
  /** The objective's scalar outputs, computed before the step: `metrics/loss`. */
  readonly metrics: readonly ValueInfo[];
}

/** Returns the name of an optimiser's state for a parameter. */
export const stateName = (state: string, parameter: string): string => `${state}/${parameter}`;
/** Returns the name of an optimiser's scalar. */
export const scalarName = (scalar: string): string => `optimiser/${scalar}`;
/** Returns the name of an objective's output. */
export const metricName = (metric: string): string => `metrics/${metric}`;
/** Returns the name of the derivative of the loss by a parameter. */
export const gradientName = (parameter: string): string => `gradient/${parameter}`;
/** Returns the name of the new value of a parameter or of its state. */
export const nextName = (name: string): string => `next/${name}`;

/**
 * Writes one training step as one graph: the objective, its gradient by all trainable parameters, and the optimiser's
 * update.
 *
 *     batch, noise, scalars, state → metrics, next state
 *
 * @throws InvalidGraph, naming the layer, if the objective has no gradient.
 */
export function trainStep(objective: Graph, rule: UpdateRule, options: { readonly opset?: number } = {}): TrainStep {
  const { opset = OPSET } = options;
  const whole = gradientStep(objective, options);
  const { onnx, values } = reopen(whole, `${objective.name} step`, opset);
  const trained = trainedOf(objective);
  const gradients = new Map(trained.map(({ name }) => [name, valueOf(values, gradientName(name))]));
  const { scalars, moments } = writeUpdate(onnx, trained, rule, gradients);
  const inner = new Set(trained.map(({ name }) => gradientName(name)));
  for (const { name, dtype, shape } of whole.outputs)
    if (!inner.has(name)) onnx.output(name, valueOf(values, name), dtype, shape);

  const graph = onnx.graph();
  const changed = new Set(graph.outputs.map(({ name }) => name));
  const changes = ({ name }: ValueInfo): boolean => changed.has(nextName(name));
  const params = new Set(objective.params.map((param) => param.name));
  return {
    graph,
    gradient: whole,
    given: [...whole.inputs.filter(({ name }) => !params.has(name)), ...scalars],
    state: [...whole.inputs.filter(changes), ...moments],
    fixed: whole.inputs.filter((info) => params.has(info.name) && !changes(info)),
    metrics: graph.outputs.filter(({ name }) => Object.keys(objective.outputs).map(metricName).includes(name)),
  };
}

/**
 * Writes the first half of a training step, cut where the gradients are, for processes that average them: metrics, new running
 * statistics, and the derivatives of the loss by all trainable parameters, before they are clipped.
 *
 *     batch, noise, scalars, parameters → metrics, gradients (`gradient/decoder/dense_1/kernel`)
 *
 * @throws InvalidGraph, naming the layer, if the objective has no gradient.
 */
function gradientStep(objective: Graph, { opset = OPSET }: { readonly opset?: number } = {}): OnnxGraph {
  const forward = lower(renamedOutputs(objective, metricName), 'inputs', { opset });
  return differentiate(forward, { of: metricName('loss'), by: trainedOf(objective).map(({ name }) => name), opset });
}

/**
 * Writes the second half: the optimiser's step, from gradients of the whole batch, which it clips if the rule says so.
 *
 *     gradients, scalars, parameters, the optimiser's state → next parameters, next state
 */
export function updateStep(
  objective: Graph,
  rule: UpdateRule,
  { opset = OPSET }: { readonly opset?: number } = {},
): OnnxGraph {
  const onnx = new OnnxBuilder(`${objective.name} update`, { opset });
  const trained = trainedOf(objective);
  for (const { name, shape } of trained) onnx.input(name, 'float32', shape);
  const gradients = new Map(
    trained.map(({ name, shape }) => [name, onnx.input(gradientName(name), 'float32', shape)] as const),
  );
  writeUpdate(onnx, trained, rule, gradients);
  return onnx.graph();
}

const trainedOf = ({ params }: Graph): readonly GraphParam[] => params.filter(({ trainable }) => trainable);

/** Declares the optimiser's inputs, and writes the next value of each parameter and of its state. */
const writeUpdate = (
  onnx: OnnxBuilder,
  trained: readonly GraphParam[],
  rule: UpdateRule,
  gradients: ReadonlyMap<string, Value>,
): { readonly scalars: readonly ValueInfo[]; readonly moments: readonly ValueInfo[] } => {
  const { opset } = onnx;
  const declare = (name: string, shape: ValueInfo['shape']): ValueInfo => {
    onnx.input(name, 'float32', shape);
    return { name, dtype: 'float32', shape };
  };
  const scalars = rule.scalars.map((name) => declare(scalarName(name), []));
  const moments = trained.flatMap(({ name, shape }) => rule.state.map((s) => declare(stateName(s, name), shape)));

  const factor = rule.clip && clipFactor(onnx, rule.clip, [...gradients.values()]);
  for (const { name, shape } of trained) {
    const next = onnx.scope(`update/${name}`, () => {
      const gradient = valueOf(gradients, name);
      return onnx.inline(lower(renamedOutputs(rule.update(shape), nextName), 'inputs', { opset }), {
        parameter: { name },
        gradient: factor ? onnx.Mul(gradient, factor) : gradient,
        ...Object.fromEntries(rule.state.map((state) => [state, { name: stateName(state, name) }])),
        ...Object.fromEntries(rule.scalars.map((scalar) => [scalar, { name: scalarName(scalar) }])),
      });
    });
    onnx.output(nextName(name), named(next, nextName('parameter')), 'float32', shape);
    for (const state of rule.state)
      onnx.output(nextName(stateName(state, name)), named(next, nextName(state)), 'float32', shape);
  }
  return { scalars, moments };
};

/**
 * Writes a step for each of several batches in one graph: ONNX's Loop around the step. The inputs that are new for each
 * step have an additional first axis `K`, and so have the metrics; the state passes from step to step without leaving
 * the runtime. If it `stops`, it has a first input `stop`, bool, after the step in which that has become true no other is
 * taken: of a memory that another thread writes to.
 */
export function trainLoop(
  { graph, given, state, fixed, metrics }: TrainStep,
  { opset = OPSET, stops = false }: { readonly opset?: number; readonly stops?: boolean } = {},
): OnnxGraph {
  const onnx = new OnnxBuilder(`${graph.name}s`, { opset });
  const stop = stops ? onnx.input('stop', 'bool', []) : undefined;
  const stacked = given.map(({ name, dtype, shape }) => onnx.input(name, dtype, ['K', ...shape]));
  const initial = state.map(({ name, dtype, shape }) => onnx.input(name, dtype, shape));
  for (const { name, dtype, shape } of fixed) onnx.input(name, dtype, shape);
  const [first] = stacked;
  if (!first) throw new Error(`${graph.name}: a step that is given nothing`);

  const body = onnx.subgraph(
    'step',
    [
      { name: 'iteration', dtype: 'int64', shape: [] },
      { name: 'condition', dtype: 'bool', shape: [] },
      ...state.map((info) => ({ ...info, name: `state/${info.name}` })),
    ],
    (iteration, condition, ...held) => {
      if (!iteration || !condition) throw new Error('a loop without a count');
      const values = Object.fromEntries([
        ...given.map(({ name }) => [name, onnx.Gather({ name }, iteration)] as const),
        ...state.map(({ name }, i) => [name, held[i] ?? { name }] as const),
        ...fixed.map(({ name }) => [name, { name }] as const),
      ]);
      const made = onnx.inline(graph, values);
      return [
        { value: stop ? onnx.Not(stop) : condition, dtype: 'bool', shape: [] },
        ...state.map(({ name, dtype, shape }) => ({ value: named(made, nextName(name)), dtype, shape })),
        ...metrics.map(({ name, dtype, shape }) => ({ value: named(made, name), dtype, shape })),
      ];
    },
  );

  const steps = onnx.Gather(onnx.Shape(first), onnx.constant(0, 'int64'));
  const results = onnx.Loop(steps, undefined, initial, body);
  const outputs = [
    ...state.map((info) => ({ ...info, name: nextName(info.name) })),
    ...metrics.map((info) => ({ ...info, shape: ['K', ...info.shape] })),
  ];
  for (const [i, { name, dtype, shape }] of outputs.entries())
    onnx.output(name, results[i] ?? { name: '' }, dtype, shape);
  return onnx.graph();
}

/**
 * Returns the factor for all gradients; their squares are summed after dividing by the largest, so that none overflows.
 */
const clipFactor = (onnx: OnnxBuilder, clip: Graph, gradients: readonly Value[]): Value | undefined =>
  onnx.scope('clip', () => {
    const all = gradients.map((g) => onnx.ReduceMax(onnx.Abs(g), undefined, { keepdims: 0 }));
    const largest = onnx.Max(...all, 1);
    const [first, ...rest] = gradients.map((g) => {
      const small = onnx.Div(g, largest);
      return onnx.ReduceSum(onnx.Mul(small, small), undefined, { keepdims: 0 });
    });
    if (!first) return undefined;
    const squares = rest.reduce((a, b) => onnx.Add(a, b), first);
    return named(onnx.inline(lower(clip, 'inputs', { opset: onnx.opset }), { largest, squares }), 'factor');
  });

/** Returns a graph with renamed outputs: an output must not have the name of an input. */
const renamedOutputs = (graph: Graph, rename: (name: string) => string): Graph => ({
  ...graph,
  outputs: Object.fromEntries(Object.entries(graph.outputs).map(([name, id]) => [rename(name), id])),
});

const valueOf = (values: ReadonlyMap<string, Value>, name: string): Value => values.get(name) ?? missing(name);

const named = (values: Readonly<Record<string, Value>>, name: string): Value => values[name] ?? missing(name);

const missing = (name: string): never => {
  throw new Error(`train step: ${name} was not written`);
};
