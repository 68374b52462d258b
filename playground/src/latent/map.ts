import { zOf, type Point, type PriorOf } from './prior.ts';

/**
 * The square of two dimensions of z that a map shows, of one scale: the prior's ellipse keeps its form. Twice the same one is a line, which
 * runs from left to right.
 */
export interface Square {
  readonly axes: readonly [number, number];
  readonly centre: readonly [number, number];
  /** From the centre to an edge: three of the larger deviation. */
  readonly half: number;
}

/** Whether a map shows a single dimension. */
export const isLine = ([i, j]: Square['axes']): boolean => i === j;

/** The rows of a map of `cells` columns. */
export const rowsOf = (axes: Square['axes'], cells: number): number => (isLine(axes) ? 1 : cells);

/** The square about the prior. */
export const squareOf = ({ mean, deviation }: PriorOf, axes: readonly [number, number]): Square => {
  const [i, j] = axes;
  return {
    axes,
    centre: [mean[i] ?? 0, mean[j] ?? 0],
    half: 3 * Math.max(deviation[i] ?? 1, deviation[j] ?? 1),
  };
};

/** The latents of `cells` × `cells` places, row by row from the top left, which is the second axis's largest value; of a line, of `cells`. */
export const latentsOf = (prior: PriorOf, point: Point, square: Square, cells: number): Float32Array => {
  const base = zOf(prior, point);
  const rows = rowsOf(square.axes, cells);
  const all = new Float32Array(rows * cells * base.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < cells; column++) {
      const at = (row * cells + column) * base.length;
      all.set(base, at);
      const [x, y] = [(column + 0.5) / cells, (row + 0.5) / rows];
      const [first, second] = placeOf(square, x, y);
      all[at + square.axes[0]] = first;
      all[at + square.axes[1]] = second;
    }
  return all;
};

/** The two values of z at a place of the map, given from its top left in parts of its sides; on a line, twice the same. */
export const placeOf = ({ axes, centre, half }: Square, x: number, y: number): readonly [number, number] => {
  const first = centre[0] + (2 * x - 1) * half;
  return [first, isLine(axes) ? first : centre[1] + (1 - 2 * y) * half];
};

/** Where on the map two values of z are; on a line, in the middle of its height. */
export const onMap = (
  { axes, centre, half }: Square,
  first: number,
  second: number,
): readonly [x: number, y: number] => [
  ((first - centre[0]) / half + 1) / 2,
  isLine(axes) ? 0.5 : (1 - (second - centre[1]) / half) / 2,
];
