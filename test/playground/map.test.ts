import { describe, expect, it } from 'vitest';
import { latentsOf, onMap, placeOf, squareOf } from '../../playground/src/latent/map.ts';

describe('the map of a latent', () => {
  it('is a square of two dimensions', () => {
    const prior = { mean: Float32Array.of(0, 1, 0), deviation: Float32Array.of(1, 2, 1) };
    const square = squareOf(prior, [0, 1]);
    expect(placeOf(square, 0.25, 0.25)).toEqual([-3, 4]);
    expect(onMap(square, -3, 4)).toEqual([0.25, 0.25]);
  });

  it('is a line of a single one, on which going right is all there is', () => {
    const prior = { mean: Float32Array.of(0), deviation: Float32Array.of(1) };
    const square = squareOf(prior, [0, 0]);
    for (const y of [0, 0.9]) expect(placeOf(square, 0.75, y)).toEqual([1.5, 1.5]);
    expect(onMap(square, 1.5, 1.5)).toEqual([0.75, 0.5]);
    expect([...latentsOf(prior, [0], square, 2)]).toEqual([-1.5, 1.5, -1.5, 1.5]);
  });
});
