/** Mean and log σ² of a Gaussian for each row, `latent` numbers a row. */
export interface Gaussians {
  readonly mean: Float32Array;
  readonly logVar: Float32Array;
}

/**
 * Computes z = mean + temperature · σ · noise: for each Gaussian in turn `count` latents, with rows of noise in order, from the
 * first again when all are used. Returns [rows · count, latent].
 */
export const reparameterise = (
  { mean, logVar }: Gaussians,
  noise: Float32Array,
  latent: number,
  temperature: number,
  count: number,
): Float32Array => {
  const z = new Float32Array(mean.length * count);
  // At a temperature of 0 it is the mean, even if σ overflows.
  const deviation = logVar.map((v) => (temperature === 0 ? 0 : temperature * Math.exp(v / 2)));
  for (let at = 0; at < z.length; at++) {
    const from = Math.floor(at / latent / count) * latent + (at % latent);
    z[at] = (mean[from] ?? 0) + (deviation[from] ?? 0) * (noise[at % noise.length] ?? 0);
  }
  return z;
};
