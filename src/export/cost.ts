import { subgraphs, type OnnxGraph, type OnnxNode } from '../onnx/graph.ts';
import { infer } from '../onnx/infer.ts';
import { operationsOf } from '../onnx/operations.ts';
import { LIMITS, type Limits } from '../onnx/reference/budget.ts';
import { size } from '../shape/size.ts';

/** The cost of computing a graph for one example. */
export interface Cost {
  /** Products of two numbers, or operations on one. */
  readonly operations: number;
  /** The number of elements that nodes output. */
  readonly numbers: number;
  /** The largest number of elements that a node outputs, or that the graph takes in one input. */
  readonly largest: number;
  /** Whether all of this is known: shapes follow from those of the inputs, and no subgraph runs an unknown number of times. */
  readonly isKnown: boolean;
  /** Returns the operations of one node. */
  of(node: OnnxNode): number;
}

/** Computes the cost of a graph whose batch axis is a symbol, from the sizes of its values for a batch size of 1. */
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
    // A loop counts as one iteration.
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
 * Returns the limits of the reference for some rows: the usual ones, but for a graph whose cost is unknown no more than a loop of
 * some iterations would need.
 */
export const limitsOf = ({ operations, numbers, isKnown }: Cost, rows: number): Limits =>
  isKnown
    ? LIMITS
    : { ...LIMITS, operations: Math.min(LIMITS.operations, UNKNOWN + 64 * rows * (operations + 16 * numbers)) };

/** This many operations of the reference take less than a minute. */
const UNKNOWN = 2 ** 34;

/** Returns a length for one example: 1 for `N`, 10 for `10*N`. */
const length = (dim: number | string): number => (typeof dim === 'number' ? dim : Number.parseInt(dim) || 1);

/** The operations that the reference, and onnxruntime, complete in a second or two. */
const REFERENCE = 5e8;
const ENGINE = 1e10;
/** The largest number of elements that the nodes of a graph output: 128 MB of float32. */
const HELD = 2 ** 25;

/**
 * Returns how many examples the reference computes, `most` at most: rows do not depend on each other, and one may be expensive.
 */
export const referenceRows = ({ operations: cost }: Cost, most: number): number =>
  Math.min(most, Math.max(1, Math.floor(REFERENCE / cost)));

/** Returns how many examples an engine computes at once, `most` at most: several, whatever their cost. */
export const engineRows = ({ operations: cost, numbers }: Cost, most: number): number =>
  Math.min(most, Math.max(FEWEST, Math.floor(Math.min(ENGINE / cost, HELD / numbers))));

/** More than three, the batch size before it. */
const FEWEST = 4;
