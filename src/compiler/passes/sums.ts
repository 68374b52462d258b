import type { OnnxNode } from '../../onnx/graph.ts';
import { rewriting, type Rule } from '../rewrite.ts';
import type { View } from '../workspace.ts';

/** Returns the producer of a value, if it has this operator and the value has no other consumer. */
const only = (name: string, op: string, view: View): OnnxNode | undefined => {
  const producer = view.producer(name);
  return producer?.op === op && view.uses(name) === 1 ? producer : undefined;
};

/** Returns the number of axes of a value that are longer than 1, or Infinity if its type is not known. */
const reach = (name: string, view: View): number =>
  view.type(name)?.shape.filter((dim) => dim !== 1).length ?? Infinity;

/**
 * Moves the negation of a product to its smaller factor.
 *
 *     Neg(Mul(a: [N, 1], b: [N, 784]))  →  Mul(Neg(a), b)
 */
const sign: Rule = (node, view) => {
  const product = node.op === 'Neg' ? only(node.inputs[0] ?? '', 'Mul', view) : undefined;
  const [a = '', b = ''] = product?.inputs ?? [];
  if (!product || reach(a, view) === reach(b, view)) return undefined;
  const small = reach(a, view) < reach(b, view) ? a : b;
  const inner = view.fresh(node.outputs[0] ?? '');
  return {
    nodes: [
      { ...node, inputs: [small], outputs: [inner] },
      { ...product, inputs: [inner, small === a ? b : a], outputs: node.outputs },
    ],
  };
};

/**
 * Merges a negation into a sum or a difference.
 *
 *     Add(a, Neg(b)), Add(Neg(b), a)  →  Sub(a, b)
 *     Sub(a, Neg(b))                  →  Add(a, b)
 */
const negated: Rule = (node, view) => {
  if (node.op !== 'Add' && node.op !== 'Sub') return undefined;
  const [a = '', b = ''] = node.inputs;
  const right = only(b, 'Neg', view)?.inputs[0];
  if (right !== undefined) return { nodes: [{ ...node, op: node.op === 'Add' ? 'Sub' : 'Add', inputs: [a, right] }] };
  const left = node.op === 'Add' ? only(a, 'Neg', view)?.inputs[0] : undefined;
  return left === undefined ? undefined : { nodes: [{ ...node, op: 'Sub', inputs: [b, left] }] };
};

/** A factor of a product, the other factor, and whether the product is negated. */
interface Term {
  readonly common: string;
  readonly other: string;
  readonly negative: boolean;
}

/**
 * Returns the ways to read a value as a product: with each of its factors, or the operand of its negation, as the
 * common one.
 */
const termsOf = (name: string, view: View): readonly Term[] => {
  const [a = '', b = ''] = only(name, 'Mul', view)?.inputs ?? [];
  if (a === '' || a === b) return [];
  return [
    [a, b],
    [b, a],
  ].flatMap(([common = '', other = '']) => {
    const producer = view.producer(common);
    const plain = { common, other, negative: false };
    return producer?.op === 'Neg' ? [plain, { common: producer.inputs[0] ?? '', other, negative: true }] : [plain];
  });
};

/**
 * Factors out a factor common to both terms: the gradient of softplus(l) − y·l is g·(sigmoid(l) − y).
 *
 *     Add(Mul(g, a), Mul(g, b))       →  Mul(g, Add(a, b))
 *     Add(Mul(Neg(g), a), Mul(g, b))  →  Mul(g, Sub(b, a))
 */
const factored: Rule = (node, view) => {
  if (node.op !== 'Add' && node.op !== 'Sub') return undefined;
  const [y = ''] = node.outputs;
  const [a = '', b = ''] = node.inputs;
  if (a === b) return undefined;
  const rights = termsOf(b, view).map((term) => ({ ...term, negative: term.negative !== (node.op === 'Sub') }));
  for (const left of termsOf(a, view))
    for (const right of rights) {
      if (left.common !== right.common || (left.negative && right.negative)) continue;
      const inner = view.fresh(y);
      const [first, second] = left.negative ? [right, left] : [left, right];
      const op = first.negative || second.negative ? 'Sub' : 'Add';
      // The sum would lack axes that only the common factor has; the product has them.
      return {
        nodes: [
          { ...node, op, inputs: [first.other, second.other], outputs: [inner] },
          { ...node, op: 'Mul', inputs: [left.common, inner], attributes: {} },
        ],
      };
    }
  return undefined;
};

/** Simplifies sums and products algebraically; rounding may change the last digit. */
export const sums = rewriting(sign, negated, factored);
