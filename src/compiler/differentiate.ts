import { InvalidGraph } from '../errors.ts';
import { invalid } from '../onnx/attributes.ts';
import type { OnnxBuilder, Value } from '../onnx/builder.ts';
import { isFloat } from '../onnx/dtype.ts';
import { subgraphs, type OnnxGraph, type OnnxNode } from '../onnx/graph.ts';
import { infer, type Types } from '../onnx/infer.ts';
import { isOperator, OPSET, type Operator } from '../onnx/schema.ts';
import { numbersOf } from '../onnx/tensor.ts';
import { checkOptions } from '../onnx/options.ts';
import { show } from '../shape/show.ts';
import { isText, rule, whole, type Rule } from '../values/rules.ts';
import { GRADIENT_CONTROL } from './differentiate/control.ts';
import { GRADIENT_ELEMENTWISE } from './differentiate/elementwise.ts';
import { zeros } from './differentiate/fit.ts';
import { GRADIENT_SHAPES } from './differentiate/moves.ts';
import { GRADIENT_NETWORKS } from './differentiate/networks.ts';
import type { Gradient, Known, RuleContext } from './differentiate/rule.ts';
import { reopen } from './reopen.ts';

const GRADIENTS: Readonly<Record<Operator, Gradient>> = {
  ...GRADIENT_ELEMENTWISE,
  ...GRADIENT_SHAPES,
  ...GRADIENT_NETWORKS,
  ...GRADIENT_CONTROL,
};

/** Operators whose gradient uses optional outputs: the number of outputs that they are made to compute. */
const OUTPUTS: Partial<Record<Operator, number>> = { MaxPool: 2, LayerNormalization: 3, TopK: 2 };

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
  const { of, by, opset = OPSET } = derivative;
  const plain = infer(graph, opset);
  const moving = dependents(graph, plain, by);
  const forward = { ...graph, nodes: graph.nodes.map((node) => withOutputs(node, moving)) };
  const types = infer(forward, opset);
  for (const name of [of, ...by]) expectFloat(graph, name, types, name === of ? [] : undefined);

  const { onnx, values } = reopen(forward, graph.name, opset);
  const known = (name: string): Known => {
    const [type, value] = [types.get(name), values.get(name)];
    if (!type || !value) throw new Error(`${graph.name}: ${name} is not known`);
    return { ...type, value };
  };
  const constants = constantsOf(forward);

  // The terms of each value's gradient so far.
  const parts = new Map<string, Value[]>();
  const total = (name: string): Value | undefined => {
    const [first, ...rest] = parts.get(name) ?? [];
    const sum = first && rest.reduce((a, b) => onnx.Add(a, b), first);
    if (sum) parts.set(name, [sum]);
    return sum;
  };
  if (moving.has(of)) parts.set(of, [onnx.constant(1)]);

  for (const node of forward.nodes.toReversed()) {
    if (!node.outputs.some((name) => parts.has(name))) continue;
    const wanted = node.inputs.map((name) => moving.has(name));
    if (!wanted.some(Boolean) && !captures(node, moving)) continue;
    onnx.scope(`gradient/${node.name}`, () => {
      const gradients = node.outputs.map(total);
      const site = siteOf(onnx, node, gradients, wanted, known, constants);
      rulesOf(node)(site).forEach((make, i) => {
        const name = node.inputs[i];
        if (make && name !== undefined && wanted[i]) parts.set(name, [...(parts.get(name) ?? []), make()]);
      });
    });
  }

  for (const { name, dtype, shape } of graph.outputs) onnx.output(name, known(name).value, dtype, shape);
  for (const name of by) {
    const value = onnx.scope(`gradient/${name}`, () => total(name) ?? zeros(onnx, known(name)));
    onnx.output(`gradient/${name}`, value, 'float32', known(name).shape);
  }
  return onnx.graph();
}

/** Returns the values that vary smoothly with those by which the graph is differentiated. */
const dependents = (graph: OnnxGraph, types: Types, by: readonly string[]): ReadonlySet<string> => {
  const moving = new Set(by);
  for (const node of graph.nodes) {
    if (node.flag === 'stopGradient') continue;
    if (!node.inputs.some((name) => moving.has(name)) && !captures(node, moving)) continue;
    for (const name of node.outputs) if (isFloat(types.get(name)?.dtype ?? 'bool')) moving.add(name);
  }
  return moving;
};

/** Whether a graph inside a node uses one of these values of the surrounding graph. */
const captures = (node: OnnxNode, names: ReadonlySet<string>): boolean =>
  subgraphs(node).some((held) =>
    held.nodes.some((inner) => inner.inputs.some((name) => names.has(name)) || captures(inner, names)),
  );

/** Returns a node with the outputs that its gradient needs. */
const withOutputs = (node: OnnxNode, moving: ReadonlySet<string>): OnnxNode => {
  const used = node.inputs.some((name) => moving.has(name));
  const count = isOperator(node.op) && used ? (OUTPUTS[node.op] ?? 0) : 0;
  const more = Array.from({ length: count }, (_, i) => node.outputs[i] || `${node.name}:${i}`);
  return count > node.outputs.length || more.some((name, i) => name !== node.outputs[i])
    ? { ...node, outputs: more }
    : node;
};

const siteOf = (
  onnx: OnnxBuilder,
  node: OnnxNode,
  gradients: readonly (Value | undefined)[],
  wanted: readonly boolean[],
  known: (name: string) => Known,
  constants: ReadonlyMap<string, readonly number[]>,
): RuleContext => {
  const at = (names: readonly string[], what: string, index: number): Known => {
    const name = names[index];
    if (!name) throw invalid(node, `an ${what} ${index}`, 'none');
    return known(name);
  };
  return {
    node,
    onnx,
    get gradient() {
      const [first] = gradients;
      if (!first) throw invalid(node, 'a gradient of its first output', 'one of another only', 'use its first output');
      return first;
    },
    gradients,
    wanted,
    inputs: node.inputs.length,
    input: (index) => at(node.inputs, 'input', index),
    output: (index) => at(node.outputs, 'output', index),
    numbers: (index) => {
      const name = node.inputs[index];
      if (!name) return undefined;
      const elements = constants.get(name);
      if (!elements) throw invalid(node, `a constant as its input ${index}`, 'a value that is computed');
      return elements;
    },
  };
};

/** Returns the rule of a node's operator. */
const rulesOf = (node: OnnxNode) => {
  const rule = isOperator(node.op) ? GRADIENTS[node.op] : { opaque: 'is not in the table' };
  if (typeof rule === 'function') return rule;
  throw invalid(
    node,
    'an operator that a gradient can be taken of',
    `${node.op}, which ${rule.opaque}`,
    'put stopGradient before it, or write it with other layers',
  );
};

/** Returns the elements of all constants that are small enough to be shapes, axes and the like. */
const constantsOf = (graph: OnnxGraph): ReadonlyMap<string, readonly number[]> => {
  const constants = new Map<string, readonly number[]>();
  for (const [name, tensor] of graph.initializers)
    if (tensor.shape.length < 2 && tensor.data.length <= 64) constants.set(name, [...numbersOf(tensor)]);
  for (const { op, outputs, attributes } of graph.nodes) {
    const { value } = attributes;
    if (op === 'Constant' && outputs[0] && typeof value === 'object' && 'dtype' in value)
      constants.set(outputs[0], [...numbersOf(value)]);
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
