import { describe, expect, it } from 'vitest';
import { Means } from '../../src/train/means.ts';
import { farthest } from '../../src/values/farthest.ts';
import { reparameterise } from '../../src/runtime/latents.ts';

/** Losses that lie by tenths around a large one. */
const LOSSES = Array.from({ length: 50 }, (_, i) => 1e8 + ((i * 7) % 11) / 10);
const deviationOf = (values: readonly number[]): number => {
  const mean = values.reduce((sum, v) => sum + v / values.length, 0);
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2 / values.length, 0));
};

describe('the deviation of losses', () => {
  it('is not lost compared with the losses', () => {
    const means = new Means();
    for (const loss of LOSSES) means.add({ loss }, 4);
    expect(means.spread()?.deviation).toBeCloseTo(deviationOf(LOSSES), 6);
    expect(means.spread()?.first).toBe(LOSSES[0]);
  });

  it('resumes from a state, also from one of version 0.1, which had the sum of squares', () => {
    const small = LOSSES.map((loss) => loss - 1e8 + 3);
    const [before, after] = [small.slice(0, 20), small.slice(20)];
    const begun = new Means();
    for (const loss of before) begun.add({ loss }, 1);
    const old = {
      sums: begun.state().sums,
      count: 20,
      first: before[0] ?? NaN,
      squares: before.reduce((sum, v) => sum + v ** 2, 0),
    };
    for (const state of [begun.state(), old]) {
      const means = new Means(state);
      for (const loss of after) means.add({ loss }, 1);
      expect(means.spread()?.deviation).toBeCloseTo(deviationOf(small), 6);
    }
  });
});

it('a deviation that is small compared with the mean is reported as it is', () => {
  const times = Array.from({ length: 100 }, (_, i) => 1.7e9 + (i % 2) * 2);
  const { text } = farthest([{ name: 'time', data: times }]);
  expect(text).toContain('standard deviation 1,');
});

it('a temperature of 0 gives the mean, also where σ is more than a number', () => {
  const gaussians = { mean: Float32Array.of(1, 2), logVar: Float32Array.of(3000, -3000) };
  expect([...reparameterise(gaussians, Float32Array.of(0.5, -1), 2, 0, 1)]).toEqual([1, 2]);
});
