/** p(z|x) of one condition: mean and standard deviation of each dimension of z. */
export interface PriorOf {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** A point of the latent, in the prior's deviations from its mean: it moves with the prior when the condition changes. */
export type Point = readonly number[];

/** The latent at a point, z = μ + σ·ε. */
export const zOf = ({ mean, deviation }: PriorOf, point: Point): Float32Array =>
  mean.map((m, i) => m + (deviation[i] ?? 1) * (point[i] ?? 0));

/** The point at a latent. */
export const pointOf = ({ mean, deviation }: PriorOf, z: ArrayLike<number>): Point =>
  Array.from(mean, (m, i) => ((z[i] ?? m) - m) / (deviation[i] || 1));
