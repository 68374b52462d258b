import type { Picture } from 'cvae-compile/runtime';
import { heatOf } from '../view/heat.ts';

/** An element of each row as a colour, from the least to the most: a map of what is no picture. */
export const cellsOf = (data: Float32Array, cells: number, element: number): Picture => {
  const size = data.length / (cells * cells);
  const values = Float32Array.from({ length: cells * cells }, (_, row) => data[row * size + element] ?? 0);
  const least = Math.min(...values);
  return heatOf(
    values.map((value) => value - least),
    Math.max(...values) - least,
    [cells, cells, 1],
  );
};
