import type { OnnxNode } from '../../onnx/graph.ts';
import { isElementwise } from '../transpose-crossing.ts';
import { rewriting, type Rule } from '../rewrite.ts';
import { isSingle, knownSame } from '../shapes.ts';
import type { View } from '../workspace.ts';

const expandOf = (name: string, view: View): OnnxNode | undefined => {
  const producer = view.producer(name);
  return producer?.op === 'Expand' ? producer : undefined;
};

/**
 * Removes an Expand in front of an elementwise operation, which broadcasts by itself, if another operand already has
 * the result's shape.
 *
 *     Mul(Expand(x: [N, 1], …), y: [N, 784])  →  Mul(x, y)
 */
const implied: Rule = (node, view) => {
  if (!isElementwise(node.op)) return undefined;
  const shape = view.type(node.outputs[0] ?? '')?.shape;
  const whole = node.inputs.filter((name) => name !== '' && knownSame(view.type(name)?.shape, shape));
  const at = node.inputs.findIndex(
    (name) => name !== '' && expandOf(name, view) && whole.some((other) => other !== name),
  );
  const from = expandOf(node.inputs[at] ?? '', view)?.inputs[0];
  if (from === undefined) return undefined;
  return { nodes: [{ ...node, inputs: node.inputs.map((name, i) => (i === at ? from : name)) }] };
};

/**
 * Moves an elementwise operation before an Expand, where there are fewer elements.
 *
 *     Mul(Expand(x, shape), 2)  →  Expand(Mul(x, 2), shape)
 */
const early: Rule = (node, view) => {
  if (!isElementwise(node.op)) return undefined;
  const [y = ''] = node.outputs;
  const given = new Set(node.inputs.filter((name) => name !== '' && !isSingle(view, name)));
  const [x = ''] = given;
  const expand = expandOf(x, view);
  if (given.size !== 1 || !expand) return undefined;
  const [from = '', shape = ''] = expand.inputs;
  const inner = view.fresh(y);
  return {
    nodes: [
      { ...node, inputs: node.inputs.map((name) => (name === x ? from : name)), outputs: [inner] },
      { ...expand, inputs: [inner, shape], outputs: [y] },
    ],
  };
};

/** Removes repetitions of elements, or moves operations that treat all copies alike in front of them. */
export const broadcasts = rewriting(implied, early);
