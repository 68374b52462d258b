import type { Gaussian } from '../dsl/gaussian.ts';
import { noise } from '../dsl/leaves.ts';
import type { Tensor } from '../dsl/tensor.ts';
import type { Shape } from '../shape/shape.ts';
import { repeat } from './batch.ts';
import { reparameterise } from './gaussian.ts';

/** Repeats each example `samples` times; does nothing for one. */
export const many = (samples: number): (<S extends Shape>(x: Tensor<S>) => Tensor<S>) =>
  samples === 1 ? (x) => x : repeat(samples);

/** Repeats each example's Gaussian `samples` times. */
export const spread = ({ mean, logVar }: Gaussian, samples: number): Gaussian => ({
  mean: many(samples)(mean),
  logVar: many(samples)(logVar),
});

/**
 * Returns a draw of z for each example of `like`, and its noise ε, an input named `label`. Without a Gaussian, z is
 * drawn from N(0, I) with `latent` dimensions.
 */
export const drawn = (
  label: string,
  like: Tensor,
  latent: number,
  gaussian: Gaussian | undefined,
): { readonly z: Tensor<[number]>; readonly epsilon: Tensor<[number]> } => {
  const epsilon = noise<[number]>(label, 'normal', like, [latent]);
  return { z: gaussian ? reparameterise(gaussian, epsilon) : epsilon, epsilon };
};
