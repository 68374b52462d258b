import { zOf, type Point, type PriorOf } from './prior.ts';

/** The square of two dimensions of z that a map shows, of one scale: the prior's ellipse keeps its form. */
export interface Square {
  readonly axes: readonly [number, number];
  readonly centre: readonly [number, number];
  /** From the centre to an edge: three of the larger deviation. */
  readonly half: number;
}

/** Whether both axes are one dimension, as of a latent that has no other: the map is then a line from left to right. */
export const isLine = ({ axes: [i, j] }: Pick<Square, 'axes'>): boolean => i === j;

/** The square about the prior. */
export const squareOf = ({ mean, deviation }: PriorOf, axes: readonly [number, number]): Square => {
  const [i, j] = axes;
  return {
    axes,
    centre: [mean[i] ?? 0, mean[j] ?? 0],
    half: 3 * Math.max(deviation[i] ?? 1, deviation[j] ?? 1),
  };
};

/** The latents of `cells` × `cells` places, row by row from the top left, which is the second axis's largest value. */
export const latentsOf = (prior: PriorOf, point: Point, square: Square, cells: number): Float32Array => {
  const base = zOf(prior, point);
  const all = new Float32Array(cells * cells * base.length);
  for (let row = 0; row < cells; row++)
    for (let column = 0; column < cells; column++) {
      const at = (row * cells + column) * base.length;
      all.set(base, at);
      const [x, y] = [(column + 0.5) / cells, (row + 0.5) / cells];
      const [first, second] = placeOf(square, x, y);
      all[at + square.axes[0]] = first;
      if (!isLine(square)) all[at + square.axes[1]] = second;
    }
  return all;
};

/** The two values of z at a place of the map, given from its top left in parts of its side. */
export const placeOf = ({ axes, centre, half }: Square, x: number, y: number): readonly [number, number] => {
  const first = centre[0] + (2 * x - 1) * half;
  return [first, isLine({ axes }) ? first : centre[1] + (1 - 2 * y) * half];
};

/** Where on the map two values of z are. */
export const onMap = (square: Square, first: number, second: number): readonly [x: number, y: number] => {
  const { centre, half } = square;
  return [((first - centre[0]) / half + 1) / 2, isLine(square) ? 0.5 : (1 - (second - centre[1]) / half) / 2];
};
