import { axisOf, numbers, word } from '../attributes.ts';
import { input, listOf, stridesOf, zeros, type Call, type Kernel, type ReferenceTensor } from './numbers.ts';

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
  const [scales, sizes] = [listOf(call, 2), listOf(call, 3)];
  return axes.map((axis, i) => {
    const own = shape[axis] ?? 1;
    const length = sizes?.[i] ?? Math.floor(own * (scales?.[i] ?? 1));
    return { axis, length, scale: scales?.[i] ?? length / own };
  });
};

/** The position on the original axis, as a fraction of an element, of an element of the resized axis. */
const COORDINATES: Readonly<Record<string, (at: number, scaling: Scaling, own: number) => number>> = {
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
const mixed = (call: Call, scaling: Scaling, own: number): readonly (readonly (readonly [number, number])[])[] => {
  const coordinate = COORDINATES[word(call.node, 'coordinate_transformation_mode')];
  const round = ROUNDINGS[word(call.node, 'nearest_mode')];
  const clamp = (x: number): number => Math.min(Math.max(x, 0), own - 1);
  return Array.from({ length: scaling.length }, (_, at) => {
    const x = coordinate?.(at, scaling, own) ?? NaN;
    if (word(call.node, 'mode') === 'nearest') return [[clamp(round?.(x) ?? NaN), 1]];
    const low = Math.floor(clamp(x));
    const part = clamp(x) - low;
    return [
      [low, 1 - part],
      [clamp(low + 1), part],
    ];
  });
};

/** Resizes a tensor along one axis after the other, to the nearest element or linearly between two. */
export const resize: Kernel = (call) => [
  scalings(call, input(call, 0).shape).reduce(
    (x: ReferenceTensor, scaling) => {
      const own = x.shape[scaling.axis] ?? 1;
      const mix = mixed(call, scaling, own);
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
