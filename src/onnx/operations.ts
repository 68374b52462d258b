import type { OnnxNode } from './graph.ts';
import type { Definition } from './operators/definition.ts';
import { DEFINITIONS } from './operators/table.ts';
import { isOperator } from './schema.ts';

/**
 * Returns the number of operations that a node needs: products of two numbers, or operations on one; `given` is the
 * number of its output elements.
 */
export const operationsOf = (node: OnnxNode, inputs: readonly (readonly number[])[], given: number): number => {
  const { operations }: Partial<Definition> = isOperator(node.op) ? DEFINITIONS[node.op] : {};
  return operations?.(node, inputs, given) ?? given;
};
