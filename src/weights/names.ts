import { readText } from '../formats/read.ts';
import { names, type Names } from '../formats/weights.ts';

/** The key of a weights file's metadata under which the names of the data stand, as JSON. */
const KEY = 'names';

/** What the data that weights were trained on call classes and elements, as metadata of the weights' file. */
export const namesMetadata = (known: Names): Readonly<Record<string, string>> =>
  Object.keys(known).length > 0 ? { [KEY]: JSON.stringify(known) } : {};

/** The names in a file's metadata; none in those that earlier versions wrote. @throws InvalidFile for what are no names. */
export const namesIn = (file: string, metadata: Readonly<Record<string, string>>): Names => {
  const text = metadata[KEY];
  if (text === undefined) return {};
  const what = 'what classes and elements are called, as JSON';
  return readText(names, text, {
    where: `${file}, ${KEY} in its metadata`,
    what,
    remedy: 'copy it again, or train again',
  });
};
