import { numbers } from './attributes.ts';
import { sizeOf, type OnnxNode } from './graph.ts';

/** What a node takes to compute: products of two numbers, or operations on one; `given` are the numbers that it gives. */
export const operationsOf = (node: OnnxNode, inputs: readonly (readonly number[])[], given: number): number => {
  const [a = [], b = []] = inputs;
  switch (node.op) {
    case 'Conv':
      return given * sizeOf(b.slice(1));
    case 'ConvTranspose':
      return sizeOf(a) * sizeOf(b.slice(1));
    case 'MaxPool':
    case 'AveragePool':
      return given * sizeOf(numbers(node, 'kernel_shape') ?? []);
    case 'Gemm':
      return given * ((node.attributes['transA'] === 1 ? a[0] : a[1]) ?? 1);
    case 'MatMul':
      return given * (a.at(-1) ?? 1);
    default:
      return given;
  }
};
