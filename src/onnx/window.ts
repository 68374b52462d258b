import { invalid, numbers } from './attributes.ts';
import type { Dim, OnnxNode } from './graph.ts';

/** How a window moves along one axis. */
export interface Axis {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** The number of elements added before and after the axis; a transposed convolution removes them instead. */
  readonly before: number;
  readonly after: number;
  /** Elements that a transposed convolution adds at the end. */
  readonly outputPadding: number;
}

/** Returns the window of a convolution or of pooling, axis by axis. `kernel` is the kernel's own size. */
export const windowOf = (node: OnnxNode, kernel: readonly Dim[]): readonly Axis[] => {
  const rank = kernel.length;
  const list = (name: string, count: number, least: number): readonly number[] | undefined => {
    const given = numbers(node, name);
    if (given && (given.length !== count || given.some((value) => !Number.isInteger(value) || value < least)))
      throw invalid(node, `${name} to be ${count} whole numbers of at least ${least}`, `[${given.join(', ')}]`);
    return given;
  };
  const sizes = list('kernel_shape', rank, 1) ?? kernel;
  const strides = list('strides', rank, 1);
  const dilations = list('dilations', rank, 1);
  const pads = list('pads', 2 * rank, 0);
  const outputPadding = list('output_padding', rank, 0);
  return sizes.map((size, i) => {
    const own = kernel[i];
    if (typeof size !== 'number') throw invalid(node, 'a kernel of known size', String(size));
    const axis = {
      kernel: size,
      stride: strides?.[i] ?? 1,
      dilation: dilations?.[i] ?? 1,
      before: pads?.[i] ?? 0,
      after: pads?.[i + rank] ?? 0,
      outputPadding: outputPadding?.[i] ?? 0,
    };
    if (size < 1) throw invalid(node, 'a kernel of at least one element', String(size));
    if (typeof own === 'number' && own !== size)
      throw invalid(node, `kernel_shape to be the kernel's, ${own}`, String(size));
    return axis;
  });
};
