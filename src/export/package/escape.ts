// Names of classes, columns, data and folders are a user's: in each language that a package is written in they must stay text.

/** What ends a line somewhere, moves the cursor, or turns the direction in which a line is read. */
const UNSEEN = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu;

/** A text in one line. */
export const oneLine = (text: string): string => text.replace(UNSEEN, ' ').trim();

/** A text inside a comment of JavaScript that other text of ours may follow. */
export const inComment = (text: string): string => oneLine(text).replaceAll('*/', String.raw`*\/`);

/** A text at the end of a comment that ends with its line: quoted where it holds more than words, such as a backslash that goes on. */
export const atLineEnd = (text: string): string =>
  /^[\p{L}\p{M}\p{N} .,:;()%°/+'_-]+$/u.test(text) && !text.includes('*/') ? text : oneLine(JSON.stringify(text));

/** A text in Markdown, as it is and nothing else: no emphasis, link, HTML, cell or formula. */
export const inMarkdown = (text: string): string => oneLine(text).replace(/[\\`*_[\]<>|~&$#]/g, String.raw`\$&`);

/** A text as code in a line, or in a cell, of Markdown. */
export const code = (text: string): string => {
  const line = oneLine(text);
  const fence = '`'.repeat(longest(line) + 1);
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${space}${line}${space}${fence}`.replaceAll('|', String.raw`\|`);
};

/** Lines as a block of code in Markdown, which no line of theirs can end. */
export const block = (language: string, lines: string): string => {
  const fence = '`'.repeat(Math.max(3, longest(lines) + 1));
  return `${fence}${language}\n${lines.trimEnd()}\n${fence}\n`;
};

/** How many backticks stand side by side at most. */
const longest = (text: string): number => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));

/** A text in HTML. */
export const inHtml = (text: string): string =>
  oneLine(text).replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0) ?? 0};`);

/** A program in an element `script`, which no text in it can end. */
export const inScript = (program: string): string => program.replace(/<(?=\/script|!--|script)/gi, String.raw`\x3C`);

/** A text as a string of Python and C++. */
export const inQuotes = (text: string): string => JSON.stringify(text.replace(UNSEEN, ' '));

/** A value as JSON, in a program: what is not seen by its number, so that strings are what they look like. */
export const inProgram = (value: unknown): string =>
  JSON.stringify(value).replace(UNSEEN, (signs) =>
    Array.from(signs, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  );
