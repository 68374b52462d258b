import { inProgram } from './escape.ts';

/** Returns a text as a literal of JavaScript and TypeScript: `'coast'`. */
export const quoted = (text: string): string => {
  const inner = inProgram(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll("'", String.raw`\'`);
  return `'${inner}'`;
};

/** Whether a text can be a name in JavaScript, Python and C++, apart from their reserved words. */
export const isName = (text: string): boolean => /^[A-Za-z_]\w*$/.test(text);

/** Returns a name as a member of an object: unchanged, or quoted. */
export const member = (name: string): string => (isName(name) ? name : quoted(name));
