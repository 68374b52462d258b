import { InvalidGraph } from '../errors.ts';
import { show } from '../shape/show.ts';
import { invalid } from './attributes.ts';
import { withDefaults } from './defaults.ts';
import { mayEqual } from './dims.ts';
import { expectGraph } from './given.ts';
import { subgraphs, type Dim, type OnnxGraph, type OnnxNode, type ValueType } from './graph.ts';
import { elementsOfTensor, MOST, propagate } from './infer/elements.ts';
import { outputTypes } from './infer/node.ts';
import type { Context } from './infer/rule.ts';

/** The type and shape of every value of a graph, and of nested graphs, by name. */
export type Types = ReadonlyMap<string, ValueType>;

/**
 * Infers types and shapes from a graph's inputs through its nodes. Lengths may be symbols, or products and sums of them
 * (`4*N`); a length that cannot be known is `?`. Elements of constants and shapes are followed too, so that a computed
 * shape (`Concat(Slice(Shape(x)), …)`) is known.
 *
 * @throws InvalidGraph, naming the node, for types and shapes that the operator cannot take.
 */
export const infer = (graph: OnnxGraph, opset: number): Types => {
  expectGraph('infer', graph);
  const types = new Map<string, ValueType>();
  const elements = new Map<string, readonly Dim[]>();

  const inferNodes = (within: OnnxGraph): readonly ValueType[] => {
    for (const [name, tensor] of within.initializers) {
      types.set(name, { dtype: tensor.dtype, shape: tensor.shape });
      const known = elementsOfTensor(tensor);
      if (known) elements.set(name, known);
    }
    for (const node of within.nodes) inferNode(node);
    return within.outputs.map(({ name }) => {
      const type = types.get(name);
      if (!type)
        throw new InvalidGraph(
          `${within.name}: expected its output ${name} to be computed, got no node that does; add one`,
        );
      return type;
    });
  };

  // Loops infer their bodies repeatedly until nothing changes, including nested loops each time: a file could make that
  // endless.
  let left = 64 * (1000 + count(graph));
  const inferNode = (node: OnnxNode): void => {
    if (left-- === 0) throw invalid(node, 'shapes that follow in few steps', 'loops within loops', 'write it flatter');
    const inputs = node.inputs.map((name) => {
      if (name === '') return undefined;
      const type = types.get(name);
      if (!type) throw invalid(node, `a value before it is used`, name);
      return type;
    });
    const context: Context = {
      node: withDefaults(node),
      opset,
      inputs,
      elements: (input) => elements.get(node.inputs[input] ?? ''),
      inferGraph: (held, given) => {
        held.inputs.forEach((info, i) => types.set(info.name, declared(node, held, info, given[i] ?? info)));
        return inferNodes(held);
      },
    };
    outputTypes(context).forEach((type, i) => {
      const name = node.outputs[i];
      if (name) types.set(name, type);
    });
    const [output] = node.outputs;
    if (!output) return;
    const known = propagate(context);
    if (known && isListOf(types.get(output)?.shape ?? [], known)) elements.set(output, known);
    else elements.delete(output);
  };

  for (const { name, dtype, shape } of graph.inputs) types.set(name, { dtype, shape });
  inferNodes(graph);
  return types;
};

/** What was inferred of a graph, by its opset, as long as the graph is there. */
const INFERRED = new WeakMap<OnnxGraph, Map<number, Types>>();

/**
 * The same as `infer`, computed once for each graph object: passes ask for the types of a graph that those before them have left as it
 * was.
 */
export const inferOnce = (graph: OnnxGraph, opset: number): Types => {
  const known = INFERRED.get(graph) ?? new Map<number, Types>();
  INFERRED.set(graph, known);
  const types = known.get(opset) ?? infer(graph, opset);
  known.set(opset, types);
  return types;
};

/** Returns the number of nodes of a graph, including nested graphs. */
const count = (graph: OnnxGraph): number =>
  graph.nodes.reduce((sum, node) => subgraphs(node).reduce((all, held) => all + count(held), sum + 1), 0);

/** Whether the number of elements fits a scalar or a vector of this shape. */
const isListOf = (shape: readonly Dim[], elements: readonly Dim[]): boolean => {
  const [length = 1, ...more] = shape;
  return more.length === 0 && elements.length <= MOST && mayEqual(length, elements.length);
};

/** Returns the type of a nested graph's input, which must not contradict the graph's declaration. */
const declared = (node: OnnxNode, held: OnnxGraph, info: OnnxGraph['inputs'][number], given: ValueType): ValueType => {
  const fits =
    info.dtype === given.dtype &&
    info.shape.length === given.shape.length &&
    info.shape.every((dim, i) => typeof dim === 'string' || mayEqual(dim, given.shape[i] ?? '?'));
  if (!fits)
    throw invalid(
      node,
      `${info.name} of ${held.name} to be ${info.dtype}${show(info.shape)}`,
      `${given.dtype}${show(given.shape)}`,
    );
  return given;
};
