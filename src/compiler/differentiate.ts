import { InvalidGraph } from '../errors.ts';
import { expectGraph } from '../onnx/given.ts';
import { isGraph, isTensor, subgraphs, type OnnxGraph, type OnnxNode } from '../onnx/graph.ts';
import { infer, type Types } from '../onnx/infer.ts';
import { isOperator, OPSET, type Operator } from '../onnx/schema.ts';
import { numbersOf } from '../onnx/tensor.ts';
import { checkOptions } from '../onnx/options.ts';
import { show } from '../shape/show.ts';
import { isText, rule, whole, type Rule } from '../values/rules.ts';
import { zeros } from './differentiate/fit.ts';
import { captured, inside, moving } from './differentiate/moving.ts';
import { recurrentAsScans } from './differentiate/recurrent.ts';
import { areTiles } from './differentiate/pool.ts';
import { reverse } from './differentiate/reverse.ts';
import type { Known } from './differentiate/rule.ts';
import { taped, withoutInnerConstants, withoutTapes } from './differentiate/tape.ts';
import { reopen } from './reopen.ts';

/** Operators whose gradient uses optional outputs: the number of outputs that they are made to compute. */
const OUTPUTS: Partial<Record<Operator, (node: OnnxNode) => number>> = {
  MaxPool: (node) => (areTiles(node) ? 1 : 2),
  LayerNormalization: () => 3,
  TopK: () => 2,
};

/** The derivative to compute. */
export interface Derivative {
  /** The output to differentiate: a float32 scalar. */
  readonly of: string;
  /** Float32 inputs and initializers of the graph by which to differentiate. */
  readonly by: readonly string[];
  readonly opset?: number;
}

const RULES: Readonly<Record<keyof Derivative, Rule>> = {
  of: rule('the name of an output', isText, 'name the scalar that is differentiated'),
  by: rule('a list of names', (value) => Array.isArray(value) && value.every(isText), 'name inputs or initializers'),
  opset: whole('', 'give the version of operators that the graph is written for'),
};

/**
 * Returns a graph that computes, in addition to its own outputs, the derivative of one of them by some of its inputs
 * and initializers: `gradient/<name>`, with the shape of that value. Reverse mode: the graph as it is, then its nodes
 * from the last to the first, each adding to the gradients of its inputs. Computes nothing that no gradient needs, and
 * reuses the outputs of forward nodes. Must come before all passes, since these ignore where gradients stop.
 *
 * @throws InvalidGraph, naming the layer, for an operator on the path that has no gradient.
 */
export function differentiate(graph: OnnxGraph, derivative: Derivative): OnnxGraph {
  checkOptions('differentiate', RULES, derivative, ['of', 'by']);
  expectGraph('differentiate', graph);
  const { of, by, opset = OPSET } = derivative;
  const { forward, types, moves } = prepared(graph, by, opset);
  for (const name of [of, ...by]) expectFloat(graph, name, types, name === of ? [] : undefined);

  const { onnx, values } = reopen(forward, graph.name, opset);
  const known = (name: string): Known => {
    const [type, value] = [types.get(name), values.get(name)];
    if (!type || !value) throw new Error(`${graph.name}: ${name} is not known`);
    return { ...type, value };
  };
  const constants = constantsOf(forward);
  const total = reverse(
    onnx,
    forward.nodes,
    { known, numbers: (name) => constants.get(name), moves, type: (name) => types.get(name) },
    moves(of) ? [[of, onnx.constant(1)]] : [],
  );

  for (const { name, dtype, shape } of graph.outputs) onnx.output(name, known(name).value, dtype, shape);
  for (const name of by) {
    const value = onnx.scope(`gradient/${name}`, () => total(name) ?? zeros(onnx, known(name)));
    onnx.output(`gradient/${name}`, value, 'float32', known(name).shape);
  }
  return withoutTapes(onnx.graph());
}

/** Returns the graph in the form that is differentiated, with its types, and which of its values vary. */
const prepared = (graph: OnnxGraph, by: readonly string[], opset: number) => {
  const before = moving(graph.nodes, infer(graph, opset), by);
  const uses = (node: OnnxNode): boolean => node.inputs.some((name) => before.has(name));
  // Within a body that varies, also a cell may whose weights do not: by what the steps before have computed.
  const cells = inside(graph.nodes.filter((node) => uses(node) || captured(node, before).length > 0));
  const within = new Set(cells.flatMap(({ outputs }) => outputs.filter((name) => name !== '')));
  const scanned = recurrentAsScans(graph, opset, (node) => uses(node) || node.outputs.some((name) => within.has(name)));
  const flat = withoutInnerConstants(scanned);
  const varying = moving(flat.nodes, infer(flat, opset), by);
  const used = (node: OnnxNode): boolean =>
    node.inputs.some((name) => varying.has(name)) || captured(node, varying).length > 0;
  const whole = { ...flat, nodes: flat.nodes.map((node) => (used(node) ? withOutputs(node) : node)) };
  const known = new Map(infer(whole, opset));
  const forward = {
    ...whole,
    nodes: whole.nodes.map((node) => (used(node) ? taped(node, known) : node)),
  };
  const types = infer(forward, opset);
  const all = moving(forward.nodes, types, by);
  return { forward, types, moves: (name: string) => all.has(name) };
};

/** Returns a node with the outputs that its gradient needs, and the same for the nodes inside it. */
const withOutputs = (node: OnnxNode): OnnxNode => {
  const count = isOperator(node.op) ? (OUTPUTS[node.op]?.(node) ?? 0) : 0;
  const more = Array.from({ length: count }, (_, i) => node.outputs[i] || `${node.name}:${i}`);
  const inner = Object.entries(node.attributes).map(
    ([key, value]) => [key, isGraph(value) ? { ...value, nodes: value.nodes.map(withOutputs) } : value] as const,
  );
  const outputs = count > node.outputs.length || more.some((name, i) => name !== node.outputs[i]) ? more : node.outputs;
  return { ...node, outputs, attributes: Object.fromEntries(inner) };
};

/** Returns the elements of all constants that are small enough to be shapes, axes and the like, also those inside nodes. */
const constantsOf = (graph: OnnxGraph): ReadonlyMap<string, readonly number[]> => {
  const constants = new Map<string, readonly number[]>();
  for (const [name, tensor] of graph.initializers)
    if (tensor.shape.length < 2 && tensor.data.length <= 64) constants.set(name, [...numbersOf(tensor)]);
  for (const node of graph.nodes) {
    const { value } = node.attributes;
    if (node.op === 'Constant' && node.outputs[0] && isTensor(value))
      constants.set(node.outputs[0], [...numbersOf(value)]);
    for (const held of subgraphs(node)) for (const [name, list] of constantsOf(held)) constants.set(name, list);
  }
  return constants;
};

const expectFloat = (graph: OnnxGraph, name: string, types: Types, shape?: readonly number[]): void => {
  const type = types.get(name);
  if (type?.dtype === 'float32' && (!shape || type.shape.length === shape.length)) return;
  throw new InvalidGraph(
    `${graph.name}: expected ${name} to be ${shape ? 'a float32 scalar' : 'float32'}, got ${type ? `${type.dtype}${show(type.shape)}` : 'no such value'}; differentiate another`,
  );
};
