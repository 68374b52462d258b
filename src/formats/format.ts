import { InvalidFile } from '../errors.ts';
import { FORMAT } from './names.ts';

/** A JSON object whose members are not known yet. */
export type Json = Readonly<Record<string, unknown>>;

/**
 * The JSON object in a text that says what a model is, once its format is known to be this one; an `InvalidFile` that begins
 * with `where` otherwise.
 */
export const parseFormat = (text: string, where: string): Json => {
  const refuse = (expected: string, got: string, remedy = 'export the model again'): never => {
    throw new InvalidFile(`${where}: expected ${expected}, got ${got}; ${remedy}`);
  };
  const what = 'JSON that describes an exported model';
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch {
    return refuse(what, text === '' ? 'an empty file' : 'text that is not JSON, or cut off');
  }
  if (!isObject(whole)) return refuse(what, 'JSON of another kind');
  const { format } = whole;
  if (typeof format === 'number' && format > FORMAT)
    refuse(
      `format ${FORMAT}, the newest that this version reads`,
      `${format}, a version from the future`,
      'update cvae-compile',
    );
  return format === FORMAT
    ? whole
    : refuse(`a model of format ${FORMAT}`, `format ${JSON.stringify(format) ?? 'nothing'}`);
};

/** Whether a value is an object with members, not a list. */
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
