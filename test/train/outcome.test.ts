import { expect, test } from 'vitest';
import { shareOf } from '../../src/train/outcome.ts';

test('what z decides of targets is at most all of it, so that one that runs away hides no other', () => {
  const y = Float32Array.of(1, -1, 1, -1);
  const outcomes = [0, 1].map((at) => ({ at, width: 1, y, mask: undefined }));
  // Of four rows of two targets: the second one's means are thousands of deviations apart.
  const first = Float32Array.of(0.2, 1e4, 0.2, 1e4, 0.2, 1e4, 0.2, 1e4);
  const second = Float32Array.of(-0.2, 0, -0.2, 0, -0.2, 0, -0.2, 0);
  expect(shareOf(first, second, outcomes, 4)).toBeCloseTo((0.08 + 1) / 2, 6);
  // A mean that is no number says nothing.
  const none = first.map((value, i) => (i % 2 === 1 ? NaN : value));
  expect(shareOf(none, second, outcomes, 4)).toBeCloseTo(0.08, 6);
});
