import type { OnnxBuilder, Value } from '../onnx/builder.ts';
import type { Axis } from '../onnx/window.ts';
import { size } from '../shape/size.ts';

/** The maximum number of an example's values to gather at once: half a megabyte. */
const GATHERED = 2 ** 17;

/** An image in ONNX's order, [N, C, …h], whose lengths are all known except the first. */
export interface Image {
  readonly value: Value;
  readonly channels: number;
  readonly sizes: readonly number[];
}

/** Returns the permutation that moves channels after the pixels; `firstOf` is its inverse. */
export const lastOf = (rank: number): number[] => [0, ...range(rank).slice(2), 1];
export const firstOf = (rank: number): number[] => [0, rank - 1, ...range(rank).slice(1, -1)];

/** Whether an image's columns are few enough for one part. */
export const isWhole = (channels: number, places: readonly number[], axes: readonly Axis[]): boolean =>
  channels * size(places) * size(axes.map((axis) => axis.kernel)) <= GATHERED;

/** The values under some of a window's elements, at each of its places: [N·o, elements·C]. */
export interface Columns {
  readonly value: Value;
  readonly elements: number;
}

/**
 * Gathers the elements under a window at each of its `places`: [N·o, k·C], with the channels of a pixel contiguous, so
 * that they are copied as a whole. Returns several parts if there are many: a part has as many of the window's k
 * elements as fit.
 */
export const columns = (
  onnx: OnnxBuilder,
  { value, channels, sizes }: Image,
  places: readonly number[],
  axes: readonly Axis[],
): readonly Columns[] => {
  const padded = axes.map(({ before, after }, i) => (sizes[i] ?? 0) + before + after);
  const pads = [
    [0, ...axes.map((axis) => axis.before), 0],
    [0, ...axes.map((axis) => axis.after), 0],
  ].flat();
  const pixels = onnx.Transpose(value, lastOf(axes.length + 2));
  const framed = pads.some((pad) => pad !== 0) ? onnx.Pad(pixels, pads) : pixels;
  const rows = onnx.Reshape(framed, [-1, size(padded), channels]);

  const windows = grid(places).map((place) => place.map((at, i) => at * (axes[i]?.stride ?? 1)));
  const elements = grid(axes.map((axis) => axis.kernel)).map((place) =>
    place.map((at, i) => at * (axes[i]?.dilation ?? 1)),
  );
  const atOnce = Math.max(1, Math.floor(GATHERED / (windows.length * channels)));
  const parts: Columns[] = [];
  for (let from = 0; from < elements.length; from += atOnce) {
    const under = elements.slice(from, from + atOnce);
    const indices = windows.flatMap((start) =>
      under.map((offset) => place(padded, (i) => (start[i] ?? 0) + (offset[i] ?? 0))),
    );
    const gathered = onnx.Gather(rows, onnx.constant(indices, 'int64'), { axis: 1 });
    parts.push({ value: onnx.Reshape(gathered, [-1, under.length * channels]), elements: under.length });
  }
  return parts;
};

/** Returns the index of a place in row-major order. */
export const place = (sizes: readonly number[], at: (axis: number) => number): number =>
  sizes.reduce((sum, size, axis) => sum * size + at(axis), 0);

/** Returns all places in a grid of these lengths, in row-major order. */
export const grid = (lengths: readonly number[]): readonly (readonly number[])[] =>
  lengths.reduce<readonly (readonly number[])[]>(
    (all, length) => all.flatMap((place) => range(length).map((i) => [...place, i])),
    [[]],
  );

export const range = (length: number): number[] => Array.from({ length }, (_, i) => i);
