import { ELEMENT } from '../../onnx/dtype.ts';
import type { OnnxNode } from '../../onnx/graph.ts';
import { integers, uniform } from '../fold.ts';
import { originOf } from '../origin.ts';
import { rewriting, type Rule } from '../rewrite.ts';
import { knownSame } from '../shapes.ts';
import type { View } from '../workspace.ts';

/** Replaces the node's only output by its first input. */
const first = ({ inputs: [x = ''], outputs: [y = ''] }: OnnxNode) => ({ values: { [y]: x } });

const keepsShape = ({ inputs: [x = ''], outputs: [y = ''] }: OnnxNode, view: View): boolean =>
  knownSame(view.type(x)?.shape, view.type(y)?.shape);

/**
 * Removes an Identity, even one that stops gradients: differentiation precedes all passes.
 *
 *     Identity(x)  →  x
 */
const identity: Rule = (node) => (node.op === 'Identity' ? first(node) : undefined);

/** The neutral element of each operator: on the right, or on either side. */
const NEUTRAL: Readonly<Record<string, { readonly element: number; readonly sides: readonly (0 | 1)[] }>> = {
  Add: { element: 0, sides: [0, 1] },
  Sub: { element: 0, sides: [1] },
  Mul: { element: 1, sides: [0, 1] },
  Div: { element: 1, sides: [1] },
  Pow: { element: 1, sides: [1] },
};

/**
 * Removes an operation with its neutral element, unless the constant enlarges the other operand.
 *
 *     x + 0, 0 + x, x − 0, x · 1, 1 · x, x / 1, x ^ 1  →  x
 */
const neutral: Rule = (node, view) => {
  const rule = NEUTRAL[node.op];
  const [y = ''] = node.outputs;
  for (const side of rule?.sides ?? []) {
    const [constant = '', x = ''] = [node.inputs[side], node.inputs[1 - side]];
    const tensor = view.constant(constant);
    // A parameter may later have another value.
    if (
      tensor &&
      !originOf(tensor) &&
      uniform(tensor) === rule?.element &&
      knownSame(view.type(x)?.shape, view.type(y)?.shape)
    )
      return { values: { [y]: x } };
  }
  return undefined;
};

/** Operators that return their first input unchanged if the shape stays the same. */
const SHAPE_ONLY = new Set(['Reshape', 'Expand', 'Squeeze', 'Unsqueeze', 'Tile']);

/**
 * Removes nodes that neither move nor convert anything.
 *
 *     Reshape, Expand, Squeeze, Unsqueeze, Tile to the same shape  →  x
 *     Cast to the same type  →  x
 *     Slice of all, Pad by nothing, Concat, Max, Min of one, Clip without bounds  →  x
 */
const nothing: Rule = (node, view) => {
  const { op, inputs } = node;
  const [x = ''] = inputs;
  if (SHAPE_ONLY.has(op)) return keepsShape(node, view) ? first(node) : undefined;
  switch (op) {
    case 'Cast': {
      const dtype = view.type(x)?.dtype;
      return dtype && ELEMENT[dtype].code === node.attributes['to'] ? first(node) : undefined;
    }
    case 'Concat':
    case 'Max':
    case 'Min':
      return inputs.length === 1 ? first(node) : undefined;
    case 'Clip':
      return inputs.slice(1).every((bound) => bound === '') ? first(node) : undefined;
    case 'Pad':
      return integers(view, inputs[1])?.every((pad) => pad === 0) ? first(node) : undefined;
    case 'Slice': {
      const steps = inputs[4] ? integers(view, inputs[4]) : [];
      return steps?.every((step) => step === 1) && keepsShape(node, view) ? first(node) : undefined;
    }
    default:
      return undefined;
  }
};

/**
 * Merges a Reshape of a Reshape, if the second does not refer to the lengths of the first's output.
 *
 *     Reshape(Reshape(x, [-1, 784]), [-1, 28, 28, 1])  →  Reshape(x, [-1, 28, 28, 1])
 */
const reshapes: Rule = (node, view) => {
  const [x = '', shape = ''] = node.inputs;
  const before = node.op === 'Reshape' ? view.producer(x) : undefined;
  if (before?.op !== 'Reshape' || !integers(view, shape)?.every((length) => length !== 0)) return undefined;
  return { nodes: [{ ...node, inputs: [before.inputs[0] ?? '', shape] }] };
};

/** Removes nodes that do nothing. */
export const identities = rewriting(identity, neutral, nothing, reshapes);
