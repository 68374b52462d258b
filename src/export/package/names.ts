import { inProgram } from './escape.ts';

/** A text as JavaScript and TypeScript write it: `'coast'`. */
export const quoted = (text: string): string => {
  const inner = inProgram(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll("'", String.raw`\'`);
  return `'${inner}'`;
};

/** Whether a text can be a name in JavaScript, Python and C++, but for the words that these keep for themselves. */
export const isName = (text: string): boolean => /^[A-Za-z_]\w*$/.test(text);

/** A name as a member of an object: as it is, or quoted. */
export const member = (name: string): string => (isName(name) ? name : quoted(name));
