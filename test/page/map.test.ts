import { expect, test } from 'vitest';
import { latentsOf, onMap, placeOf, rowsOf, squareOf } from '../../playground/src/latent/map.ts';
import { greysOf } from '../../playground/src/view/view-of.ts';
import { isolated } from '../../playground/src/view/isolated.ts';

const prior = { mean: Float32Array.of(1, -2), deviation: Float32Array.of(1, 0.5) };

test('a map of two dimensions has the largest value of the second at the top', () => {
  const square = squareOf(prior, [0, 1]);
  expect(square.half).toBe(3);
  expect(rowsOf([0, 1], 3)).toBe(3);
  const latents = latentsOf(prior, [0, 0], square, 3);
  expect([...latents.subarray(0, 2)]).toEqual([-1, 0]);
  expect([...latents.subarray(-2)]).toEqual([3, -4]);
  const [first, second] = placeOf(square, ...onMap(square, 2.5, -1));
  expect(first).toBeCloseTo(2.5, 12);
  expect(second).toBeCloseTo(-1, 12);
});

test('a map of one dimension is a line from left to right', () => {
  const square = squareOf(prior, [1, 1]);
  expect(rowsOf([1, 1], 3)).toBe(1);
  expect([...latentsOf(prior, [0, 0], square, 3)]).toEqual([1, -3, 1, -2, 1, -1]);
  expect(onMap(square, -2.75, -2.75)).toEqual([0.25, 0.5]);
  expect(placeOf(square, 0.25, 0.9)).toEqual([-2.75, -2.75]);
});

test('classes of a map are as far apart in grey as in the pictures of samples', () => {
  const map = { name: 'y', distribution: 'categorical', shape: [1, 3, 4], dataShape: [1, 3], classes: 4 } as const;
  expect(greysOf(map, [0, 1, 3])).toEqual([0, 1 / 3, 1]);
});

test('a name that runs from right to left is isolated from what follows, others are as they are', () => {
  expect(isolated('الرياض')).toBe('\u2068الرياض\u2069');
  expect(isolated('北京 "a" 🦊')).toBe('北京 "a" 🦊');
});
