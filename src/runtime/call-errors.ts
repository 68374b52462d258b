import { InvalidData, InvalidFile, reasonOf, Unavailable, type UserError } from '../errors.ts';
import type { Part } from '../signature.ts';

// Errors of calls and files that do not fit a model: a page loads them with the first.

/** A call that runs a file which the export does not have; `has` are those that it has. */
export const withoutFile = (name: string, part: Part, has: readonly string[]): UserError =>
  part === 'baseline' && has.includes('predictor')
    ? withoutLatent(name)
    : new Unavailable(
        `${name}: expected a file ${part}, got ${has.join(', ')} only; ${REMEDIES[part] ?? 'define and export one'}`,
      );

/** What exports a file that is written on request. */
const REMEDIES: Readonly<Partial<Record<Part, string>>> = {
  recognition: 'export the model again with --recognition, or exportModel(…, { recognition: true })',
  evaluation: 'export the model again with --evaluation, or exportModel(…, { evaluationSamples: 10 })',
};

/** A call after `close`. */
export const closed = (name: string): UserError =>
  new Unavailable(`${name}: expected an open model, got a closed one; open it again`);

/** A call of a predictor that only a model with a latent can answer. */
export const withoutLatent = (name: string): UserError =>
  new Unavailable(`${name}: expected a conditional VAE, got a predictor, which has no latent; call mean instead`);

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

/** A file that onnxruntime does not load. */
export const unloadable = (where: string, error: unknown): UserError =>
  new InvalidFile(`${where}: expected a file that onnxruntime loads, got "${reasonOf(error)}"; export the model again`);

/** A file whose inputs or outputs are not those that its manifest lists. */
export const otherNames = (
  where: string,
  what: 'inputs' | 'outputs',
  listed: readonly string[],
  found: readonly string[],
): UserError =>
  new InvalidFile(
    `${where}: expected the ${what} ${listed.join(', ')}, got ${found.join(', ')}; export the model again`,
  );
