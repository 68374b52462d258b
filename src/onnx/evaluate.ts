import { InvalidData, InvalidGraph } from '../errors.ts';
import { brief } from '../values/brief.ts';
import { callable, optionsRefusal, rule, whole } from '../values/rules.ts';
import { received } from '../values/value-text.ts';
import { show } from '../shape/show.ts';
import { invalid } from './attributes.ts';
import { checkFor } from './check.ts';
import { isFloat } from './dtype.ts';
import { checkForm } from './form.ts';
import { subgraphs, type OnnxGraph, type OnnxNode, type OnnxTensor, type ValueInfo } from './graph.ts';
import { expectGraph } from './given.ts';
import { checkOptions } from './options.ts';
import { Budget, type Limits } from './reference/budget.ts';
import type { ReferenceTensor } from './reference/numbers.ts';
import { computed } from './reference/step.ts';
import { OPSET, OPSET_MAX, OPSET_MIN } from './schema.ts';
import { numbersOf, tensorOf } from './tensor.ts';

export type { Limits } from './reference/budget.ts';

/** Options of `evaluate`. */
export interface EvaluateOptions {
  /** The version of operators for which the graph is written; if omitted, one at which it is valid. */
  readonly opset?: number;
  /** The resources that the evaluation may use. */
  readonly limits?: Limits;
  /**
   * Rounds the float32 outputs of each node to float32, as an engine stores them, sums within a node being exact: how far this is from
   * the result in float64 is what float32 costs at least.
   */
  readonly roundTo?: 'float32';
  /** Called with the outputs of each node of the graph, in order; not for nodes of nested graphs. */
  readonly onNode?: (node: OnnxNode, outputs: Readonly<Record<string, OnnxTensor>>) => void;
}

/**
 * Evaluates a graph for these inputs, in plain loops and entirely in float64: unless `roundTo` is given, values of any float type are
 * neither rounded nor stored in that type (only a Cast to float16 rounds); they are returned as float64; whole numbers are exact
 * up to 53 bits, and none beyond is returned. Each node is checked against its operator's requirements for its actual
 * inputs.
 *
 * @throws InvalidData for inputs that are missing, unknown, or of the wrong type or shape; InvalidGraph for a graph
 * that onnxruntime rejects, when loading or running it, and for one that exceeds the limits.
 */
export const evaluate = (
  graph: OnnxGraph,
  inputs: Readonly<Record<string, OnnxTensor>>,
  options: EvaluateOptions = {},
): Record<string, OnnxTensor> => {
  checkOptions('evaluate', OPTIONS, options);
  expectGraph('evaluate', graph);
  if (Object(inputs) !== inputs)
    throw new InvalidData(
      `evaluate: expected tensors by the names of inputs, got ${brief(inputs)}; give { x: tensorOf(…) }`,
    );
  const { opset: given, limits, onNode, roundTo } = options;
  const names = new Set(graph.inputs.map(({ name }) => name));
  const unknown = Object.keys(inputs).find((name) => !names.has(name));
  if (unknown !== undefined)
    throw new InvalidData(
      `${graph.name || 'a graph'}: expected the inputs ${[...names].join(', ') || '(none)'}, got ${unknown}; leave it out`,
    );
  const values = graph.inputs.map((info) =>
    accepted(info, Object.hasOwn(inputs, info.name) ? inputs[info.name] : undefined),
  );
  const opset = checkedOpset(graph, values, given);
  const run = runner(opset, new Budget(limits), roundTo === undefined ? (value) => value : rounded);
  const numbers = values.map((value, i) => toNumbers(value, graph.inputs[i]?.dtype ?? value.dtype));
  const results = run(graph, numbers, () => undefined, onNode);
  return Object.fromEntries(graph.outputs.map(({ name }, i) => [name, toTensor(results[i])]));
};

const MOST = rule('a number from 0', (value) => typeof value === 'number' && value >= 0);
const LIMITS = { operations: MOST, numbers: MOST };
const OPTIONS = {
  opset: whole('', 'give the version of operators that the graph is written for'),
  limits: rule(
    '{ operations, numbers }, numbers from 0',
    (value) => optionsRefusal(LIMITS, value, received) === undefined,
    'give one such as { operations: 1e9 }',
  ),
  roundTo: rule("'float32'", (value) => value === 'float32', 'leave it out, or give that'),
  onNode: callable('a function', 'give a function, or leave it out'),
};

/** The opsets at which graphs have been checked, by the shapes of their inputs; graphs are immutable data. */
const CHECKED = new WeakMap<OnnxGraph, Map<string, number>>();

/** Returns the opset at which to evaluate a graph: the given one, or else the default for export, or the lowest. */
const checkedOpset = (graph: OnnxGraph, inputs: readonly OnnxTensor[], given: number | undefined): number => {
  const shapes = inputs.map(({ shape }) => shape);
  const key = `${given} ${shapes.map(show).join()}`;
  const checked = CHECKED.get(graph) ?? new Map<string, number>();
  const known = checked.get(key);
  if (known !== undefined) return known;
  const opset = given ?? OPSETS.find((one) => !isInvalid(() => checkForm(graph, one))) ?? OPSET;
  checkFor(graph, shapes, opset);
  CHECKED.set(graph, checked.set(key, opset));
  return opset;
};

const OPSETS = [OPSET, ...Array.from({ length: OPSET_MAX - OPSET_MIN + 1 }, (_, i) => OPSET_MIN + i)];

const isInvalid = (check: () => void): boolean => {
  try {
    check();
    return false;
  } catch (error) {
    if (error instanceof InvalidGraph) return true;
    throw error;
  }
};

const accepted = ({ name, dtype, shape }: ValueInfo, tensor: OnnxTensor | undefined): OnnxTensor => {
  // JavaScript allows any value, such as the numbers alone.
  if (tensor !== undefined && !(Array.isArray(Object(tensor).shape) && ArrayBuffer.isView(Object(tensor).data)))
    throw new InvalidData(
      `${name}: expected a tensor, got ${brief(tensor)}; make one, such as tensorOf('${dtype}', [${shape.map((dim) => (typeof dim === 'string' ? 1 : dim)).join(', ')}], …)`,
    );
  const fits =
    tensor &&
    (tensor.dtype === dtype || (isFloat(tensor.dtype) && isFloat(dtype))) &&
    tensor.shape.length === shape.length &&
    shape.every((dim, i) => typeof dim === 'string' || dim === tensor.shape[i]);
  if (!fits)
    throw new InvalidData(
      `${name}: expected ${dtype}${show(shape)}, got ${tensor ? `${tensor.dtype}${show(tensor.shape)}` : 'nothing'}; give it as the graph declares it`,
    );
  return tensor;
};

type Lookup = (name: string) => ReferenceTensor | undefined;
type Run = (
  graph: OnnxGraph,
  inputs: readonly ReferenceTensor[],
  outer: Lookup,
  onNode?: EvaluateOptions['onNode'],
) => readonly ReferenceTensor[];

/** Returns a function that computes graphs, including nested ones, from a single budget. */
const runner = (opset: number, budget: Budget, stored: (value: ReferenceTensor) => ReferenceTensor): Run => {
  const run: Run = (graph, inputs, outer, onNode) => {
    const scope = new Scope(graph, inputs, outer, budget);
    const last = lastUses(graph);
    graph.nodes.forEach((node, at) => {
      const results = computed({
        node,
        opset,
        budget,
        inputs: node.inputs.map((name) => (name === '' ? undefined : required(node, name, scope.lookup))),
        run: (held, given) => run(held, given, scope.lookup),
      }).map(stored);
      node.outputs.forEach((name, i) => scope.define(name, results[i]));
      onNode?.(
        node,
        Object.fromEntries(node.outputs.filter(Boolean).map((name) => [name, toTensor(scope.lookup(name))])),
      );
      for (const name of [...takenBy(node), ...node.outputs]) if ((last.get(name) ?? -1) <= at) scope.forget(name);
    });
    const results = graph.outputs.map(({ name }) => required({ name: graph.name }, name, scope.lookup));
    scope.close();
    return results;
  };
  return run;
};

/** The values of a graph that is being computed. */
class Scope {
  readonly #values = new Map<string, ReferenceTensor>();
  readonly #held = new Map<string, number>();
  readonly #graph: OnnxGraph;
  readonly #outer: Lookup;
  readonly #budget: Budget;

  constructor(graph: OnnxGraph, inputs: readonly ReferenceTensor[], outer: Lookup, budget: Budget) {
    this.#graph = graph;
    this.#outer = outer;
    this.#budget = budget;
    graph.inputs.forEach(({ name }, i) => {
      const value = inputs[i];
      if (value) this.#values.set(name, value);
    });
  }

  readonly lookup: Lookup = (name) => {
    const known = this.#values.get(name);
    if (known) return known;
    // A float64 copy of weights is created when they are needed, and dropped afterwards.
    const tensor = this.#graph.initializers.get(name);
    if (!tensor) return this.#outer(name);
    const value = toNumbers(tensor, tensor.dtype);
    this.#values.set(name, value);
    return value;
  };

  /** Stores the output of a node, for which `computed` has reserved memory. */
  define(name: string, value: ReferenceTensor | undefined): void {
    if (!value) return;
    if (name === '') this.#budget.release(value.data.length);
    else {
      this.#values.set(name, value);
      this.#held.set(name, value.data.length);
    }
  }

  forget(name: string): void {
    this.#values.delete(name);
    this.#budget.release(this.#held.get(name) ?? 0);
    this.#held.delete(name);
  }

  close(): void {
    for (const numbers of this.#held.values()) this.#budget.release(numbers);
  }
}

/** Returns the index of the last node that uses each value; for outputs of the graph, one beyond all nodes. */
const lastUses = (graph: OnnxGraph): ReadonlyMap<string, number> => {
  const last = new Map<string, number>();
  graph.nodes.forEach((node, at) => {
    for (const name of takenBy(node)) last.set(name, at);
  });
  for (const { name } of graph.outputs) last.set(name, graph.nodes.length);
  return last;
};

/** Returns the values that a node uses, including in its nested graphs. */
const takenBy = (node: OnnxNode): readonly string[] => [
  ...node.inputs,
  ...subgraphs(node).flatMap((held) => [...held.nodes.flatMap(takenBy), ...held.outputs.map(({ name }) => name)]),
];

const required = (where: { readonly name: string }, name: string, lookup: Lookup): ReferenceTensor => {
  const value = lookup(name);
  if (!value) throw invalid(where, `a value for ${name}`, 'none');
  return value;
};

const rounded = (value: ReferenceTensor): ReferenceTensor =>
  value.dtype === 'float32' ? { ...value, data: value.data.map(Math.fround) } : value;

const toNumbers = (tensor: OnnxTensor, dtype: ReferenceTensor['dtype']): ReferenceTensor => ({
  dtype,
  shape: tensor.shape,
  data: numbersOf(tensor),
});

const toTensor = (value: ReferenceTensor | undefined): OnnxTensor => {
  if (!value) throw new Error('an operator gave fewer outputs than its node lists');
  return isFloat(value.dtype)
    ? { dtype: 'float64', shape: value.shape, data: value.data }
    : tensorOf(value.dtype, value.shape, value.data);
};
