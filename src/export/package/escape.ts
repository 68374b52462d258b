// Names of classes, columns, data and folders come from a user: in each language that a package is written in they must remain
// text.

/** Characters that end a line in some language, move the cursor, or change the direction of text. */
const UNSEEN = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu;

/** Returns a text as one line. */
export const oneLine = (text: string): string => text.replace(UNSEEN, ' ').trim();

/** Returns a text for the inside of a JavaScript comment that other text may follow. */
export const inComment = (text: string): string => oneLine(text).replaceAll('*/', String.raw`*\/`);

/**
 * Returns a text for the end of a line comment: quoted if it holds more than words, such as a backslash that would continue the
 * line.
 */
export const atLineEnd = (text: string): string =>
  /^[\p{L}\p{M}\p{N} .,:;()%°/+'_-]+$/u.test(text) && !text.includes('*/') ? text : oneLine(JSON.stringify(text));

/** Returns a text that Markdown shows unchanged: no emphasis, link, HTML, cell or formula. */
export const inMarkdown = (text: string): string => oneLine(text).replace(/[\\`*_[\]<>|~&$#]/g, String.raw`\$&`);

/** Returns a text as inline code in Markdown, also within a cell. */
export const code = (text: string): string => {
  const line = oneLine(text);
  const fence = '`'.repeat(longest(line) + 1);
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${space}${line}${space}${fence}`.replaceAll('|', String.raw`\|`);
};

/** Returns lines as a code block in Markdown, which none of the lines can end. */
export const block = (language: string, lines: string): string => {
  const fence = '`'.repeat(Math.max(3, longest(lines) + 1));
  return `${fence}${language}\n${lines.trimEnd()}\n${fence}\n`;
};

/** Returns the length of the longest run of backticks. */
const longest = (text: string): number => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));

/** Returns a text for HTML. */
export const inHtml = (text: string): string =>
  oneLine(text).replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0) ?? 0};`);

/** Returns a program for a `script` element, which no text in it can end. */
export const inScript = (program: string): string => program.replace(/<(?=\/script|!--|script)/gi, String.raw`\x3C`);

/** Returns a text as a string literal of Python and C++. */
export const inQuotes = (text: string): string => JSON.stringify(text.replace(UNSEEN, ' '));

/** Returns a value as JSON, for a program: invisible characters are escaped, so that strings are what they look like. */
export const inProgram = (value: unknown): string =>
  JSON.stringify(value).replace(UNSEEN, (signs) =>
    Array.from(signs, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  );
