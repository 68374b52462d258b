import { InvalidGraph } from '../errors.ts';
import { scan, type Token } from './scan.ts';

/** Reads text token by token. Every method that does not find what it expects throws InvalidGraph with the line. */
export interface Reader {
  /** Whether the next token is this mark; if so, it is consumed. */
  readonly skip: (mark: string) => boolean;
  /** Consumes this mark. */
  readonly expect: (mark: string) => void;
  readonly name: () => string;
  /** Reads a name, quoted or not. */
  readonly quotable: () => string;
  readonly string: () => string;
  /** Reads a number, including the words inf, infinity and nan. */
  readonly number: () => string;
  /** Reads items separated by commas, up to a mark. */
  readonly list: <T>(close: string, item: () => T) => T[];
  /** Reads a nested graph; limits the nesting depth. */
  readonly within: <T>(read: () => T) => T;
  /** Returns the next token without consuming it. */
  readonly peek: () => Token;
  readonly atEnd: () => boolean;
  /** Returns the comment after the last token on its line, if there is one. */
  readonly comment: () => string | undefined;
  readonly fail: (expected: string) => never;
}

/** The maximum nesting depth of graphs, beyond which reading would overflow the stack. */
const DEEPEST = 64;

/** Returns a reader of text in ONNX's syntax. */
export const readerOf = (text: string): Reader => {
  const tokens = scan(text);
  let at = 0;
  let line = 1;
  let depth = 0;

  const end: Token = { kind: 'end', text: 'the end', line: 0 };
  const peek = (): Token => {
    while (tokens[at]?.kind === 'comment') at++;
    return tokens[at] ?? end;
  };
  const next = (): Token => {
    const token = peek();
    line = token.line;
    at++;
    return token;
  };
  const fail = (expected: string): never => {
    const { kind, text: got, line: where } = peek();
    const shown = kind === 'string' ? JSON.stringify(got) : got;
    throw new InvalidGraph(`line ${where}: expected ${expected}, got ${shown}; see ONNX's text syntax`);
  };
  const skip = (mark: string): boolean => {
    const { kind, text: got } = peek();
    if (kind !== 'mark' || got !== mark) return false;
    next();
    return true;
  };
  const expect = (mark: string): void => {
    if (!skip(mark)) fail(mark);
  };
  const take = (expected: string, ...kinds: readonly Token['kind'][]): string =>
    kinds.includes(peek().kind) ? next().text : fail(expected);

  return {
    peek,
    skip,
    expect,
    fail,
    name: () => take('a name', 'name'),
    quotable: () => take('a name', 'name', 'string'),
    string: () => take('a string in quotes', 'string'),
    number: () => {
      const { kind, text: got } = peek();
      if (kind === 'number' || (kind === 'name' && /^(inf|infinity|nan)$/i.test(got))) return next().text;
      return fail('a number');
    },
    list: <T>(close: string, item: () => T) => {
      const items: T[] = [];
      if (skip(close)) return items;
      do items.push(item());
      while (skip(','));
      expect(close);
      return items;
    },
    within: (read) => {
      if (depth === DEEPEST) return fail(`graphs at most ${DEEPEST} deep within each other`);
      depth++;
      const result = read();
      depth--;
      return result;
    },
    atEnd: () => peek().kind === 'end',
    comment: () => {
      const token = tokens[at];
      return token?.kind === 'comment' && token.line === line ? token.text : undefined;
    },
  };
};
