/** The width of the prior's layer, which sees little. */
export const PRIOR = 32;

/** Returns the sizes of a first model of a table: small tables need small networks, and small batches. */
export const sizesOf = (
  rows: number,
  targets: number,
  isSequence = false,
): { readonly latent: number; readonly width: number; readonly batch: number } => ({
  latent: isSequence ? 8 : Math.min(16, 2 + targets),
  width: rows < 5000 ? 64 : rows < 50_000 ? 128 : 256,
  // Of few sequences, large batches would be few steps of training.
  batch: isSequence && rows < 2000 ? (rows < 500 ? 8 : 16) : rows < 10_000 ? 64 : 256,
});
