import { number } from '../../onnx/defaults.ts';
import type { OnnxBuilder, Value } from '../../onnx/builder.ts';
import type { Dim, OnnxGraph, OnnxNode } from '../../onnx/graph.ts';
import { numbersOf } from '../../onnx/tensor.ts';

/** A sum over the steps of a Scan, computed after it from values that it stacks. */
export interface Sum {
  /** The values of the body that it takes, with their numbers of axes. */
  readonly takes: readonly { readonly name: string; readonly rank: number }[];
  /** Writes it, given the values of all steps along a new first axis. */
  write(stacked: (name: string) => Value): Value;
}

/**
 * Returns how the sum over all steps of a body's value, of this shape, is computed outside as one operation. Undefined
 * if there is none; then it is added up step by step.
 *
 *     Σ Aᵀ·G, A and G of a step  →  Aᵀ·G of all steps, one below the other
 *     Σ ReduceSum(G, axes)       →  ReduceSum(G, steps and axes)
 */
export const sumOutside = (
  onnx: OnnxBuilder,
  body: OnnxGraph,
  value: string,
  shape: readonly Dim[],
  canStack: (name: string) => boolean,
): Sum | undefined => {
  const node = body.nodes.find(({ outputs }) => outputs[0] === value);
  if (!node) return undefined;
  const [a = '', b = ''] = node.inputs;
  switch (node.op) {
    case 'Identity':
      return sumOutside(onnx, body, a, shape, canStack);
    case 'Add': {
      const [left, right] = [a, b].map((name) => sumOutside(onnx, body, name, shape, canStack));
      if (!left || !right) return undefined;
      return {
        takes: [...left.takes, ...right.takes],
        write: (stacked) => onnx.Add(left.write(stacked), right.write(stacked)),
      };
    }
    case 'Gemm': {
      const [m, n] = shape;
      if (!isTransposedProduct(node) || typeof m !== 'number' || typeof n !== 'number') return undefined;
      if (!canStack(a) || !canStack(b)) return undefined;
      const rows = (x: Value, width: number): Value => onnx.Reshape(x, [-1, width]);
      return {
        takes: [a, b].map((name) => ({ name, rank: 2 })),
        write: (stacked) => onnx.Gemm(rows(stacked(a), m), rows(stacked(b), n), undefined, { transA: 1 }),
      };
    }
    case 'ReduceSum': {
      const constant = onnx.tensor({ name: b });
      const axes = constant && Array.from(numbersOf(constant));
      if (!axes || axes.some((axis) => axis < 0) || !canStack(a)) return undefined;
      const keepdims = number(node, 'keepdims') === 1 ? 1 : 0;
      return {
        takes: [{ name: a, rank: keepdims === 1 ? shape.length : shape.length + axes.length }],
        write: (stacked) => {
          const sum = onnx.ReduceSum(stacked(a), [0, ...axes.map((axis) => axis + 1)], { keepdims });
          return keepdims === 1 ? onnx.Squeeze(sum, [0]) : sum;
        },
      };
    }
    default:
      return undefined;
  }
};

/** Whether a node is Aᵀ·B, with nothing added. */
const isTransposedProduct = (node: OnnxNode): boolean =>
  number(node, 'transA') === 1 && number(node, 'transB') === 0 && number(node, 'alpha') === 1 && !node.inputs[2];
