import type { Condition, ExportedFile, Manifest } from '../../signature.ts';
import { atLineEnd } from './escape.ts';

/** How many samples the programs of a card ask for; of a predictor, one guess. */
const COUNT = 16;

/** How many rows the programs of a card ask for. */
export const countOf = ({ kind }: Pick<Manifest, 'kind'>): number => (kind === 'cvae' ? COUNT : 1);

/**
 * The files by which a program without our runtime gets y, one after the other: one that does it in a call, or the prior and the
 * decoder, with z = mean + exp(logVar / 2) · noise between them.
 */
export type Calls =
  | { readonly whole: ExportedFile }
  | { readonly whole?: undefined; readonly prior: ExportedFile; readonly decoder: ExportedFile };

export const callsOf = ({ files }: Manifest): Calls => {
  const { sampler, predictor, decoder, prior } = files;
  if (sampler) return { whole: sampler };
  if (predictor) return { whole: predictor };
  if (!decoder) throw new Error('a package has a decoder or a predictor');
  // Where z is noise of N(0, I), or has no effect, the decoder is all that is called.
  return prior && 'z' in decoder.inputs ? { prior, decoder } : { whole: decoder };
};

/** The inputs of some files that are conditions, with their shapes, in the order of the definition. */
export const conditionsOf = (
  { conditions }: Manifest,
  ...files: readonly ExportedFile[]
): readonly (readonly [name: string, shape: readonly number[], condition: Condition])[] =>
  Object.entries(conditions).flatMap(([name, condition]) =>
    files.some(({ inputs }) => Object.hasOwn(inputs, name)) ? [[name, condition.shape, condition] as const] : [],
  );

/** The class that the programs give: 7 where there is one, as of digits. */
export const classOf = ({ shape }: Condition): number => Math.min(7, (shape.at(-1) ?? 1) - 1);

/** What a comment at a line's end adds about the class that the programs give: its name. */
export const classNoteOf = (condition: Condition): string =>
  typeof condition.classes === 'object' ? `: ${atLineEnd(condition.classes[classOf(condition)] ?? '')}` : '';

/** A number as the data have them. */
export const usualOf = ({ scaling }: Condition): string => `${Number((scaling?.mean[0] ?? 0).toPrecision(3))}`;
