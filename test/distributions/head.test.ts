import { expect, test } from 'vitest';
import {
  bernoulli,
  concat,
  constant,
  cvae,
  dense,
  discretizedLogistic,
  gamma,
  gaussian,
  head,
  logNormal,
  mixture,
  normal,
  ordinal,
  poisson,
  relu,
  zeroInflated,
} from '../../src/index.ts';
import type { Tensor } from '../../src/dsl/tensor.ts';
import { parametersOf } from '../../src/train/parameters.ts';

const h = constant([8], 0);

test('a head gives what the decoder of its target returns, in types too', () => {
  // Each would not compile if the types were wrong.
  const grey: Tensor<[4, 4, 1]> = h.pipe(head(bernoulli(4, 4, 1)));
  expect(grey.shape).toEqual([4, 4, 1]);
  expect(h.pipe(head(poisson(3))).shape).toEqual([3]);
  const { logMean, logConcentration } = h.pipe(head(gamma(2)));
  expect([logMean.shape, logConcentration.shape]).toEqual([[2], [2]]);
  const { score, cutpoints } = h.pipe(head(ordinal(5)));
  expect([score.shape, cutpoints.shape]).toEqual([[1], [4]]);
  const { weights, mean, logVar } = h.pipe(head(mixture(normal(24, 2, { sigma: 'learned', per: 'place' }), 20)));
  const all: readonly [Tensor<[24, 20]>, Tensor<[24, 20, 2]>, Tensor<[24, 20, 2]>] = [weights, mean, logVar];
  expect(all.map(({ shape }) => shape)).toEqual([
    [24, 20],
    [24, 20, 2],
    [24, 20, 2],
  ]);
  const pixels = h.pipe(head(discretizedLogistic(4, 4, 3, { levels: 256, components: 10 })));
  expect([pixels.weights.shape, pixels.logScale.shape]).toEqual([
    [4, 4, 10],
    [4, 4, 10, 3],
  ]);
});

test('it fits into a definition, with parameters named after the likelihood’s', () => {
  const target = zeroInflated(logNormal(1));
  const model = cvae({
    condition: {},
    target,
    latent: 2,
    recognition: ({ y }) => y.pipe(dense(4), relu, gaussian(2)),
    decoder: ({ z }) => concat(z, z).pipe(dense(4), relu, head(target)),
  });
  const names = parametersOf(model).map(({ name }) => name);
  expect(names).toContain('decoder/head_1/zeroLogits/kernel');
});
