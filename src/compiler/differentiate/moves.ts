import { axisOf, invalid } from '../../onnx/attributes.ts';
import { number, numbers, word } from '../../onnx/defaults.ts';
import type { Value } from '../../onnx/builder.ts';
import type { SHAPES } from '../../onnx/operators/table.ts';
import { gather, gatherElements, scatterElements } from './gather.ts';
import { axesOf, lengths, reshaped, summed, summedCopies, zeros } from './fit.ts';
import { topK, trilu } from './ordered.ts';
import { flat, shared, type Gradient, type GradientRule, type RuleContext } from './rule.ts';

/** The elements keep their order, so the gradient is only reshaped to the input's shape. */
const sameOrder: GradientRule = ({ onnx, gradient, input }) => [() => reshaped(onnx, gradient, input(0))];

/** Up to this length, part of each row is cheaper to look up than to slice. */
const FEW = 4;

/** The gradient in parts: all from one Split, or a Slice for each part that is wanted. */
const concat: GradientRule = (site) => {
  const { onnx, node, gradient, inputs, input, output, wanted } = site;
  const axis = axisOf(node, number(node, 'axis'), output(0).shape.length);
  const parts = Array.from({ length: inputs }, (_, i) => input(i).shape[axis] ?? 1);
  const all = shared(() => onnx.Split(gradient, lengths(site, parts), { axis }));
  return parts.map((_, i) => () => {
    const part = wanted.every(Boolean) ? all()[i] : undefined;
    if (part) return part;
    const start = lengths(site, parts.slice(0, i + 1));
    const end = start.reduce((a, b) => a + b, 0);
    const begin = end - (start[i] ?? 0);
    // One or two channels out of a few: onnxruntime looks them up four times as fast as it slices them.
    if (axis === output(0).shape.length - 1 && end - begin < FEW) {
      const places = Array.from({ length: end - begin }, (_, at) => begin + at);
      return onnx.Gather(gradient, onnx.constant(places, 'int64'), { axis });
    }
    return onnx.Slice(gradient, [begin], [end], [axis]);
  });
};

const split: GradientRule = ({ onnx, node, gradients, input, output }) => {
  const axis = axisOf(node, number(node, 'axis'), input(0).shape.length);
  return [
    () =>
      onnx.Concat(
        gradients.map((gradient, i) => gradient ?? zeros(onnx, output(i))),
        { axis },
      ),
  ];
};

/** The gradient with zeros for the elements that were not taken. */
const slice: GradientRule = (site) => {
  const { onnx, node, gradient, input, numbers: constants } = site;
  return [
    () => {
      const { shape } = input(0);
      const [starts = [], ends = [], given, steps] = [1, 2, 3, 4].map((i) => constants(i));
      if (steps?.some((step) => step !== 1))
        throw invalid(node, 'steps of 1, to train what is before it', steps.join(', '));
      const pads = shape.map(() => [0, 0]);
      (given ?? axesOf(starts.length)).forEach((one, i) => {
        const axis = axisOf(node, one, shape.length);
        const dim = shape[axis] ?? '?';
        const [start = 0, end = 0] = [starts[i], ends[i]];
        if (typeof dim !== 'number' && start === 0 && end >= 2 ** 31 - 1) return;
        const [length = 0] = lengths(site, [dim]);
        const place = (at: number): number => Math.min(Math.max(at < 0 ? at + length : at, 0), length);
        pads[axis] = [place(start), length - Math.max(place(end), place(start))];
      });
      return onnx.Pad(gradient, [...pads.map(([before = 0]) => before), ...pads.map(([, after = 0]) => after)]);
    },
  ];
};

/** Crops what was padded; where negative pads cropped, zeros are inserted. */
const pad: GradientRule = (site) => {
  const { onnx, node, gradient, input, numbers: constants } = site;
  return [
    () => {
      const { shape } = input(0);
      if (word(node, 'mode') !== 'constant')
        throw invalid(node, 'pads of a constant, to train what is before it', word(node, 'mode'));
      const axes = (constants(3) ?? axesOf(shape.length)).map((axis) => axisOf(node, axis, shape.length));
      const given = constants(1) ?? [];
      const pads = shape.flatMap(() => [0, 0]);
      axes.forEach((axis, i) => {
        pads[axis] = -(given[i] ?? 0);
        pads[axis + shape.length] = -(given[i + axes.length] ?? 0);
      });
      return onnx.Pad(gradient, pads);
    },
    undefined,
    node.inputs[2] ? () => refuse(site, 'pads of a constant that is not trained') : undefined,
  ];
};

const refuse = ({ node }: RuleContext, expected: string): never => {
  throw invalid(node, expected, 'one that is', 'pad with a number');
};

const transpose: GradientRule = ({ onnx, node, gradient, input }) => {
  const axes = axesOf(input(0).shape.length);
  const perm = numbers(node, 'perm') ?? axes.toReversed();
  return [
    () =>
      onnx.Transpose(
        gradient,
        axes.map((axis) => perm.indexOf(axis)),
      ),
  ];
};

/** The sum over the copies. */
const tile: GradientRule = (site) => {
  const repeats = site.numbers(1) ?? [];
  const parts = site
    .input(0)
    .shape.flatMap((dim, axis) =>
      repeats[axis] === 1 ? [{ dim }] : [{ dim: repeats[axis] ?? 1, copies: true }, { dim }],
    );
  return [() => summedCopies(site, parts)];
};

/** The gradient rules of operators that move elements. */
export const GRADIENT_SHAPES: Readonly<Record<keyof typeof SHAPES, Gradient>> = {
  Concat: concat,
  Split: split,
  Slice: slice,
  Reshape: sameOrder,
  Transpose: transpose,
  Squeeze: sameOrder,
  Unsqueeze: sameOrder,
  Expand: (site) => [(): Value => summed(site, site.gradient, 0)],
  Tile: tile,
  Pad: pad,
  Gather: gather,
  GatherElements: gatherElements,
  ScatterElements: scatterElements,
  ScatterND: { opaque: 'puts slices in places that are computed' },
  TopK: topK,
  Trilu: trilu,
  Shape: flat,
  Range: { opaque: 'counts from values that are computed' },
  ConstantOfShape: flat,
  Constant: flat,
};
