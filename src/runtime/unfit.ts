import { InvalidData, Unavailable, type UserError } from '../errors.ts';
import type { Part } from '../signature.ts';

// Errors of calls that do not fit a model: a page loads them with the first.

/** A call that runs a file which the export does not have; `has` are those that it has. */
export const withoutFile = (name: string, part: Part, has: readonly string[]): UserError =>
  new Unavailable(`${name}: expected a file ${part}, got ${has.join(', ')} only; define and export one`);

/** A call of a predictor that only a model with a latent can answer. */
export const withoutLatent = (name: string): UserError =>
  new Unavailable(`${name}: expected a conditional VAE, got a predictor, which has no latent; call mean instead`);

/** A call of `impute` on a model that was not trained to be given parts of its target. */
export const withoutParts = (name: string): UserError =>
  new Unavailable(
    `${name}: expected a model that is given parts of its target, got one that is not; define it with known: anyPart(), and train it`,
  );

/** Latents and conditions of different numbers, neither of which is one. */
export const unequal = (latents: number, conditions: number): UserError =>
  new InvalidData(
    `z: expected one latent, or one for each of ${conditions} conditions, got ${latents}; give as many of both`,
  );

/** A result of more numbers than one call computes. */
export const tooMany = (numbers: number, most: number): UserError =>
  new InvalidData(
    `count: expected at most ${most} numbers in a result, got ${numbers}; ask for fewer samples at a time`,
  );
