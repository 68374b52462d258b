import type { Neighbours } from './questions.ts';

/**
 * Returns the points that are nearest to each of some others, nearest first, by Euclidean distance; of several at the same distance the
 * first.
 */
export const nearest = (
  points: Float32Array,
  among: Float32Array,
  latent: number,
  wanted: number,
  signal?: AbortSignal,
): Neighbours => {
  const rows = points.length / latent;
  const others = among.length / latent;
  const count = Math.min(wanted, others);
  const indices = new Int32Array(rows * count);
  const distances = new Float32Array(rows * count);
  const squares = new Float64Array(others);
  for (let row = 0; row < rows; row++) {
    signal?.throwIfAborted();
    for (let other = 0; other < others; other++) {
      let sum = 0;
      for (let j = 0; j < latent; j++) sum += ((points[row * latent + j] ?? 0) - (among[other * latent + j] ?? 0)) ** 2;
      squares[other] = sum;
    }
    const order = Int32Array.from(squares, (_, other) => other);
    order.sort((a, b) => (squares[a] ?? 0) - (squares[b] ?? 0) || a - b);
    for (let k = 0; k < count; k++) {
      indices[row * count + k] = order[k] ?? 0;
      distances[row * count + k] = Math.sqrt(squares[order[k] ?? 0] ?? NaN);
    }
  }
  return { indices, distances, shape: [rows, count] };
};
