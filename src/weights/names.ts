import { display, type Display } from '../formats/display.ts';
import { readText } from '../formats/read.ts';
import { names, type Names } from '../formats/weights.ts';

/** The metadata key of a weights file for the names in the data, as JSON. */
const KEY = 'names';
/** The same for how samples are best shown. */
const DISPLAY_KEY = 'display';

/** Returns the names of classes and elements in the data that weights were trained on, as metadata of the weights' file. */
export const namesMetadata = (known: Names): Readonly<Record<string, string>> =>
  Object.keys(known).length > 0 ? { [KEY]: JSON.stringify(known) } : {};

/** Returns the names in a file's metadata; none in files of earlier versions. @throws InvalidFile for invalid names. */
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

/** Returns how samples of a model are best shown, as metadata of the weights' file. */
export const displayMetadata = (hint: Display | undefined): Readonly<Record<string, string>> =>
  hint ? { [DISPLAY_KEY]: JSON.stringify(hint) } : {};

/** Returns how samples are best shown, from a file's metadata; undefined if it does not say. @throws InvalidFile for an invalid hint. */
export const displayIn = (file: string, metadata: Readonly<Record<string, string>>): Display | undefined => {
  const text = metadata[DISPLAY_KEY];
  if (text === undefined) return undefined;
  return readText(display, text, {
    where: `${file}, ${DISPLAY_KEY} in its metadata`,
    what: 'how samples are shown, as JSON',
    remedy: 'copy it again, or train again',
  });
};
