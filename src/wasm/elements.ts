import type { OnnxNode } from '../onnx/graph.ts';
import { i32, v128, type Expr } from './code/expression.ts';
import type { Code, Local } from './code/function.ts';
import { isOne, length, stridesOf, times, valueOf, ZERO, type Length } from './length.ts';
import type { Tensor } from './lowering.ts';
import { collapse, walk } from './walk.ts';

interface LoopContext {
  readonly node: OnnxNode;
  readonly code: Code;
  readonly rows: Local<'i32'>;
}

/** Returns the strides of a tensor within a shape that it broadcasts to: 0 along axes in which it has a single element. */
export const broadcastStrides = (
  where: string,
  dims: readonly Length[],
  within: readonly Length[],
): readonly Length[] => {
  const strides = stridesOf(where, dims);
  const skip = within.length - dims.length;
  return within.map((dim, axis) => {
    const own = dims[axis - skip];
    return !own || (isOne(own) && !isOne(dim)) ? ZERO : (strides[axis - skip] ?? ZERO);
  });
};

/**
 * Writes the loops of an elementwise function of some tensors, which broadcast to the output. Innermost, four numbers at a time; the
 * last may lie behind the end of a row, where the next row or nothing begins: rows are written in order.
 */
export const writeElements = (
  { node, code, rows }: LoopContext,
  output: Tensor,
  inputs: readonly Tensor[],
  compute: (vectors: readonly Expr<'v128'>[]) => Expr<'v128'>,
): void => {
  const where = node.name;
  const all = [output, ...inputs];
  const axes = collapse(where, {
    dims: output.dims,
    strides: all.map(({ dims }) => broadcastStrides(where, dims, output.dims)),
  });
  const inner = axes.dims.at(-1) ?? length(1);
  const tensors = all.map(({ at }, i) => ({ at, strides: (axes.strides[i] ?? []).slice(0, -1) }));
  walk(code, rows, axes.dims.slice(0, -1), tensors, (to, ...from) => {
    const end = code.int(i32.add(to, valueOf(inner, rows, 4)));
    const isSplat = inputs.map((_, i) => (axes.strides[i + 1]?.at(-1) ?? ZERO).scale === 0);
    // What is the same along the row is read once.
    const fixed = from.map((at, i) => (isSplat[i] ? code.local('v128', v128.loadSplat(at)) : undefined));
    const own = [to, ...from].map((at) => code.int(at));
    const [out = to, ...read] = own;
    code.while(i32.lt(out, end), () => {
      const vectors = read.map((at, i) => fixed[i] ?? code.local('v128', v128.load(at)));
      code.store(out, compute(vectors));
      own.forEach((at, i) => {
        if (i === 0 || !isSplat[i - 1]) code.increase(at, 16);
      });
    });
  });
};

/** The number of elements. */
export const countOf = (where: string, dims: readonly Length[]): Length => times(where, ...dims);
