import { show } from '../../shape/show.ts';
import { axisOf, invalid, numbers, word } from '../attributes.ts';
import { multiplyDims } from '../dims.ts';
import { isFloat } from '../dtype.ts';
import type { Dim, OnnxNode } from '../graph.ts';
import { distinctAxes, knownNumbers, lengthOf, requireEqual, shapeOf, type Context, type Rule } from '../infer/rule.ts';
import {
  elementsOf,
  input,
  stridesOf,
  zeros,
  type Call,
  type Kernel,
  type ReferenceTensor,
} from '../reference/numbers.ts';
import type { Definition } from './definition.ts';
import { oneOf, optional } from './spec.ts';

const resizeShape: Rule = (context) => {
  const { node } = context;
  const shape = shapeOf(context, 0);
  const axes = distinctAxes(context, numbers(node, 'axes') ?? shape.map((_, i) => i), shape.length);
  const [scales, sizes] = [context.inputs[2], context.inputs[3]];
  if (!scales === !sizes) throw invalid(node, 'scales or sizes', scales ? 'both' : 'neither');
  requireEqual(context, 'one number an axis', axes.length, lengthOf(context, scales ? 2 : 3));
  const elements = scales ? knownNumbers(context, 2) : context.elements(3);
  if (elements?.some((element) => typeof element === 'number' && !(element > 0 && element < Infinity)))
    throw invalid(node, 'finite scales and sizes above 0', show(elements));
  if (shape.includes(0)) throw invalid(node, 'axes of at least one element', show(shape));
  const result = [...shape];
  axes.forEach((axis, i) => {
    result[axis] = resized(shape[axis] ?? '?', elements?.[i], scales !== undefined);
  });
  if (word(node, 'mode') === 'linear') requireBlendable(context);
  // onnxruntime interpolates along the axes of an image only; three axes are an image without a batch.
  if (word(node, 'mode') === 'linear' && shape.length > 3)
    for (const axis of [0, 1])
      requireEqual(context, `axis ${axis}, which is not blended,`, shape[axis] ?? '?', result[axis] ?? '?');
  return [{ shape: result }];
};

const requireBlendable = (context: Context): void => {
  const { node, inputs } = context;
  const shape = shapeOf(context, 0);
  if (shape.length < 2 || shape.length > 5) throw invalid(node, 'an image of 2 to 5 axes to blend', show(shape));
  // onnxruntime's kernels differ in how they round whole numbers.
  const dtype = inputs[0]?.dtype ?? 'float32';
  if (!isFloat(dtype)) throw invalid(node, 'fractions to blend', dtype);
};

const resized = (length: Dim, element: Dim | undefined, scale: boolean): Dim => {
  if (element === undefined) return '?';
  if (!scale) return element;
  if (typeof element !== 'number') return '?';
  if (typeof length === 'number') return Math.floor(length * element);
  return Number.isInteger(element) ? multiplyDims(length, element) : '?';
};

/** The resizing of one axis: the factor, and the resulting length. */
interface Scaling {
  readonly axis: number;
  readonly scale: number;
  readonly length: number;
}

const scalings = (call: Call, shape: readonly number[]): readonly Scaling[] => {
  const axes = (numbers(call.node, 'axes') ?? shape.map((_, i) => i)).map((axis) =>
    axisOf(call.node, axis, shape.length),
  );
  const [scales, sizes] = [elementsOf(call, 2), elementsOf(call, 3)];
  return axes.map((axis, i) => {
    const own = shape[axis] ?? 1;
    const length = sizes?.[i] ?? Math.floor(own * (scales?.[i] ?? 1));
    return { axis, length, scale: scales?.[i] ?? length / own };
  });
};

/** The position on the original axis, as a fraction of an element, of an element of the resized axis. */
const COORDINATES: Readonly<Record<string, (at: number, scaling: Omit<Scaling, 'axis'>, own: number) => number>> = {
  half_pixel: (at, { scale }) => (at + 0.5) / scale - 0.5,
  pytorch_half_pixel: (at, { scale, length }) => (length > 1 ? (at + 0.5) / scale - 0.5 : 0),
  asymmetric: (at, { scale }) => at / scale,
  align_corners: (at, { length }, own) => (length > 1 ? (at * (own - 1)) / (length - 1) : 0),
};

const ROUNDINGS: Readonly<Record<string, (x: number) => number>> = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** Returns the original elements that make up each new element along an axis, with their weights. */
export const mixed = (
  node: OnnxNode,
  scaling: Omit<Scaling, 'axis'>,
  own: number,
): readonly (readonly (readonly [number, number])[])[] => {
  const coordinate = COORDINATES[word(node, 'coordinate_transformation_mode')];
  const round = ROUNDINGS[word(node, 'nearest_mode')];
  const clamp = (x: number): number => Math.min(Math.max(x, 0), own - 1);
  return Array.from({ length: scaling.length }, (_, at) => {
    const x = coordinate?.(at, scaling, own) ?? NaN;
    if (word(node, 'mode') === 'nearest') return [[clamp(round?.(x) ?? NaN), 1]];
    const low = Math.floor(clamp(x));
    const part = clamp(x) - low;
    return [
      [low, 1 - part],
      [clamp(low + 1), part],
    ];
  });
};

/** Resizes a tensor along one axis after the other, to the nearest element or linearly between two. */
const resize: Kernel = (call) => [
  scalings(call, input(call, 0).shape).reduce(
    (x: ReferenceTensor, scaling) => {
      const own = x.shape[scaling.axis] ?? 1;
      const mix = mixed(call.node, scaling, own);
      const y = zeros(
        x.dtype,
        x.shape.map((dim, i) => (i === scaling.axis ? scaling.length : dim)),
      );
      const inner = stridesOf(x.shape)[scaling.axis] ?? 1;
      for (let i = 0; i < y.data.length; i++) {
        const outer = Math.floor(i / (inner * scaling.length));
        const parts = mix[Math.floor(i / inner) % scaling.length] ?? [];
        y.data[i] = parts.reduce(
          (sum, [at, weight]) => sum + weight * (x.data[(outer * own + at) * inner + (i % inner)] ?? NaN),
          0,
        );
      }
      return y;
    },
    input(call, 0),
  ),
];

/** Images in another size. */
export const RESIZING = {
  Resize: {
    inputs: { X: 'T', roi: 'float32?', scales: 'float32?', sizes: 'int64?' },
    outputs: { Y: 'T' },
    types: { T: ['float32', 'int32', 'uint8', 'int8'] },
    attributes: {
      mode: oneOf(['nearest', 'linear']),
      coordinate_transformation_mode: oneOf(['half_pixel', 'asymmetric', 'align_corners', 'pytorch_half_pixel']),
      nearest_mode: oneOf(['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']),
      axes: optional('ints', undefined, { since: 18 }),
    },
    webgpu: 26,
    infer: resizeShape,
    evaluate: resize,
  },
} satisfies Record<string, Definition>;
