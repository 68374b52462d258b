import { classCountOf } from '../../values/class-count.ts';
import type { Condition, ExportedFile, Manifest } from '../../signature.ts';
import { atLineEnd } from './escape.ts';

/** The number of samples that the programs of a model card request; for a predictor, one guess. */
const COUNT = 16;

/** Returns the number of rows that the programs of a model card request. */
export const countOf = ({ kind }: Pick<Manifest, 'kind'>): number => (kind === 'cvae' ? COUNT : 1);

/** Returns the output whose shape a program prints: y's, or the first of several targets'. */
export const shownOf = ({ target }: Manifest): readonly [name: string, shape: readonly number[]] =>
  Object.entries(target.targets ?? {}).map(([name, { shape }]) => [name, shape] as const)[0] ?? ['y', target.shape];

/**
 * The files with which a program without our runtime computes y, one after the other: one that does it in a call, or the prior
 * and the decoder, with z = mean + exp(logVar / 2) · noise between them.
 */
export type Calls =
  | { readonly whole: ExportedFile }
  | { readonly whole?: undefined; readonly prior: ExportedFile; readonly decoder: ExportedFile };

export const callsOf = ({ files }: Manifest): Calls => {
  const { sampler, predictor, decoder, prior } = files;
  if (sampler) return { whole: sampler };
  if (predictor) return { whole: predictor };
  if (!decoder) throw new Error('a package has a decoder or a predictor');
  // If z is noise from N(0, I), or has no effect, only the decoder is called.
  return prior && 'z' in decoder.inputs ? { prior, decoder } : { whole: decoder };
};

/** Returns the inputs of some files that are conditions, with their shapes, in the order of the definition. */
export const conditionsOf = (
  { conditions }: Manifest,
  ...files: readonly ExportedFile[]
): readonly (readonly [name: string, shape: readonly number[], condition: Condition])[] =>
  Object.entries(conditions).flatMap(([name, condition]) =>
    files.some(({ inputs }) => Object.hasOwn(inputs, name)) ? [[name, condition.shape, condition] as const] : [],
  );

/** Returns the class that the programs use: 7 if there is one, as with digits. */
export const classOf = (condition: Condition): number => Math.min(7, Math.max(0, classCountOf(condition) - 1));

/** Returns the addition to a line's comment about the class that the programs use: its name. */
export const classNoteOf = (condition: Condition): string =>
  typeof condition.classes === 'object' ? `: ${atLineEnd(condition.classes[classOf(condition)] ?? '')}` : '';

/** Returns the comment about a condition of numbers. */
export const numbersNoteOf = ({ maskOf }: Condition): string =>
  maskOf === undefined ? "in the data's own units" : `1 where ${atLineEnd(maskOf)} is known, 0 where it is missing`;

/** Whether a condition says which elements of another one are known, which programs give: a value without it would be ignored. */
export const isMaskOfGiven = ({ conditions }: Pick<Manifest, 'conditions'>, { maskOf }: Condition): boolean =>
  maskOf !== undefined && conditions[maskOf]?.knownOf === undefined;

/** Returns a typical number in the data's units; 1 for the mask of a value that is given. */
export const usualOf = (manifest: Pick<Manifest, 'conditions'>, condition: Condition): string =>
  isMaskOfGiven(manifest, condition) ? '1' : `${Number((condition.scaling?.mean[0] ?? 0).toPrecision(3))}`;
