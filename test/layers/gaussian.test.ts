import { describe, expect, test } from 'vitest';
import type { Gaussian } from '../../src/dsl/gaussian.ts';
import { constant } from '../../src/dsl/leaves.ts';
import type { Tensor } from '../../src/dsl/tensor.ts';
import { kl, klPerDimension, logRatio, reparameterise } from '../../src/layers/gaussian.ts';
import { broadcastLike } from '../../src/layers/broadcast-like.ts';
import { normals, stream } from '../../src/random.ts';
import { testLayer } from '../../src/testing/layer.ts';
import { compute } from './compute.ts';

type V3 = Tensor<[3]>;
const missing = (): never => {
  throw new Error('no such input');
};
const gaussianOf = (mean: Tensor | undefined, logVar: Tensor | undefined): Gaussian<3> => ({
  // The tests' inputs are of this shape.
  mean: (mean ?? missing()) as Tensor as V3,
  logVar: (logVar ?? missing()) as Tensor as V3,
});

const q = { mean: [0.5, -1, 2], logVar: [-1, 0.3, -2] };
const p = { mean: [0, -0.5, 1], logVar: [0.5, -0.2, -1] };
const given = Object.fromEntries(
  Object.entries({ qm: q.mean, qv: q.logVar, pm: p.mean, pv: p.logVar }).map(([name, data]) => [
    name,
    { shape: [3], data },
  ]),
);

/** log N(x; mean, e^logVar), summed over dimensions. */
const logDensity = (x: readonly number[], { mean, logVar }: typeof q): number =>
  x.reduce((sum, v, i) => {
    const [m = NaN, l = NaN] = [mean[i], logVar[i]];
    return sum - (Math.log(2 * Math.PI) + l + (v - m) ** 2 / Math.exp(l)) / 2;
  }, 0);

const COUNT = 40_000;
const drawn = normals(stream(1, 'test'), COUNT, 3);
const epsilons = Array.from({ length: COUNT }, (_, i) => Array.from(drawn.subarray(3 * i, 3 * i + 3)));
const samples = epsilons.map((e) => e.map((v, j) => (q.mean[j] ?? NaN) + Math.exp((q.logVar[j] ?? NaN) / 2) * v));

/** A mean, and how far from it the mean of as many draws would be, once in 15,000 times. */
const estimate = (values: readonly number[]): { mean: number; within: number } => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1);
  return { mean, within: 4 * Math.sqrt(variance / values.length) };
};

describe('KL(q ‖ p) in closed form', () => {
  test.each([
    ['another Gaussian', p],
    ['N(0, I)', { mean: [0, 0, 0], logVar: [0, 0, 0] }],
  ])('to %s is the mean of log q(z) − log p(z) over draws of z', (_, prior) => {
    const standard = prior !== p;
    const { output = [] } = compute(given, ({ qm, qv, pm, pv }) =>
      kl(gaussianOf(qm, qv), standard ? undefined : gaussianOf(pm, pv)),
    );
    const { mean, within } = estimate(samples.map((z) => logDensity(z, q) - logDensity(z, prior)));
    expect(Math.abs((output[0] ?? NaN) - mean)).toBeLessThan(within);
    expect(within).toBeLessThan(0.05);
  });

  test('is 0 to itself, and never below', () => {
    const { output = [] } = compute(given, ({ qm, qv }) => klPerDimension(gaussianOf(qm, qv), gaussianOf(qm, qv)));
    for (const v of output) expect(v).toBeCloseTo(0, 12);
    const { output: apart = [] } = compute(given, ({ qm, qv, pm, pv }) =>
      klPerDimension(gaussianOf(qm, qv), gaussianOf(pm, pv)),
    );
    for (const v of apart) expect(v).toBeGreaterThan(0);
  });

  test('is the sum over dimensions, each by the textbook', () => {
    const each = [0, 1, 2].map((i) => {
      const [m = NaN, l = NaN, pm = NaN, pl = NaN] = [q.mean[i], q.logVar[i], p.mean[i], p.logVar[i]];
      return (pl - l + (Math.exp(l) + (m - pm) ** 2) / Math.exp(pl) - 1) / 2;
    });
    const { dims = [], all = [] } = compute(given, ({ qm, qv, pm, pv }) => ({
      dims: klPerDimension(gaussianOf(qm, qv), gaussianOf(pm, pv)),
      all: kl(gaussianOf(qm, qv), gaussianOf(pm, pv)),
    }));
    dims.forEach((v, i) => expect(v).toBeCloseTo(each[i] ?? NaN, 12));
    expect(all[0]).toBeCloseTo(
      each.reduce((a, b) => a + b, 0),
      12,
    );
  });
});

test('reparameterise is mean + σ·ε', () => {
  const epsilon = [1, -0.5, 2];
  const { output = [] } = compute({ ...given, e: { shape: [3], data: epsilon } }, ({ qm, qv, e }) =>
    reparameterise(gaussianOf(qm, qv), e ?? missing()),
  );
  output.forEach((z, i) =>
    expect(z).toBeCloseTo((q.mean[i] ?? NaN) + Math.exp((q.logVar[i] ?? NaN) / 2) * (epsilon[i] ?? NaN), 12),
  );
});

test('logRatio is log p(z) − log q(z) where z was drawn', () => {
  const epsilon = [1, -0.5, 2];
  const z = epsilon.map((e, i) => (q.mean[i] ?? NaN) + Math.exp((q.logVar[i] ?? NaN) / 2) * e);
  const { output = [] } = compute(
    { ...given, z: { shape: [3], data: z }, e: { shape: [3], data: epsilon } },
    ({ qm, qv, pm, pv, z, e }) =>
      logRatio(z ?? missing(), (e ?? missing()) as Tensor as V3, gaussianOf(qm, qv), gaussianOf(pm, pv)),
  );
  expect(output[0]).toBeCloseTo(logDensity(z, p) - logDensity(z, q), 12);
});

describe('log-variances of which e^v is nothing or infinite in float32', () => {
  const wide = { shape: [4], values: [-120, 100, -89, 60] };
  const inputs = [{ shape: [4], values: [0.5, 1, -1e-15, 2] }, wide, { shape: [4], values: [0.5, 2, 0, 1e10] }, wide];
  const of = (mean: Tensor | undefined, logVar: Tensor | undefined) => ({
    // As the inputs are.
    mean: (mean ?? missing()) as Tensor as Tensor<[4]>,
    logVar: (logVar ?? missing()) as Tensor as Tensor<[4]>,
  });

  test('have a finite KL where the two are alike', async () => {
    await testLayer('kl', (a, b, c, d) => klPerDimension(of(a, b), of(c, d)), { inputs, gradient: 'alike' });
  });

  test('have a finite log-ratio', async () => {
    const epsilon = { shape: [4], values: [0.5, -1, 0, 2] };
    await testLayer(
      'logRatio',
      (a, b, c, d, e) => {
        const noise = (e ?? missing()) as Tensor as Tensor<[4]>;
        return logRatio(reparameterise(of(a, b), noise), noise, of(a, b), of(c, d));
      },
      { inputs: [...inputs, epsilon], gradient: 'alike' },
    );
  });
});

describe('one function everywhere:', () => {
  const four = [[3], [3], [3], [3]];

  test('KL', async () => {
    const both = (a?: Tensor, b?: Tensor, c?: Tensor, d?: Tensor) => kl(gaussianOf(a, b), gaussianOf(c, d));
    await testLayer('kl', both, { inputs: four, shape: [] });
    await testLayer('kl', (a, b) => kl(gaussianOf(a, b)), { inputs: [[3], [3]], shape: [] });
  });

  test('KL to a prior of fixed variance, which has no batch axis', async () => {
    const fixed = (a?: Tensor, b?: Tensor, c?: Tensor) => kl(gaussianOf(a, b), gaussianOf(c, constant([3], 0)));
    await testLayer('kl', fixed, { inputs: [[3], [3], [3]], shape: [] });
  });

  test('reparameterise', async () => {
    const draw = (a?: Tensor, b?: Tensor, e?: Tensor) => reparameterise(gaussianOf(a, b), e ?? missing());
    await testLayer('reparameterise', draw, { inputs: [[3], [3], [3]], shape: [3] });
    await testLayer('reparameterise', draw, { inputs: [[3], [3], [3]].map((shape) => ({ shape, lead: 5 })) });
  });

  test('like', async () => {
    const spread = (x?: Tensor, to?: Tensor) => broadcastLike(x ?? missing(), to ?? missing());
    await testLayer('like', spread, { inputs: [{ shape: [3], lead: 0 }, [3]], shape: [3] });
    await testLayer('like', spread, {
      inputs: [
        [2, 3],
        [2, 3],
      ],
      shape: [2, 3],
    });
  });
});
