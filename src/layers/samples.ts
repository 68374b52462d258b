import type { Gaussian } from '../dsl/gaussian.ts';
import { noise } from '../dsl/leaves.ts';
import type { Tensor } from '../dsl/tensor.ts';
import type { Shape } from '../shape/shape.ts';
import { repeat } from './batch.ts';
import { reparameterise } from './gaussian.ts';

/** Each example `samples` times over; nothing to do for one. */
export const many = (samples: number): (<S extends Shape>(x: Tensor<S>) => Tensor<S>) =>
  samples === 1 ? (x) => x : repeat(samples);

/** A Gaussian of each example `samples` times over. */
export const spread = ({ mean, logVar }: Gaussian, samples: number): Gaussian => ({
  mean: many(samples)(mean),
  logVar: many(samples)(logVar),
});

/**
 * A draw for each example of `like`, and the noise ε it is made of, an input of this label; from N(0, I) of so many dimensions
 * where there is no Gaussian.
 */
export const drawn = (
  label: string,
  like: Tensor,
  latent: number,
  gaussian: Gaussian | undefined,
): { readonly z: Tensor; readonly epsilon: Tensor<[number]> } => {
  const epsilon = noise<[number]>(label, 'normal', like, [latent]);
  return { z: gaussian ? reparameterise(gaussian, epsilon) : epsilon, epsilon };
};
