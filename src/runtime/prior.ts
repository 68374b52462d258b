import type { ShapedArray } from './ort.ts';

/** The parameters of p(z|x): mean and log σ², [rows, latent] each. */
export interface Prior {
  readonly mean: ShapedArray;
  readonly logVar: ShapedArray;
}

/** One latent, or several: numbers row by row, a list of latents, or those of samples, `samples.z`. */
export type Latents = ArrayLike<number> | readonly ArrayLike<number>[] | ShapedArray;
