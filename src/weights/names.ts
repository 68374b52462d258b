import { InvalidFile } from '../errors.ts';
import type { Names, VariableNames } from '../signature.ts';

/** The key of a weights file's metadata under which the names of the data stand, as JSON. */
const KEY = 'names';

/** What the data that weights were trained on call classes and elements, as metadata of the weights' file. */
export const namesMetadata = (names: Names): Readonly<Record<string, string>> =>
  Object.keys(names).length > 0 ? { [KEY]: JSON.stringify(names) } : {};

/** The names in a file's metadata; none in those that earlier versions wrote. @throws InvalidFile for what are no names. */
export const namesIn = (file: string, metadata: Readonly<Record<string, string>>): Names => {
  const text = metadata[KEY];
  if (text === undefined) return {};
  const found = parsed(text);
  if (isNames(found)) return found;
  throw new InvalidFile(`${file}: expected names of classes and elements in its metadata, got other text; train again`);
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isTexts = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.every((text) => typeof text === 'string'));

const isNames = (value: unknown): value is Names =>
  isRecord(value) &&
  Object.values(value).every((names) => isRecord(names) && MEMBERS.every((member) => isTexts(names[member])));

const MEMBERS: readonly (keyof VariableNames)[] = ['classes', 'elements', 'units'];
