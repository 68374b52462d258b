import { invalid } from '../../onnx/attributes.ts';
import type { OnnxBuilder, Value } from '../../onnx/builder.ts';
import type { Dim } from '../../onnx/graph.ts';
import { show } from '../../shape/show.ts';
import { size } from '../../shape/size.ts';
import type { Known, RuleContext } from './rule.ts';

/**
 * Returns the gradient of an input that was broadcast to the output's shape: summed over the axes along which it was
 * repeated.
 */
export const summed = ({ onnx, node, input, output }: RuleContext, gradient: Value, index: number): Value => {
  const { shape: from } = output(0);
  const { shape: to } = input(index);
  const extra = from.length - to.length;
  const repeated = from.flatMap((dim, axis) => {
    if (axis < extra) return [axis];
    const own = to[axis - extra] ?? 1;
    if (own === 1 && dim !== 1) return [axis];
    if (own !== dim) throw invalid(node, 'lengths that are known', `${show(to)} broadcast to ${show(from)}`);
    return [];
  });
  if (repeated.length === 0) return gradient;
  // As rows: onnxruntime is several times slower at a sum over three axes, and OpenCV 5.0 wrong.
  if (extra > 1 && repeated.length === extra && to.every(isLength))
    return onnx.ReduceSum(onnx.Reshape(gradient, [-1, ...to]), [0], { keepdims: 0 });
  const sum = onnx.ReduceSum(gradient, repeated, { keepdims: extra > 0 ? 0 : 1 });
  return extra > 0 && repeated.some((axis) => axis >= extra) ? reshaped(onnx, sum, input(index)) : sum;
};

/** Reshapes a value to another's shape, which has the same number of elements. */
export const reshaped = (onnx: OnnxBuilder, value: Value, { shape, value: like }: Known): Value =>
  onnx.Reshape(value, sizes(shape) ?? onnx.Shape(like));

/** The options of a Scatter operator that adds what is put in one place. @throws InvalidGraph before opset 16, which has none. */
export const adding = ({ onnx, node }: RuleContext): { readonly reduction: 'add' } => {
  if (onnx.opset < 16)
    throw invalid(
      node,
      'opset 16 or later, to train what is before it',
      String(onnx.opset),
      'choose a higher opset, or convert the file',
    );
  return { reduction: 'add' };
};

/** Expands a value to another's shape, to which it broadcasts. */
export const expanded = (onnx: OnnxBuilder, value: Value, { shape, value: like }: Known): Value =>
  onnx.Expand(value, shape.every(isLength) ? shape : onnx.Shape(like));

/** Returns zeros of the shape of a value. */
export const zeros = (onnx: OnnxBuilder, like: Known): Value => expanded(onnx, onnx.constant(0), like);

/** Returns a shape as Reshape takes it, with −1 for its only unknown length; undefined if there are several. */
export const sizes = (shape: readonly Dim[]): readonly number[] | undefined =>
  shape.filter((dim) => !isLength(dim)).length > 1 ? undefined : shape.map((dim) => (isLength(dim) ? dim : -1));

/**
 * Returns the gradient of an input whose elements were repeated: splits the output's axes, and sums over the copies.
 */
export const summedCopies = (
  site: RuleContext,
  parts: readonly { readonly dim: Dim; readonly copies?: boolean }[],
): Value => {
  const { onnx, gradient } = site;
  const copies = parts.flatMap((part, axis) => (part.copies ? [axis] : []));
  if (copies.length === 0) return gradient;
  const dims = parts.map(({ dim }) => dim);
  return onnx.ReduceSum(onnx.Reshape(gradient, sizes(dims) ?? lengths(site, dims)), copies, { keepdims: 0 });
};

/** Returns lengths, all of which must be known. */
export const lengths = ({ node }: RuleContext, dims: readonly Dim[]): readonly number[] => {
  if (!dims.every(isLength)) throw invalid(node, 'lengths that are known', show(dims));
  return dims;
};

/**
 * Returns the number of elements along some axes of a value, as a float of shape [1]; a constant if all lengths are
 * known.
 */
export const count = (onnx: OnnxBuilder, { shape, value }: Known, axes: readonly number[]): Value | number => {
  const known = axes.map((axis) => shape[axis] ?? 1).filter(isLength);
  const product = size(known);
  const unknown = axes.filter((axis) => !isLength(shape[axis] ?? 1));
  const [first, ...rest] = unknown.map((axis) =>
    onnx.Cast(onnx.Gather(onnx.Shape(value), onnx.constant([axis], 'int64')), 'float32'),
  );
  if (!first) return product;
  const all = rest.reduce((a, b) => onnx.Mul(a, b), first);
  return product === 1 ? all : onnx.Mul(all, product);
};

/** Returns the axes 0, 1, …, rank − 1. */
export const axesOf = (rank: number): number[] => Array.from({ length: rank }, (_, axis) => axis);

const isLength = (dim: Dim): dim is number => typeof dim === 'number';
