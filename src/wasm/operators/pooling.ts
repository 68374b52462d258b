import { number, numbers } from '../../onnx/attributes.ts';
import { size } from '../../shape/size.ts';
import { f32, int, type Expr } from '../code/expression.ts';
import { length } from '../length.ts';
import { unable, type Context, type Lowering } from '../lowering.ts';
import { walk } from '../walk.ts';
import { bytesOfImage, eachImage, imageOf, padding, stepsOf, windowIn } from './images.ts';

interface Pool {
  /** What padding holds, and a window's result begins with. */
  readonly start: number;
  readonly combine: (result: Expr<'f32'>, x: Expr<'f32'>) => Expr<'f32'>;
  /** Returns what each position's result is multiplied with, from how many of the window's elements lie on the image. */
  readonly factor?: (context: Context, onImage: number, all: number) => number;
}

/** Writes pooling: each channel of each example, over windows of the image with its padding. */
const pool = (context: Context, { start, combine, factor }: Pool): void => {
  const { node, code, rows, input, place, isUsed } = context;
  if (isUsed(1)) return unable(node, 'without indices', 'indices');
  const [x, y] = [input(0), context.output()];
  const [from, to] = [imageOf(node, x.dims), imageOf(node, y.dims)];
  const window = windowIn(node, numbers(node, 'kernel_shape') ?? []);
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const axes = from.axes.map((size, i) => sum([size, window[i]?.before ?? 0, window[i]?.after ?? 0]));
  const [z = 1, yy = 1, xx = 1] = axes;
  const padded = {
    axes: [z, yy, xx] as const,
    before: [window[0].before, window[1].before, window[2].before] as const,
  };
  const inner = stepsOf(padded.axes);
  const inRoom = padding(context, from, padded, start);
  const factors = factor && int(place(factorsOf(context, factor), 'float32'));
  const channel = bytesOfImage(1, padded.axes) / 4;
  const outer = stepsOf(to.axes).map((step) => step / 4);
  eachImage(
    context,
    from.rows,
    [x.at, bytesOfImage(from.channels, from.axes)],
    [y.at, bytesOfImage(to.channels, to.axes)],
    (image, out) => {
      const positions = [to.channels, ...to.axes].map(length);
      const moves = [
        {
          at: inRoom(image),
          strides: [channel, ...window.map(({ stride }, i) => (stride * (inner[i] ?? 0)) / 4)].map(length),
        },
        { at: out, strides: [bytesOfImage(1, to.axes) / 4, ...outer].map(length) },
        { at: factors ?? out, strides: [0, ...outer].map(length) },
      ];
      walk(code, rows, positions, moves, (at, into, by) => {
        const result = code.local('f32', f32.of(start));
        const taps = window.map(({ kernel }) => length(kernel));
        const apart = window.map(({ dilation }, i) => length((dilation * (inner[i] ?? 0)) / 4));
        walk(code, rows, taps, [{ at: at ?? out, strides: apart }], (tap) =>
          code.set(result, combine(result, f32.load(tap ?? out))),
        );
        code.storeNumber(into ?? out, factors ? f32.mul(result, f32.load(by ?? out)) : result);
      });
    },
  );
};

/** Returns the factor of each position. */
const factorsOf = (context: Context, factor: NonNullable<Pool['factor']>): Float32Array => {
  const { node, input } = context;
  const [from, to] = [imageOf(node, input(0).dims), imageOf(node, context.output().dims)];
  const window = windowIn(node, numbers(node, 'kernel_shape') ?? []);
  const all = size(window.map(({ kernel }) => kernel));
  // How many of a window's elements lie on the image, along each axis.
  const counts = window.map(({ kernel, stride, dilation, before }, axis) =>
    Array.from({ length: to.axes[axis] ?? 1 }, (_, position) => {
      const places = Array.from({ length: kernel }, (__, k) => position * stride + k * dilation - before);
      return places.filter((place) => place >= 0 && place < (from.axes[axis] ?? 1)).length;
    }),
  );
  const [z = [], y = [], x = []] = counts;
  return Float32Array.from(z.flatMap((a) => y.flatMap((b) => x.map((c) => factor(context, a * b * c, all)))));
};

/** Pooling over windows. */
export const POOLING: Readonly<Record<string, Lowering>> = {
  MaxPool: { kind: 'kernel', emit: (context) => pool(context, { start: -Infinity, combine: f32.max }) },
  AveragePool: {
    kind: 'kernel',
    emit: (context) =>
      pool(context, {
        start: 0,
        combine: f32.add,
        factor: ({ node }, onImage, all) => 1 / (number(node, 'count_include_pad') === 1 ? all : onImage),
      }),
  },
};
