import { number } from '../../onnx/defaults.ts';
import type { OnnxBuilder, Value } from '../../onnx/builder.ts';
import type { OnnxNode } from '../../onnx/graph.ts';
import { windowOf, type Axis } from '../../onnx/window.ts';
import { size } from '../../shape/size.ts';
import { rewriting, type Rule } from '../rewrite.ts';
import { columns, firstOf, grid, isWhole, lastOf, place, range } from '../unfold.ts';
import type { View } from '../workspace.ts';
import { replacedBy } from '../replacements.ts';

/** A convolution with one group whose kernel is not a constant, and whose lengths are all known except the batch's. */
interface ConvolutionSite {
  readonly axes: readonly Axis[];
  /** The shapes of the image, of the kernel as written, and of the result. */
  readonly image: readonly number[];
  readonly kernel: readonly number[];
  readonly result: readonly number[];
}

const siteOf = (node: OnnxNode, view: View): ConvolutionSite | undefined => {
  const [x = '', w = ''] = node.inputs;
  if (view.constant(w) || view.type(x)?.dtype !== 'float32' || number(node, 'group') !== 1) return undefined;
  const [image, kernel, result] = [
    view.type(x)?.shape.slice(1),
    view.type(w)?.shape,
    view.type(node.outputs[0] ?? '')?.shape.slice(1),
  ].map((dims) => (dims?.every((dim) => typeof dim === 'number') ? dims.map(Number) : undefined));
  if (!image || !kernel || !result) return undefined;
  return { axes: windowOf(node, kernel.slice(2)), image, kernel, result };
};

/** Returns rows of channels, one for each pixel, as an image in ONNX's order. */
const imageOf = (onnx: OnnxBuilder, rows: Value, [channels = 1, ...sizes]: readonly number[]): Value =>
  onnx.Transpose(onnx.Reshape(rows, [-1, ...sizes, channels]), firstOf(sizes.length + 2));

/**
 * Writes a convolution as one matrix product over the elements under each place of the kernel.
 *
 *     Conv(x, w, b)  →  Gemm(Gather(x, …): [N·o, k·C], w: [k·C, M], b)
 */
const gathered: Rule = (node, view) => {
  const site = node.op === 'Conv' ? siteOf(node, view) : undefined;
  if (!site) return undefined;
  const { axes, image, kernel, result } = site;
  const [channels = 1, ...sizes] = image;
  const [filters = 1, ...places] = result;
  if (!isWhole(channels, places, axes)) return undefined;
  const rank = kernel.length;
  return replacedBy(node, view, (onnx, [x, w, b]) => {
    if (!x || !w) throw new Error(`${node.name}: an input is missing`);
    const [under] = columns(onnx, { value: x, channels, sizes }, places, axes);
    if (!under) throw new Error(`${node.name}: an empty kernel`);
    const matrix = onnx.Reshape(onnx.Transpose(w, [...range(rank).slice(2), 1, 0]), [-1, filters]);
    return imageOf(onnx, onnx.Gemm(under.value, matrix, b), result);
  });
};

/** The maximum number of products added to a pixel of a transposed convolution for which gathering them is faster. */
const FEW = 4;

/**
 * Writes a transposed convolution as one matrix product, whose parts are then gathered and added for each pixel. If a
 * pixel has fewer parts than others, those of an extra kernel element that is zero are added.
 *
 *     ConvTranspose(x, w, b)  →  Add(Gather(p, …), …) + b, where p = x: [N·h, C] · w: [C, (k + 1)·M]
 */
const spread: Rule = (node, view) => {
  const site = node.op === 'ConvTranspose' ? siteOf(node, view) : undefined;
  if (!site) return undefined;
  const { axes, image, kernel, result } = site;
  const [channels = 1, ...sizes] = image;
  const [filters = 1, ...outputs] = result;
  const elements = grid(axes.map((axis) => axis.kernel));
  const parts: number[][] = Array.from({ length: size(outputs) }, () => []);
  for (const [pixel, from] of grid(sizes).entries())
    for (const [element, offset] of elements.entries()) {
      const to = axes.map((axis, i) => (from[i] ?? 0) * axis.stride + (offset[i] ?? 0) * axis.dilation - axis.before);
      if (to.every((at, i) => at >= 0 && at < (outputs[i] ?? 0)))
        parts[place(outputs, (i) => to[i] ?? 0)]?.push(pixel * (elements.length + 1) + element);
    }
  const most = parts.reduce((largest, { length }) => Math.max(largest, length), 0);
  if (most > FEW || most === 0 || !isWhole(filters, sizes, axes)) return undefined;
  const rank = kernel.length;
  return replacedBy(node, view, (onnx, [x, w, b]) => {
    if (!x || !w) throw new Error(`${node.name}: an input is missing`);
    const rows = onnx.Reshape(onnx.Transpose(x, lastOf(rank)), [-1, channels]);
    const matrix = onnx.Reshape(onnx.Transpose(w, [0, ...range(rank).slice(2), 1]), [channels, -1]);
    const products = onnx.Reshape(onnx.Gemm(rows, onnx.Pad(matrix, [0, 0, 0, filters])), [
      -1,
      size(sizes) * (elements.length + 1),
      filters,
    ]);
    const added = range(most).map((i) =>
      onnx.Gather(
        products,
        onnx.constant(
          parts.map((own) => own[i] ?? elements.length),
          'int64',
        ),
        { axis: 1 },
      ),
    );
    const sum = added.reduce((a, c) => onnx.Add(a, c));
    if (!b) return imageOf(onnx, sum, result);
    // If the last axis of both operands had length 1, the elements would be added one by one.
    return imageOf(onnx, onnx.Add(filters === 1 ? onnx.Reshape(sum, [-1, size(outputs)]) : sum, b), result);
  });
};

/**
 * Writes convolutions that are trained as matrix products: onnxruntime's own, optimised for constant kernels, take
 * twice as long and require channels first. Those of an exported model are unchanged.
 */
export const convolutions = rewriting(gathered, spread);
