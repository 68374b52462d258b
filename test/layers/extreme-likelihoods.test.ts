import { describe, expect, test } from 'vitest';
import type { Gaussian } from '../../src/dsl/gaussian.ts';
import type { Target } from '../../src/dsl/target.ts';
import type { Tensor } from '../../src/dsl/tensor.ts';
import {
  absoluteError,
  bernoulli,
  beta,
  categorical,
  continuousBernoulli,
  discretizedLogistic,
  gamma,
  hurdle,
  kl,
  klPerDimension,
  laplace,
  logNormal,
  logRatio,
  multinomial,
  multiScale,
  negativeBinomial,
  normal,
  normalScores,
  poisson,
  reparameterise,
  squaredError,
  studentT,
  vonMises,
  zeroInflated,
} from '../../src/index.ts';
import type { Shape } from '../../src/shape/shape.ts';
import type { CaseInput } from '../../src/testing/case.ts';
import { engines } from '../../src/testing/engines.ts';
import type { Layer } from '../../src/testing/layer.ts';
import { chosen } from '../support/chosen.ts';
import { extremes, FAR, type Within } from './extremes.ts';

const machine = await engines();
const WITHIN: Within = { relative: 2e-5, ofLargest: 3e-7 };
const LENGTH = 10;
const missing = (): never => {
  throw new Error('no such input');
};

/** Of the numbers that are far out some, or all. */
const far = (what: string) => chosen(`far out: ${what}`, Object.entries(FAR), 1);

/** Inputs of one vector each. */
const vectors = (...all: readonly (readonly number[])[]): ReadonlyMap<string, CaseInput> =>
  new Map(all.map((values, i) => [`x${i}`, { shape: [LENGTH], values }]));

const targets: Readonly<Record<string, { readonly target: Target; readonly y: readonly number[] }>> = {
  bernoulli: { target: bernoulli(LENGTH), y: [0, 1, 0.5, 0, 1] },
  categorical: { target: categorical(LENGTH), y: [0, 0, 0, 1, 0, 0, 0, 0, 0, 0] },
  normal: { target: normal(LENGTH), y: [0, 1, -2] },
  'normal of a small σ': { target: normal(LENGTH, { sigma: 1e-3 }), y: [0, 1, -2] },
  'normal of a large σ': { target: normal(LENGTH, { sigma: 1e6 }), y: [0, 1, -2] },
  'normal of a learned σ': { target: normal(LENGTH, { sigma: 'learned' }), y: [0, 1, -2] },
  'normal of a learned σ of 1e-9 and more': { target: normal(LENGTH, { sigma: 'learned', floor: 1e-9 }), y: [0] },
  squaredError: { target: squaredError(LENGTH), y: [0, 1, -2] },
  absoluteError: { target: absoluteError(LENGTH), y: [0, 1, -2] },
  laplace: { target: laplace(LENGTH), y: [0, 1, -2] },
  studentT: { target: studentT(LENGTH), y: [0, 1, -2] },
  'studentT with learned freedom': { target: studentT(LENGTH, { freedom: 'learned' }), y: [0, 1, -2] },
  poisson: { target: poisson(LENGTH), y: [0, 1, 7, 300, 20_000] },
  negativeBinomial: { target: negativeBinomial(LENGTH), y: [0, 1, 7, 300, 20_000] },
  'negativeBinomial with more zeros': {
    target: negativeBinomial(LENGTH, { zeroInflated: true }),
    y: [0, 1, 7, 300, 20_000],
  },
  multinomial: { target: multinomial(LENGTH), y: [0, 1, 7, 300, 2] },
  vonMises: { target: vonMises(LENGTH), y: [0, 1, -3] },
  beta: { target: beta(LENGTH), y: [0.5, 1e-6, 1 - 1e-6] },
  gamma: { target: gamma(LENGTH), y: [1, 1e-6, 1e6] },
  continuousBernoulli: { target: continuousBernoulli(LENGTH), y: [0, 1, 0.3] },
  logNormal: { target: logNormal(LENGTH, { sigma: 1 }), y: [1, 1e-6, 1e6] },
  normalScores: { target: normalScores(LENGTH, { cells: 8 }), y: [0, 1, -1.9, 100] },
  'hurdle normalScores': { target: hurdle(normalScores(LENGTH, { cells: 8 }), { masses: 2 }), y: [0, 1, -1.9] },
  'zeroInflated gamma': { target: zeroInflated(gamma(LENGTH)), y: [0, 1, 1e6] },
  'zeroInflated poisson': { target: zeroInflated(poisson(LENGTH)), y: [0, 1, 300] },
  discretizedLogistic: { target: discretizedLogistic(5, { components: 2, per: 'example' }), y: [0, 1, 0.2, 0.8, 0.4] },
};

const MEANS = chosen('far means', Object.keys(targets), 8);

describe.each(Object.entries(targets))('%s', (name, { target, y }) => {
  const names = Object.keys(target.parameters);
  const parameters = (given: readonly Tensor[]) =>
    Object.fromEntries(names.map((name, i) => [name, given[i] ?? missing()]));
  /** Inputs of y's shape, and of each parameter's. */
  const inputs = (shape: Shape, y: readonly number[], ...given: readonly (readonly number[])[]) =>
    new Map<string, CaseInput>([
      ['y', { shape, values: y }],
      ...Object.values(target.parameters).map((own, i): [string, CaseInput] => [
        `x${i}`,
        { shape: own, values: given[i] ?? [] },
      ]),
    ]);

  test.each(far(`${name}, −log p`))('−log p(y), parameters of %s', async (_, values) => {
    const layer: Layer = (y, ...given) => target.nll(parameters(given), y ?? missing());
    // A learned σ's mean is near y: as far from it as that, −log p of the smallest σ is no number of float32.
    const given = names.map((name) => (name === 'mean' && names.length > 1 ? y.map((v) => v + 1e-9) : values));
    expect(await extremes(machine, layer, inputs(target.shape, y, ...given), WITHIN)).toEqual([]);
  });

  test.each(MEANS.includes(name) ? far(`${name}, mean`) : [])('its mean, parameters of %s', async (_, values) => {
    const layer: Layer = (...given) => {
      return { ...target.mean(parameters(given)) };
    };
    const [, ...given] = inputs([], [], ...names.map(() => values));
    expect(await extremes(machine, layer, new Map(given), WITHIN)).toEqual([]);
  });
});

test.each(far('what other scales add'))('what other scales add, logits of %s', async (_, values) => {
  const target = multiScale(categorical(3, { at: [4, 4] }), { half: 2 });
  const layer: Layer = (y = missing(), half = missing()) => target.auxiliary?.({ half }, y) ?? missing();
  const inputs = new Map([
    ['x0', { shape: [4, 4, 3], values: [0, 1, 0, 0, 0, 1, 1, 0, 0] }],
    ['x1', { shape: [2, 2, 3], values }],
  ]);
  expect(await extremes(machine, layer, inputs, WITHIN)).toEqual([]);
});

describe('Gaussians', () => {
  const gaussian = (mean: Tensor = missing(), logVar: Tensor = missing()): Gaussian =>
    // Both are vectors of one length.
    ({ mean, logVar }) as Gaussian;
  const zeros = [0];
  const ε = [0.5, -1, 2, 0, 1.5];
  const negative = (values: readonly number[]) => values.map((v) => -Math.abs(v));
  const positive = (values: readonly number[]) => values.map(Math.abs);

  test.each(far('KL to itself is 0'))('KL to itself is 0, of mean and log σ² of %s', async (_, values) => {
    const layer: Layer = (mean, logVar) => klPerDimension(gaussian(mean, logVar), gaussian(mean, logVar));
    expect(await extremes(machine, layer, vectors(values, values.toReversed()), WITHIN)).toEqual([]);
  });

  test.each(far('KL to N(0'))('KL to N(0, I), of a mean of %s and a σ as small', async (_, values) => {
    const layer: Layer = (mean, logVar) => kl(gaussian(mean, logVar));
    expect(await extremes(machine, layer, vectors(values, negative(values)), WITHIN)).toEqual([]);
  });

  test.each(far('KL to a Gaussian of a σ as large'))(
    'KL to a Gaussian of a σ as large, of mean and log σ² of %s',
    async (_, values) => {
      const layer: Layer = (mean, small, large) => klPerDimension(gaussian(mean, small), gaussian(mean, large));
      const inputs = vectors(values, negative(values), positive(values));
      expect(await extremes(machine, layer, inputs, WITHIN)).toEqual([]);
    },
  );

  test.each(far('KL that is no number of float32 is infinite'))(
    'KL that is no number of float32 is infinite, of log σ² of %s',
    async (_, values) => {
      const layer: Layer = (mean, small, large) => klPerDimension(gaussian(mean, large), gaussian(mean, small));
      const inputs = vectors(zeros, negative(values), positive(values));
      expect(await extremes(machine, layer, inputs, WITHIN)).toEqual([]);
    },
  );

  test.each(far('log p/q of equal ones is 0'))(
    'log p/q of equal ones is 0, of mean and log σ² of %s',
    async (_, values) => {
      const layer: Layer = (mean, logVar, epsilon = missing()) => {
        const q = gaussian(mean, logVar);
        return logRatio(reparameterise(q, epsilon), epsilon as Tensor as Tensor<[number]>, q, q);
      };
      // z itself is not a number if σ is not.
      const inputs = vectors(values, negative(values), ε);
      expect(await extremes(machine, layer, inputs, WITHIN)).toEqual([]);
    },
  );

  test.each(far('log p/q to N(0'))('log p/q to N(0, I), of a mean of %s and a σ as small', async (_, values) => {
    const layer: Layer = (mean, logVar, epsilon = missing()) => {
      const q = gaussian(mean, logVar);
      return logRatio(reparameterise(q, epsilon), epsilon as Tensor as Tensor<[number]>, q);
    };
    expect(await extremes(machine, layer, vectors(values, negative(values), ε), WITHIN)).toEqual([]);
  });

  test.each(far('draws'))('draws, of a mean of %s and a σ as small', async (_, values) => {
    const layer: Layer = (mean, logVar, epsilon = missing()) => reparameterise(gaussian(mean, logVar), epsilon);
    expect(await extremes(machine, layer, vectors(values, negative(values), ε), WITHIN)).toEqual([]);
  });
});
