import { InvalidGraph } from '../errors.ts';

/** A token of ONNX's text syntax and its line. */
export interface Token {
  readonly kind: 'name' | 'string' | 'number' | 'mark' | 'comment' | 'end';
  /** The token's text; a string without its quotes. */
  readonly text: string;
  readonly line: number;
}

const PATTERN =
  /(?<space>\s+)|#\s*(?<comment>[^\n]*)|(?<name>[A-Za-z_]\w*)|(?<number>-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|-(?:[Ii]nf(?:inity)?|[Nn]a[Nn])\b)|"(?<string>(?:[^"\\]|\\[^])*)"|(?<mark>[<>()[\]{}=,:.?])/y;

/**
 * Returns the tokens of a text, including comments, and an end. @throws InvalidGraph for a character that begins no
 * token.
 */
export const scan = (text: string): readonly Token[] => {
  const tokens: Token[] = [];
  const pattern = new RegExp(PATTERN);
  let line = 1;
  let at = 0;
  while (at < text.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match?.groups)
      throw new InvalidGraph(
        `line ${line}: expected a word, got ${JSON.stringify(text.slice(at, at + 10))}; write it in quotes`,
      );
    const { comment, name, number, string, mark } = match.groups;
    if (comment !== undefined) tokens.push({ kind: 'comment', text: comment.trim(), line });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, line });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, line });
    else if (string !== undefined) tokens.push({ kind: 'string', text: string.replace(/\\([^])/g, '$1'), line });
    else if (mark !== undefined) tokens.push({ kind: 'mark', text: mark, line });
    at += match[0].length;
    for (const character of match[0]) if (character === '\n') line++;
  }
  tokens.push({ kind: 'end', text: 'the end', line });
  return tokens;
};
