import { ShapeMismatch } from '../errors.ts';
import type { Add, HalfUp, Sub } from '../shape/arithmetic.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { oneOf, whole, type Rules } from '../values/rules.ts';

/** `same` pads so that an image keeps its size (divided by the stride, rounded up); `valid` does not pad. */
export type Padding = 'same' | 'valid';

/** What moves over an image: its side, its step, and what happens at the border. */
export interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: Padding;
}

/**
 * The type of a length after a window has moved over it: ⌈n / s⌉, or ⌈(n − k + 1) / s⌉ without padding, and 0 where no window
 * fits, which `shrunk` refuses.
 */
export type Shrunk<N extends number, K extends number, S extends 1 | 2, P extends Padding> = P extends 'same'
  ? Steps<N, S>
  : [Sub<N, K>] extends [never]
    ? 0
    : Steps<Add<Sub<N, K>, 1>, S>;
type Steps<N extends number, S extends 1 | 2> = S extends 2 ? HalfUp<N> : N;

// Tensors are channels-last, as JavaScript's pixels are; ONNX's convolutions are channels-first. The transposes that lowering
// writes mostly meet their inverses in the next layer and cancel (compiler/passes/transposes.ts).
export const FIRST = [0, 3, 1, 2];
export const LAST = [0, 2, 3, 1];

/** An image's [height, width, channels]. @throws ShapeMismatch for anything else. */
export const pixels = (x: Shape): readonly [number, number, number] => {
  const [h, w, c, more] = x;
  if (h === undefined || w === undefined || c === undefined || more !== undefined)
    throw new ShapeMismatch(`expected [height, width, channels], got ${show(x)}; put reshape before it`);
  return [h, w, c];
};

/** What a window's options may be; its side is called `kernel` or `size`. */
export const windowRules = <S extends string>(side: S): Rules => ({
  [side]: whole('of pixels', 'give the side of the window'),
  stride: oneOf(1, 2),
  padding: oneOf('same', 'valid'),
});

/** A length after a window has moved over it: ⌈n / s⌉, or ⌈(n − k + 1) / s⌉ without padding. */
export const shrunk = (n: number, { kernel, stride, padding }: Window): number => {
  const steps = padding === 'same' ? n : n - kernel + 1;
  if (steps < 1)
    throw new ShapeMismatch(`expected at least ${kernel} pixels a side, as the kernel, got ${n}; use padding 'same'`);
  return Math.ceil(steps / stride);
};

/**
 * ONNX's pads [top, left, bottom, right] for TensorFlow's `same`: (⌈n/s⌉ − 1)·s + k − n in all, the smaller half first. It
 * depends on n, so `auto_pad` could say it too, but providers of onnxruntime disagree on that.
 */
export const shrunkPads = ([h = 0, w = 0]: Shape, { kernel, stride, padding }: Window): number[] => {
  const total = (n: number) =>
    padding === 'same' ? Math.max((Math.ceil(n / stride) - 1) * stride + kernel - n, 0) : 0;
  const top = Math.floor(total(h) / 2);
  const left = Math.floor(total(w) / 2);
  return [top, left, total(h) - top, total(w) - left];
};

/** The same for a transposed convolution: k − s in all, and where that is negative, s − k rows and columns added at the end. */
export const grownPads = ({ kernel, stride, padding }: Window): { pads: number[]; output_padding?: number[] } => {
  const total = padding === 'same' ? kernel - stride : 0;
  if (total < 0) return { pads: [0, 0, 0, 0], output_padding: [-total, -total] };
  const begin = Math.floor(total / 2);
  return { pads: [begin, begin, total - begin, total - begin] };
};
