import type { OnnxGraph, OnnxNode } from '../onnx/graph.ts';
import type { Lowering } from './lowering.ts';
import { LOWERINGS } from './operators/table.ts';
import { storedBy } from './constants.ts';
import { constantOf, type Constant } from './weights.ts';

/** What of a graph must be computed while it runs. */
export interface Needed {
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, Constant>;
  /** The operators that have no kernel, by name. */
  readonly missing: readonly string[];
}

/** Returns the inputs that a node reads while it runs: not those that only say of which shape its output is. */
export const readBy = ({ op, inputs }: OnnxNode): readonly string[] => {
  const lowering = lowerings[op];
  const reads = lowering?.kind === 'view' ? [0] : lowering?.kind === 'kernel' ? lowering.reads : undefined;
  return (reads ? reads.map((i) => inputs[i] ?? '') : inputs).filter((name) => name !== '');
};

const lowerings: Readonly<Record<string, Lowering>> = LOWERINGS;

/**
 * Leaves out the nodes that compute nothing but shapes, which are known, and conversions of constants, which is how weights of fewer
 * bits are written.
 */
export const needed = ({ nodes, outputs, initializers }: OnnxGraph): Needed => {
  const constants = new Map([...initializers].map(([name, tensor]) => [name, constantOf(tensor)]));
  const stored = new Set(nodes.filter((node) => isStored(node, constants)));
  const read = new Set(outputs.map(({ name }) => name));
  const kept: OnnxNode[] = [];
  for (const node of [...nodes].reverse()) {
    if (stored.has(node) || !node.outputs.some((name) => read.has(name))) continue;
    kept.push(node);
    for (const name of readBy(node)) read.add(name);
  }
  const missing = new Set(kept.map(({ op }) => op).filter((op) => !Object.hasOwn(LOWERINGS, op)));
  return { nodes: kept.reverse(), constants, missing: [...missing].sort() };
};

/** Takes what a node says of a constant as how it is stored. */
const isStored = (node: OnnxNode, constants: Map<string, Constant>): boolean => {
  const stored = storedBy(node, constants);
  if (stored) constants.set(node.outputs[0] ?? '', stored);
  return stored !== undefined;
};
