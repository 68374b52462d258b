import type { OnnxNode } from '../graph.ts';
import type { Rule } from '../infer/rule.ts';
import type { Kernel } from '../reference/numbers.ts';
import type { OperatorSpec } from './spec.ts';

/** Returns the number of operations that a node needs, given its inputs' shapes and the number of its output elements. */
export type Operations = (node: OnnxNode, inputs: readonly (readonly number[])[], given: number) => number;

/**
 * All that is known of an ONNX operator, but for what builds it (`builder.ts`) and its gradient (`compiler/differentiate/`): its
 * inputs, outputs and attributes, the shapes that it accepts and returns, and how the reference computes it. `infer` and `evaluate`
 * find the defaults of attributes in their node.
 */
export interface Definition extends OperatorSpec {
  readonly infer: Rule;
  readonly evaluate: Kernel;
  /** One for each output element if left out. */
  readonly operations?: Operations;
  /** Whether it computes whole numbers, which must then stay below 2^53 in the reference. */
  readonly exact?: boolean;
}
