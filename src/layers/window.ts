import { ShapeMismatch } from '../errors.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { isWhole, oneOf, rule, whole, type Rule, type Rules } from '../values/rules.ts';

/** The number of axes an image has, apart from its channels: a series has one, a picture two, a volume three. */
export type Rank = 1 | 2 | 3;

/** `same` pads so that an image keeps its size (divided by the stride, rounded up); `valid` does not pad. */
export type Padding = 'same' | 'valid';

/** One value for all axes of an image, or one for each. */
export type PerAxis<T extends number | string> = T | readonly T[];

/** A window that moves over an image: its sides, its steps, and its treatment of the border. */
export interface Window {
  readonly kernel: PerAxis<number>;
  readonly stride: PerAxis<number>;
  readonly padding: PerAxis<Padding>;
  /** The distance between its elements; 1 by default. */
  readonly dilation?: PerAxis<number>;
}

/** A window along one axis, with the length from its first element to its last. */
export interface Axis {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: Padding;
  readonly dilation: number;
  readonly reach: number;
}

/** Returns a window axis by axis. */
export const axesOf = (rank: Rank, { kernel, stride, padding, dilation = 1 }: Window): readonly Axis[] => {
  const [kernels, dilations] = [listed(rank, kernel), listed(rank, dilation)];
  const [strides, paddings] = [listed(rank, stride), listed(rank, padding)];
  return kernels.map((length, i) => {
    const apart = dilations[i] ?? 1;
    const reach = apart * (length - 1) + 1;
    return { kernel: length, stride: strides[i] ?? 1, padding: paddings[i] ?? 'valid', dilation: apart, reach };
  });
};

const listed = <T extends number | string>(rank: Rank, one: PerAxis<T>): readonly T[] => {
  if (typeof one !== 'object') return Array.from({ length: rank }, () => one);
  if (one.length !== rank)
    throw new ShapeMismatch(
      `expected one for each of ${rank} axes, got [${one.join(', ')}]; give as many, or one for all`,
    );
  return one;
};

const SIDES: Readonly<Record<Rank, string>> = { 1: 'length', 2: 'height, width', 3: 'depth, height, width' };
const ELEMENTS: Readonly<Record<Rank, string>> = { 1: 'steps', 2: 'pixels a side', 3: 'voxels a side' };

/** Returns an image's sides and channels. @throws ShapeMismatch for any other shape. */
export const imageOf = (rank: Rank, x: Shape): { readonly sides: readonly number[]; readonly channels: number } => {
  const channels = x.at(-1);
  if (x.length !== rank + 1 || channels === undefined)
    throw new ShapeMismatch(`expected [${SIDES[rank]}, channels], got ${show(x)}; put reshape before it`);
  return { sides: x.slice(0, -1), channels };
};

// Tensors are channels-last, as pixels in JavaScript are; ONNX's convolutions are channels-first. The transposes that
// lowering writes mostly meet their inverses in the next layer and cancel (compiler/passes/transposes.ts).

/** The permutation from [N, …sides, channels] to ONNX's order, [N, channels, …sides]. */
export const channelsFirst = (rank: number): number[] => [0, rank + 1, ...upTo(rank).map((axis) => axis + 1)];

/** The inverse permutation. */
export const channelsLast = (rank: number): number[] => [0, ...upTo(rank).map((axis) => axis + 2), 1];

/** The permutation of a kernel to ONNX's order: its two axes of channels before its sides, with the last one first. */
export const kernelFirst = (rank: number): number[] => [rank + 1, rank, ...upTo(rank)];

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** A positive whole number for all axes of an image or, if it has two, one for each. */
const forAxes = (rank: Rank, of: string, remedy: string): Rule =>
  rank === 1
    ? whole(of, remedy)
    : rule(
        `a positive whole number${of && ` ${of}`}, or [height, width],`,
        (value) =>
          isWhole(value) || (Array.isArray(value) && value.length === rank && value.every((one) => isWhole(one))),
        remedy,
      );

/** Rules for a window's options; its side is named `kernel` or `size`. */
export const windowRules = <S extends string>(side: S, rank: Rank = 2): Rules => {
  const [of, length] = rank === 1 ? ['of steps', 'length'] : ['of pixels', 'side'];
  return {
    [side]: forAxes(rank, of, `give the ${length} of the window`),
    stride: forAxes(rank, '', 'give how far the window moves'),
    padding: oneOf('same', 'valid'),
  };
};

/** Rules for what only the windows of convolutions have. */
export const kernelRules = (rank: Rank = 2): Rules => ({
  ...windowRules('kernel', rank),
  dilation: forAxes(rank, '', 'give how far apart the elements of the kernel are'),
  groups: whole('of groups', 'give one that divides channels and filters'),
});

/**
 * Returns an image's sides after a window has moved over it: each ⌈n / s⌉, or ⌈(n − reach + 1) / s⌉ without padding.
 */
export const shrunk = (rank: Rank, sides: readonly number[], axes: readonly Axis[]): number[] =>
  axes.map(({ stride, padding, reach }, i) => {
    const n = sides[i] ?? 0;
    const steps = padding === 'same' ? n : n - reach + 1;
    if (steps < 1)
      throw new ShapeMismatch(
        `expected at least ${reach} ${ELEMENTS[rank]}, as the kernel, got ${n}; use padding 'same'`,
      );
    return Math.ceil(steps / stride);
  });

/** Returns an image's sides after a transposed convolution: each n · s, or (n − 1) · s + reach without padding. */
export const grown = (sides: readonly number[], axes: readonly Axis[]): number[] =>
  axes.map(({ stride, padding, reach }, i) => {
    const n = sides[i] ?? 0;
    return padding === 'same' ? n * stride : (n - 1) * stride + reach;
  });

/** The number of elements of padding before and after each axis. */
export interface Pads {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/**
 * Returns the pads of TensorFlow's `same`: (⌈n/s⌉ − 1)·s + reach − n in all, the smaller half first. They depend on n,
 * which ONNX's `auto_pad` could express too, but onnxruntime's execution providers disagree on it.
 */
export const shrunkPads = (sides: readonly number[], axes: readonly Axis[]): Pads =>
  halved(
    axes.map(({ stride, padding, reach }, i) => {
      const n = sides[i] ?? 0;
      return padding === 'same' ? Math.max((Math.ceil(n / stride) - 1) * stride + reach - n, 0) : 0;
    }),
  );

/**
 * Returns the number of elements that a transposed convolution crops, reach − s; if that is negative, it appends s −
 * reach elements instead.
 */
export const grownPads = (axes: readonly Axis[]): Pads & { readonly added: readonly number[] } => {
  const totals = axes.map(({ stride, padding, reach }) => (padding === 'same' ? reach - stride : 0));
  return {
    ...halved(totals.map((total) => Math.max(total, 0))),
    added: totals.map((total) => Math.max(-total, 0)),
  };
};

const halved = (totals: readonly number[]): Pads => {
  const before = totals.map((total) => Math.floor(total / 2));
  return { before, after: totals.map((total, i) => total - (before[i] ?? 0)) };
};

/** Returns ONNX's attributes of a window with these pads. */
export const windowAttributes = (axes: readonly Axis[], { before, after }: Pads) => ({
  kernel_shape: axes.map(({ kernel }) => kernel),
  strides: axes.map(({ stride }) => stride),
  ...(axes.some(({ dilation }) => dilation > 1) && { dilations: axes.map(({ dilation }) => dilation) }),
  pads: [...before, ...after],
});
