import { windowOf, type Axis } from '../../onnx/window.ts';
import { size } from '../../shape/size.ts';
import { f32, i32, type Expr, type Int } from '../code/expression.ts';
import type { Three } from '../kernels/convolve.ts';
import { length, valueOf, type Length } from '../length.ts';
import { fixed, unable, type Context } from '../lowering.ts';
import { move } from './moves.ts';

/** An image within a batch: channels, and three axes, the missing ones of length 1 in front. */
export interface Image {
  readonly rows: Length;
  readonly channels: number;
  readonly axes: Three<number>;
}

/** Returns a list for three axes, with `missing` in front. */
export const three = (list: readonly number[], missing: number): Three<number> => {
  const [z = missing, y = missing, x = missing] = [...Array.from({ length: 3 - list.length }, () => missing), ...list];
  return [z, y, x];
};

/** Returns an input or output that is a batch of images. */
export const imageOf = (node: Context['node'], dims: readonly Length[]): Image => {
  if (dims.length > 5) return unable(node, 'over one to three axes', `${dims.length - 2}`);
  const [rows = length(1), ...others] = dims;
  const [channels = 1, ...axes] = fixed(node, others);
  return { rows, channels, axes: three(axes, 1) };
};

/** Returns the window of a node for three axes: one that does nothing along those that the image lacks. */
export const windowIn = (node: Context['node'], kernel: readonly number[]): Three<Axis> => {
  const none: Axis = { kernel: 1, stride: 1, dilation: 1, before: 0, after: 0, outputPadding: 0 };
  const own = windowOf(node, kernel);
  const [z = none, y = none, x = none] = [...Array.from({ length: 3 - own.length }, () => none), ...own];
  return [z, y, x];
};

/** Returns the bytes between neighbours along each axis of an image of these lengths. */
export const stepsOf = ([, y, x]: Three<number>): Three<number> => [4 * y * x, 4 * x, 4];

/** An image with room around it. */
export interface Padded {
  readonly axes: Three<number>;
  readonly before: Three<number>;
}

/** Returns the bytes of all channels. */
export const bytesOfImage = (channels: number, axes: Three<number>): number => 4 * channels * size(axes);

/**
 * Writes what gives each image of a batch its room, filled with `value`. Returns a function that is called within the loop over the
 * batch, with the address of an image, and returns that of the padded one.
 */
export const padding = (
  context: Context,
  { channels, axes }: Image,
  padded: Padded,
  value: number,
): ((image: Expr<'i32'>) => Expr<'i32'>) => {
  const { code, node, scratch } = context;
  if (padded.axes.every((size, axis) => size === axes[axis])) return (image) => image;
  const bytes = bytesOfImage(channels, padded.axes);
  const room = scratch({ fixed: bytes, perRow: 0 });
  if (value === 0) code.clear(room, bytes);
  else fill(context, room, bytes, value);
  const steps = stepsOf(padded.axes);
  const inner = padded.before.reduce((sum, count, axis) => sum + count * (steps[axis] ?? 0), 0);
  const strides = (all: Three<number>) => {
    const own = stepsOf(all);
    return [length(bytesOfImage(1, all) / 4), ...own.map((step) => length(step / 4))];
  };
  return (image) => {
    move(
      { node, code, rows: context.rows, module: context.module },
      [channels, ...axes].map(length),
      { at: i32.add(room, inner), strides: strides(padded.axes) },
      { at: image, strides: strides(axes) },
    );
    return room;
  };
};

/** Writes a number into memory, over and over. */
export const fill = ({ code }: Pick<Context, 'code'>, at: Expr<'i32'>, bytes: Int, value: number): void => {
  const to = code.int(at);
  code.range(0, bytes, 4, () => {
    code.storeNumber(to, f32.of(value));
    code.increase(to, 4);
  });
};

/** Writes the loop over a batch: the addresses of each row's input and output. */
export const eachImage = (
  { code, rows }: Context,
  batch: Length,
  [from, fromBytes]: readonly [Expr<'i32'>, number],
  [to, toBytes]: readonly [Expr<'i32'>, number],
  body: (from: Expr<'i32'>, to: Expr<'i32'>) => void,
): void => {
  const [source, into] = [code.int(from), code.int(to)];
  code.range(0, valueOf(batch, rows), 1, () => {
    body(source, into);
    code.increase(source, fromBytes);
    code.increase(into, toBytes);
  });
};
