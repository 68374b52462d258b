import { expect, test } from 'vitest';
import {
  categorical,
  gamma,
  logNormal,
  mixture,
  mul,
  negativeBinomial,
  normal,
  poisson,
  zeroInflated,
  type Target,
} from 'cvae-compile';
import { wireTarget } from '../../src/layers/target-wiring.ts';
import { compute } from '../layers/compute.ts';

/** What networks see of a target's values; doubled where they are standardised. */
const seen = (target: Target, data: readonly number[]): readonly number[] => {
  const { output } = compute({ y: { shape: target.shape, data } }, ({ y }) => {
    if (!y) throw new Error('there is no y');
    return wireTarget('y', target, (_, __, x) => mul(x, 2)).seen(y).y;
  });
  return output ?? [];
};

const COUNTS = [0, 1, 1e6];

test.each([
  ['poisson', poisson(3)],
  ['negativeBinomial', negativeBinomial(3)],
  ['gamma', gamma(3)],
  ['logNormal', logNormal(3)],
  ['zeroInflated', zeroInflated(poisson(3))],
  ['mixture', mixture(negativeBinomial(3), 2)],
])('networks see a %s target as ln(1 + y), and what no y can be as 0', (_, target) => {
  seen(target, COUNTS).forEach((value, i) => expect(value).toBeCloseTo(Math.log1p(COUNTS[i] ?? NaN), 6));
  expect(seen(target, [-1, -1e6, -0.5])).toEqual([0, 0, 0]);
});

test('they see others standardised, or as they are', () => {
  expect(seen(normal(3), [1, -2, 1e3])).toEqual([2, -4, 2e3]);
  expect(seen(categorical(3), [0, 1, 0])).toEqual([0, 1, 0]);
});
