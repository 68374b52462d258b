import { InvalidData } from '../errors.ts';
import type { Gaussians } from './latents.ts';
import type { CheckedOptions } from './options.ts';
import type { Encoded } from './variable.ts';
import { unequal } from './call-errors.ts';

/** What z is drawn from: as an option says, or latents as they were given, whatever they are. */
export type Source = CheckedOptions['from'] | { readonly data: unknown };

/** Conditions, and what z is drawn from if that is given. */
export interface Origin {
  readonly encoded: Encoded;
  readonly gaussians?: Gaussians;
}

/** Returns numbers of z as rows. @throws InvalidData that names z for anything else. */
const numbersOf = async (value: unknown, latent: number): Promise<Float32Array> => {
  const { encodeValue } = await import('./values.ts');
  return encodeValue('z', { kind: 'continuous', shape: [latent], dataShape: [latent] }, value).data;
};

const repeated = (numbers: Float32Array, length: number): Float32Array =>
  numbers.length === length ? numbers : Float32Array.from({ length }, (_, i) => numbers[i % numbers.length] ?? NaN);

/**
 * Returns what z is drawn from if the options say so, with as many rows of it as of the conditions: one of either applies to all of the
 * other. @throws InvalidData for a signal or latents that are none, or do not fit.
 */
export const from = async (
  encoded: Encoded,
  given: Source,
  signal: CheckedOptions['signal'],
  latent: number,
): Promise<Origin> => {
  if (signal !== undefined && typeof Object(signal).throwIfAborted !== 'function')
    throw new InvalidData(`signal: expected an AbortSignal, got ${String(signal)}; correct it`);
  // What has no latent is refused where the prior is asked for.
  if (given === undefined || latent === 0) return { encoded };
  const { mean: centre, logVar, data } = Object(given);
  const means = await numbersOf(centre ? centre.data : 'data' in Object(given) ? data : given, latent);
  const own = means.length / latent;
  const rows = Math.max(own, encoded.rows);
  if ([own, encoded.rows].some((count) => count !== 1 && count !== rows)) throw unequal(own, encoded.rows);
  // The deviation of latents as they are is 0, as e to the power of this is.
  const logs = centre ? await numbersOf(Object(logVar).data, latent) : means.map(() => -1e9);
  if (logs.length !== means.length)
    throw new InvalidData(
      `from: expected as many logVar as mean, got ${logs.length} and ${means.length} numbers; give what encode or prior returns`,
    );
  const length = rows * latent;
  return {
    encoded: { ...encoded, rows },
    gaussians: { mean: repeated(means, length), logVar: repeated(logs, length) },
  };
};
