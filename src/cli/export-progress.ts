import { isTerminal, note, type Io } from './io.ts';

/** What shows how far something has come that may take minutes. */
export interface Working {
  /** A file, what is done with it, and how much of that, from 0 to 1. */
  file(file: string, doing: string, done: number): void;
  /** It is over, in whatever way. */
  end(): void;
}

/** Nothing is shown of what is over sooner than this: milliseconds. */
const SOON = 1_000;
/** Between lines, where there is no terminal, and between changes of the line where there is one. */
const QUIET = 5_000;
const SMOOTH = 100;

/** Shows on standard error how far a command has come: in one line on a terminal, in a line now and then elsewhere. */
export const working = (io: Io): Working => {
  const begun = performance.now();
  const redraws = isTerminal(io.stderr, io.env);
  let told = -Infinity;
  let shown = '';
  return {
    file: (file, doing, done) => {
      const now = performance.now();
      if (now - begun < SOON || now - told < (redraws ? SMOOTH : QUIET)) return;
      told = now;
      const line = `${file}: ${doing}, ${Math.floor(100 * Math.min(1, done))} %`;
      if (!redraws) return note(io, line);
      // Back to the line's begin, and what is longer than the new one is cleared.
      io.stderr.write(`\r${line.padEnd(shown.length)}`);
      shown = line;
    },
    end: () => {
      if (shown !== '') io.stderr.write(`\r${' '.repeat(shown.length)}\r`);
      shown = '';
    },
  };
};
