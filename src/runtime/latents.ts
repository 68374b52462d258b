/** Mean and log σ² of a Gaussian for each row, `latent` numbers a row. */
export interface Gaussians {
  readonly mean: Float32Array;
  readonly logVar: Float32Array;
}

/**
 * Computes z = mean + temperature · σ · noise: for each Gaussian in turn, one latent for each row of noise, which all Gaussians
 * share. Returns [rows · samples, latent].
 */
export const reparameterise = (
  { mean, logVar }: Gaussians,
  noise: Float32Array,
  latent: number,
  temperature: number,
): Float32Array => {
  const samples = noise.length / latent;
  const z = new Float32Array(mean.length * samples);
  // At a temperature of 0 it is the mean, even if σ overflows.
  const deviation = logVar.map((v) => (temperature === 0 ? 0 : temperature * Math.exp(v / 2)));
  for (let row = 0, at = 0; row < mean.length; row += latent)
    for (let i = 0; i < noise.length; i += latent)
      for (let j = 0; j < latent; j++, at++)
        z[at] = (mean[row + j] ?? 0) + (deviation[row + j] ?? 0) * (noise[i + j] ?? 0);
  return z;
};
