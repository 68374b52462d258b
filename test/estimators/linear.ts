import { concat, continuous, cvae, dense, gaussian, normal } from 'cvae-compile';
import { size } from '../../src/shape/size.ts';
import { parametersOf } from '../../src/train/parameters.ts';
import { normals, stream } from '../../src/random.ts';
import type { Weights } from '../../src/weights/weights.ts';
import type { Model } from '../../src/dsl/model.ts';

/** The standard deviation of y given z. */
export const SIGMA = 0.7;

/** All linear, all Gaussian: y = A·z + B·x + b + σ·ε with z ~ N(C·x + c, diag e^(D·x + d)), so that log p(y|x) is known. */
export const linearGaussian = cvae({
  condition: { x: continuous(1) },
  target: normal(2, { sigma: SIGMA }),
  latent: 2,
  prior: ({ x }) => x.pipe(gaussian(2)),
  recognition: ({ x, y }) => concat(x, y).pipe(gaussian(2)),
  decoder: ({ x, z }) => concat(z, x).pipe(dense(2)),
});

/** Weights drawn by a seed; the recognition network gives variances above all true ones, so that it is a proposal that works. */
export const weightsOf = (model: Model, seed = 3): Weights =>
  new Map(
    parametersOf(model).map(({ name, shape, init }) => {
      const key = stream(seed, name);
      const scale = name.startsWith('recognition') ? 0.1 : name.includes('logVar') ? 0.2 : 0.6;
      const shift = name === 'recognition/gaussian_1/logVar/bias' ? 0.8 : 0;
      const data = name.startsWith('scaling/')
        ? init(shape, key)
        : normals(key, 1, size(shape)).map((v) => v * scale + shift);
      return [name, { shape, data }];
    }),
  );

/** −log p(y|x) of the linear-Gaussian model, in closed form: y ~ N(A·μ(x) + B·x + b, A·Σ(x)·Aᵀ + σ²·I). */
export const exact = (weights: Weights, x: number, [y0 = 0, y1 = 0]: readonly number[]): number => {
  const at = (name: string, i: number) => weights.get(name)?.data[i] ?? NaN;
  const affine = (layer: string, j: number) => at(`${layer}/kernel`, j) * x + at(`${layer}/bias`, j);
  const mean = [0, 1].map((j) => affine('prior/gaussian_1/mean', j));
  const variance = [0, 1].map((j) => Math.exp(affine('prior/gaussian_1/logVar', j)));
  // The decoder's kernel: rows z₀, z₁, x; columns y₀, y₁.
  const kernel = (row: number, column: number) => at('decoder/dense_1/kernel', row * 2 + column);
  const centre = [0, 1].map(
    (c) =>
      kernel(0, c) * (mean[0] ?? 0) + kernel(1, c) * (mean[1] ?? 0) + kernel(2, c) * x + at('decoder/dense_1/bias', c),
  );
  const covariance = (a: number, b: number) =>
    [0, 1].reduce((sum, j) => sum + kernel(j, a) * kernel(j, b) * (variance[j] ?? 0), a === b ? SIGMA ** 2 : 0);
  const [p, q, r] = [covariance(0, 0), covariance(0, 1), covariance(1, 1)];
  const determinant = p * r - q * q;
  const [d0, d1] = [y0 - (centre[0] ?? 0), y1 - (centre[1] ?? 0)];
  const distance = (r * d0 * d0 - 2 * q * d0 * d1 + p * d1 * d1) / determinant;
  return 0.5 * (2 * Math.log(2 * Math.PI) + Math.log(determinant) + distance);
};

/** Examples near what the model gives. */
export const examplesOf = (count: number) => {
  const x = [...normals(stream(5, 'x'), 1, count)];
  const y = [...normals(stream(5, 'y'), 1, 2 * count)];
  return { x, y: Array.from({ length: count }, (_, i) => [y[2 * i] ?? 0, y[2 * i + 1] ?? 0]) };
};
