import { isTerminal, note, type Io } from './io.ts';

/** Displays the progress of work that may take minutes. */
export interface Working {
  /** Reports a file, what is being done with it, and how much of that is done, from 0 to 1. */
  file(file: string, doing: string, done: number): void;
  /** The work is over, whatever the outcome. */
  end(): void;
}

/** Nothing is shown for work that takes less than this, in milliseconds. */
const SOON = 1_000;
/** The time between lines without a terminal, and between changes of the line on a terminal. */
const QUIET = 5_000;
const SMOOTH = 100;

/** Shows the progress of a command on standard error: in one line on a terminal, in occasional lines elsewhere. */
export const working = (io: Io): Working => {
  const begun = performance.now();
  const redraws = isTerminal(io.stderr, io.env);
  let written = -Infinity;
  let shown = '';
  return {
    file: (file, doing, done) => {
      const now = performance.now();
      if (now - begun < SOON || now - written < (redraws ? SMOOTH : QUIET)) return;
      written = now;
      const line = `${file}: ${doing}, ${Math.floor(100 * Math.min(1, done))} %`;
      if (!redraws) return note(io, line);
      // Returns to the beginning of the line, and clears the rest of a longer one.
      io.stderr.write(`\r${line.padEnd(shown.length)}`);
      shown = line;
    },
    end: () => {
      if (shown !== '') io.stderr.write(`\r${' '.repeat(shown.length)}\r`);
      shown = '';
    },
  };
};
