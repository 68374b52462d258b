import type { Picture } from 'cvae-compile/runtime';
import { heatOf } from '../view/heat.ts';

/** A map of targets that are not pictures: an element of each row as a colour, from the least value to the most, and these two values. */
export const cellsOf = (
  data: Float32Array,
  [rows, cells]: readonly [rows: number, cells: number],
  element: number,
): { readonly picture: Picture; readonly least: number; readonly most: number } => {
  const size = data.length / (rows * cells);
  const values = Float32Array.from({ length: rows * cells }, (_, row) => data[row * size + element] ?? 0);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const picture = heatOf(
    values.map((value) => value - least),
    most - least,
    [rows, cells, 1],
  );
  return { picture, least, most };
};
