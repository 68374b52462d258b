import { subgraphs, type OnnxGraph, type OnnxNode } from '../onnx/graph.ts';
import { infer } from '../onnx/infer.ts';
import { operationsOf } from '../onnx/operations.ts';
import { LIMITS, type Limits } from '../onnx/reference/budget.ts';
import { size } from '../shape/size.ts';

/** What it takes to compute a graph for one example. */
export interface Cost {
  /** Products of two numbers, or operations on one. */
  readonly operations: number;
  /** Numbers that nodes give. */
  readonly numbers: number;
  /** The most numbers that a node gives, or that the graph takes in one input. */
  readonly largest: number;
  /** Whether all of this is known: shapes follow from those of the inputs, and no graph is run an unknown number of times. */
  readonly isKnown: boolean;
  /** The operations of one node. */
  of(node: OnnxNode): number;
}

/** The cost of a graph whose batch axis is a symbol, from the lengths of its values for a batch of 1. */
export const costOf = (graph: OnnxGraph, opset: number): Cost => {
  const single = graph.inputs.map((info) => ({ ...info, shape: info.shape.map(length) }));
  const types = infer({ ...graph, inputs: single }, opset);
  const shapeOf = (name: string): readonly number[] => (types.get(name)?.shape ?? []).map(length);
  const costs = new Map<OnnxNode, number>();
  let numbers = 0;
  let largest = single.reduce((most, { shape }) => Math.max(most, size(shape)), 0);
  const cost = (node: OnnxNode): number => {
    const given = node.outputs.reduce((sum, name) => sum + size(shapeOf(name)), 0);
    numbers += given;
    largest = Math.max(largest, given);
    // A loop counts as one iteration of it.
    const held = subgraphs(node).reduce((sum, { nodes }) => nodes.reduce((all, one) => all + cost(one), sum), 0);
    return operationsOf(node, node.inputs.map(shapeOf), given) + held;
  };
  for (const node of graph.nodes) costs.set(node, cost(node));
  return {
    operations: [...costs.values()].reduce((sum, cost) => sum + cost, 0),
    numbers,
    largest,
    isKnown:
      graph.nodes.every((node) => subgraphs(node).length === 0) &&
      [...types.values()].every(({ shape }) => shape.every((dim) => typeof dim === 'number')),
    of: (node) => costs.get(node) ?? 0,
  };
};

/**
 * What the reference may take for some rows: as much as it usually may, but for a graph whose cost is not known: then no more
 * than a loop of some iterations would.
 */
export const limitsOf = ({ operations, numbers, isKnown }: Cost, rows: number): Limits =>
  isKnown
    ? LIMITS
    : { ...LIMITS, operations: Math.min(LIMITS.operations, UNKNOWN + 64 * rows * (operations + 16 * numbers)) };

/** So many operations of the reference take less than a minute. */
const UNKNOWN = 2 ** 34;

/** A length for one example: 1 for `N`, 10 for `10*N`. */
const length = (dim: number | string): number => (typeof dim === 'number' ? dim : Number.parseInt(dim) || 1);

/** So many operations are soon done in the reference, and so many in onnxruntime: each takes a second or two. */
const REFERENCE = 5e8;
const ENGINE = 1e10;
/** So many numbers are given by the nodes of a graph, at most: 128 MB of float32. */
const HELD = 2 ** 25;

/** How many examples the reference is asked for, at most `most`: rows do not depend on each other, and one may be dear. */
export const referenceRows = ({ operations: cost }: Cost, most: number): number =>
  Math.min(most, Math.max(1, Math.floor(REFERENCE / cost)));

/** How many examples an engine is given at once, at most `most`: several, whatever they cost. */
export const engineRows = ({ operations: cost, numbers }: Cost, most: number): number =>
  Math.min(most, Math.max(FEWEST, Math.floor(Math.min(ENGINE / cost, HELD / numbers))));

/** More than three, which is the batch before it. */
const FEWEST = 4;
