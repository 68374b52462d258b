import { describe, expect, test } from 'vitest';
import type { Parameters, Target } from '../../src/dsl/target.ts';
import type { Tensor } from '../../src/dsl/tensor.ts';
import {
  bernoulli,
  categorical,
  discretizedLogistic,
  hurdle,
  laplace,
  logNormal,
  mixture,
  multinomial,
  multiScale,
  negativeBinomial,
  normal,
  normalScores,
  ordinal,
  poisson,
  squaredError,
  studentT,
  zeroInflated,
} from '../../src/index.ts';
import type { Shape } from '../../src/shape/shape.ts';
import { testLayer } from '../../src/testing/layer.ts';
import { chosen } from '../support/chosen.ts';
import { forPlain } from '../support/plain-targets.ts';
import { compute } from './compute.ts';

/** −log p(y) of each element, from the parameters of one number each and y. */
const nll = (target: Target, parameters: Readonly<Record<string, number[]>>, y: number[]): readonly number[] => {
  const { output = [] } = compute(
    {
      y: { shape: target.shape, data: y },
      ...Object.fromEntries(
        Object.entries(parameters).map(([name, data]) => [name, { shape: target.parameters[name] ?? [], data }]),
      ),
    },
    ({ y, ...given }) => target.nll(given, y ?? missing()),
  );
  return output;
};

/** y's mean, and its log-variance where that is learned. */
const mean = (target: Target, parameters: Readonly<Record<string, number[]>>) =>
  compute(
    Object.fromEntries(
      Object.entries(parameters).map(([name, data]) => [name, { shape: target.parameters[name] ?? [], data }]),
    ),
    (given) => {
      const { y, logVar } = target.mean(given);
      return { y, ...(logVar && { learned: logVar }) };
    },
  );

const missing = (): never => {
  throw new Error('no y');
};

const sigmoid = (l: number): number => 1 / (1 + Math.exp(-l));
// Constants are float32, so that some hundred-millionths are lost.
const expectClose = (found: readonly number[] | undefined, expected: readonly number[]): void => {
  expect(found).toHaveLength(expected.length);
  found?.forEach((v, i) => expect(v).toBeCloseTo(expected[i] ?? NaN, 6));
};

describe('bernoulli', () => {
  const logits = [-8, -2, 0, 0.5, 3];

  test.each([0, 0.3, 1])('−log p(%f) is −y·log μ − (1 − y)·log(1 − μ)', (y) => {
    const expected = logits.map((l) => -y * Math.log(sigmoid(l)) - (1 - y) * Math.log(1 - sigmoid(l)));
    expectClose(nll(bernoulli(5), { logits }, Array(5).fill(y)), expected);
  });

  test('of large log-odds it is finite: what is certain costs nothing, what is impossible its log-odds', () => {
    expectClose(nll(bernoulli(4), { logits: [-1e4, 1e4, -1e4, 1e4] }, [0, 1, 1, 0]), [0, 0, 1e4, 1e4]);
  });

  test('its mean is sigmoid(l)', () => expectClose(mean(bernoulli(5), { logits })['y'], logits.map(sigmoid)));
});

describe('normal', () => {
  const y = [0, 1, -2];
  const means = [0.5, 1, 1];
  const density = (x: number, m: number, s: number): number =>
    Math.exp(-(((x - m) / s) ** 2) / 2) / (s * Math.sqrt(2 * Math.PI));

  test.each([undefined, 0.1, 3])('with σ = %s, 1 unless given', (sigma) => {
    const target = sigma === undefined ? normal(3) : normal(3, { sigma });
    const expected = y.map((v, i) => -Math.log(density(v, means[i] ?? NaN, sigma ?? 1)));
    expectClose(nll(target, { mean: means }, y), expected);
    expectClose(mean(target, { mean: means })['y'], means);
  });

  test('with a learned σ, whose variance is e^logVar + floor²', () => {
    const target = normal(3, { sigma: 'learned', floor: 0.1 });
    const logVar = [-1, 0, 2];
    const sigma = logVar.map((v) => Math.sqrt(Math.exp(v) + 0.01));
    const expected = y.map((v, i) => -Math.log(density(v, means[i] ?? NaN, sigma[i] ?? NaN)));
    expectClose(nll(target, { mean: means, logVar }, y), expected);
    const given = mean(target, { mean: means, logVar });
    expectClose(given['y'], means);
    expectClose(
      given['learned'],
      sigma.map((s) => 2 * Math.log(s)),
    );
  });

  test('a learned σ does not fall below its floor, 1e-3 unless given', () => {
    const logVar = [-1e4, -1e4, -1e4];
    const given = mean(normal(3, { sigma: 'learned' }), { mean: means, logVar });
    expectClose(
      given['learned'],
      [1, 1, 1].map(() => 2 * Math.log(1e-3)),
    );
    const best = nll(normal(3, { sigma: 'learned' }), { mean: y, logVar }, y);
    expectClose(
      best,
      [1, 1, 1].map(() => Math.log(1e-3) + Math.log(2 * Math.PI) / 2),
    );
  });
});

describe('in float32, far from where data are', () => {
  const layer =
    (target: Target) =>
    (y: Tensor = missing(), mean: Tensor = missing(), logVar?: Tensor): Tensor =>
      target.nll({ mean, ...(logVar && { logVar }) }, y);

  test('a learned σ has a finite mean, −log p(y) and gradient, where e^logVar has none', async () => {
    const target = normal(4, { sigma: 'learned' });
    const logVar = { shape: [4], values: [89, 300, -300, 88.7, 0, -14, 1000, -89] };
    const inputs = [
      { shape: [4], values: [0, 3, -2e-3, 1e20, 1, 1e-3, -1e18, 0] },
      { shape: [4], values: [1, -5e19, 1e-3, -1e20, 2, 0, 1e18, -1e-3] },
      logVar,
    ];
    await testLayer('learned σ', layer(target), { inputs, batches: [2], gradient: 'alike' });
    const spread = (given: Tensor = missing()): Tensor =>
      target.mean({ mean: given, logVar: given }).logVar ?? missing();
    await testLayer('logVar', spread, { inputs: [logVar], batches: [2] });
  });

  test('σ may be smaller than the root of what float32 holds, and y as far away as that', async () => {
    const inputs = [
      { shape: [2], values: [3e-24, -1e-24] },
      { shape: [2], values: [1e-24, 1e-24] },
    ];
    await testLayer('small σ', layer(normal(2, { sigma: 1e-24 })), { inputs, gradient: false });
  });
});

describe('categorical', () => {
  const softmax = (l: readonly number[]): number[] => {
    const all = l.map(Math.exp);
    const sum = all.reduce((a, b) => a + b, 0);
    return all.map((e) => e / sum);
  };
  const logits = [0.5, -1, 2];

  test.each([0, 1, 2])('−log p of class %i is −log of its softmax', (k) => {
    const y = [0, 1, 2].map((i) => (i === k ? 1 : 0));
    expectClose(nll(categorical(3), { logits }, y), [-Math.log(softmax(logits)[k] ?? NaN)]);
    expectClose(nll(categorical('a', 'b', 'c'), { logits }, y), [-Math.log(softmax(logits)[k] ?? NaN)]);
  });

  test('a blend is the blend of its classes', () => {
    const expected = 0.3 * -Math.log(softmax(logits)[0] ?? NaN) + 0.7 * -Math.log(softmax(logits)[2] ?? NaN);
    expectClose(nll(categorical(3), { logits }, [0.3, 0, 0.7]), [expected]);
  });

  test('with a class for each pixel there is a number for each pixel', () => {
    const target = categorical(3, { at: [1, 2] });
    const other = [3, 0, -3];
    expectClose(nll(target, { logits: [...logits, ...other] }, [1, 0, 0, 0, 0, 1]), [
      -Math.log(softmax(logits)[0] ?? NaN),
      -Math.log(softmax(other)[2] ?? NaN),
    ]);
    expectClose(mean(target, { logits: [...logits, ...other] })['y'], [...softmax(logits), ...softmax(other)]);
  });

  test('of large logits it is finite', () => {
    expectClose(nll(categorical(3), { logits: [1e4, -1e4, 0] }, [1, 0, 0]), [0]);
    expectClose(nll(categorical(3), { logits: [1e4, -1e4, 0] }, [0, 1, 0]), [2e4]);
  });
});

test('squaredError is the square of the difference, of the mean as the decoder gives it', () => {
  expectClose(nll(squaredError(3), { mean: [1, 2, 3] }, [1, 0, 3.5]), [0, 4, 0.25]);
  expectClose(mean(squaredError(3), { mean: [1, 2, 3] })['y'], [1, 2, 3]);
});

const targets: Record<string, Target> = {
  ...forPlain((_, likelihood) => likelihood(5)),
  'bernoulli image': bernoulli(4, 4, 1),
  normal: normal(5),
  'normal with σ': normal(5, { sigma: 0.3 }),
  'normal with a learned σ': normal(5, { sigma: 'learned', floor: 0.05 }),
  categorical: categorical(5),
  'categorical per pixel': categorical(3, { at: [4, 4] }),
  laplace: laplace(5, { scale: 0.3 }),
  'laplace with a learned scale': laplace(5, { scale: 'learned' }),
  studentT: studentT(5, { freedom: 3 }),
  'studentT with all learned': studentT(5, { scale: 'learned', freedom: 'learned' }),
  negativeBinomial: negativeBinomial(5),
  'negativeBinomial with more zeros': negativeBinomial(5, { zeroInflated: true }),
  multinomial: multinomial(5, { total: 3 }),
  ordinal: ordinal(5),
  'ordinal of two': ordinal(2),
  'ordinal per pixel': ordinal(3, { at: [4, 4] }),
  logNormal: logNormal(5),
  'logNormal with σ': logNormal(5, { sigma: 0.3 }),
  normalScores: normalScores(5, { cells: 8 }),
  'hurdle normalScores': hurdle(normalScores(5, { cells: 8 }), { masses: 2 }),
  'hurdle normal': hurdle(normal(5, { sigma: 'learned' }), { at: [0.5] }),
  'zeroInflated logNormal': zeroInflated(logNormal(5)),
  'zeroInflated poisson': zeroInflated(poisson(5)),
  'mixture of elements': mixture(laplace(5), 3),
  'mixture of places': mixture(normal(4, 2, { sigma: 'learned', per: 'place' }), 3),
  'mixture of examples': mixture(logNormal(4, 2, { per: 'example' }), 3),
  discretizedLogistic: discretizedLogistic(3, 3, 3, { levels: 8, components: 2 }),
};

const MEANS = chosen('means', Object.keys(targets), 5);

describe.each(Object.entries(targets))('%s is one function everywhere', (name, target) => {
  const keys = Object.keys(target.parameters);
  const shapes: Shape[] = Object.values(target.parameters).map((shape) => [...shape]);
  const parameters = (tensors: readonly Tensor[]): Parameters =>
    Object.fromEntries(keys.map((key, i) => [key, tensors[i] ?? missing()]));

  const both = ['−log p(y)', '−log p(y), of k samples for each example'] as const;
  test.each(chosen(`−log p: ${name}`, both, 1))('%s', async (what) => {
    const lead = what === '−log p(y)' ? 1 : 3;
    const y = { shape: target.shape, between: [0.05, 0.95] as const, lead };
    const inputs = [y, ...shapes.map((shape) => ({ shape, lead }))];
    await testLayer(name, (y, ...given) => target.nll(parameters(given), y ?? missing()), { inputs });
  });

  test.runIf(MEANS.includes(name))('the mean', async () => {
    await testLayer(
      name,
      (...given) => {
        return { ...target.mean(parameters(given)) };
      },
      { inputs: shapes },
    );
  });
});

test('what other scales add to a loss is one function everywhere', async () => {
  const target = multiScale(categorical(3, { at: [5, 4] }), { half: 2 });
  const layer = (y: Tensor = missing(), half: Tensor = missing()) => target.auxiliary?.({ half }, y) ?? missing();
  await testLayer('multiScale', layer, { inputs: [{ shape: [5, 4, 3], between: [0, 1] }, [3, 2, 3]] });
});
