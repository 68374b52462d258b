import type { Sink } from './io.ts';

/** The width of lines where none is known: that of a file, or of another program. */
const WIDTH = 100;

/** How many characters a line of a stream has room for. */
export const widthOf = ({ columns }: Sink): number => Math.max(40, columns ?? WIDTH);

/** What may not be broken: a space within a name. */
const WHOLE = '\u00a0';

/** Keeps the spaces of a text together when it is wrapped. */
export const whole = (text: string): string => text.replaceAll(' ', WHOLE);

/** Breaks a text at spaces into lines of a width at most, the second and later ones after an indent; a longer word at its underscores, or anywhere. */
export const wrapped = (text: string, width: number, indent = ''): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  const room = (): number => Math.max(1, width - (lines.length === 0 ? 0 : indent.length));
  const end = (): void => {
    lines.push(`${lines.length === 0 ? '' : indent}${line}`.replaceAll(WHOLE, ' '));
    line = '';
  };
  // What a text begins with stays before its first word.
  const start = /^ */.exec(text)?.[0] ?? '';
  const words = text.slice(start.length).split(' ');
  words[0] = `${start}${words[0]}`;
  for (const word of words) {
    if (line !== '' && line.length + 1 + word.length > room()) end();
    line = line === '' ? word : `${line} ${word}`;
    while (line.length > room()) {
      const own = line.slice(0, room());
      const at = Math.max(own.lastIndexOf('_'), own.lastIndexOf(WHOLE));
      const cut = at > own.trimStart().length / 3 ? at + 1 : room();
      const rest = line.slice(cut);
      line = line.slice(0, cut).trimEnd();
      end();
      line = rest;
    }
  }
  if (line !== '' || lines.length === 0) end();
  return lines;
};
