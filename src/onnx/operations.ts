import { size } from '../shape/size.ts';
import { numbers } from './attributes.ts';
import { equationOf } from './einsum.ts';
import type { OnnxNode } from './graph.ts';

/** Returns the number of products that an Einsum adds up: one for each combination of all letters. */
const combinations = (node: OnnxNode, inputs: readonly (readonly number[])[]): number => {
  const lengths = new Map(
    equationOf(node).inputs.flatMap((letters, i) => letters.map((letter, k) => [letter, inputs[i]?.[k] ?? 1] as const)),
  );
  return size([...lengths.values()]) * inputs.length;
};

/**
 * Returns the number of operations that a node needs: products of two numbers, or operations on one; `given` is the
 * number of its output elements.
 */
export const operationsOf = (node: OnnxNode, inputs: readonly (readonly number[])[], given: number): number => {
  const [a = [], b = []] = inputs;
  switch (node.op) {
    case 'Conv':
      return given * size(b.slice(1));
    case 'ConvTranspose':
      return size(a) * size(b.slice(1));
    case 'MaxPool':
    case 'AveragePool':
      return given * size(numbers(node, 'kernel_shape') ?? []);
    case 'Gemm':
      return given * ((node.attributes['transA'] === 1 ? a[0] : a[1]) ?? 1);
    case 'MatMul':
      return given * (a.at(-1) ?? 1);
    case 'GRU':
    case 'LSTM':
      return size(a) * (b[1] ?? 1) + given * (b[1] ?? 1);
    case 'Einsum':
      return combinations(node, inputs);
    default:
      return given;
  }
};
