import type { Readable, Writable } from 'node:stream';

/** The signals that ask a program to end, and the corresponding exit codes: Ctrl-C, `kill` and Docker, a closed terminal. */
export const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
export type Signal = keyof typeof SIGNALS;

/** A stream that text is written to: standard output, standard error, or a test's own. */
export type Sink = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** The streams and environment of a command; `process` is one. Data go to `stdout`, everything else to `stderr`. */
export interface Io {
  /** What a person types, if it is a terminal; commands that ask nothing do not need it. */
  readonly stdin?: Readable & { readonly isTTY?: boolean };
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  on(event: Signal, listener: () => void): unknown;
  off(event: Signal, listener: () => void): unknown;
}

/**
 * Exit codes that scripts can rely on, in addition to those of `SIGNALS`. `failed`: a check failed, or the user made a mistake.
 */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** The context of a command: the streams, and the callback for an exit code other than 0. */
export interface Context {
  readonly io: Io;
  readonly exit: (code: number) => void;
}

/** Whether a stream is a terminal that can show colours and redraw a line. */
export const isTerminal = (sink: Sink, { TERM }: Io['env']): boolean => sink.isTTY === true && TERM !== 'dumb';

/** Whether colours are wanted on a stream: on terminals, unless NO_COLOR is set (https://no-color.org). */
export const wantsColor = (sink: Sink, env: Io['env']): boolean => !env['NO_COLOR'] && isTerminal(sink, env);

/** Writes lines of data to standard output. */
export const say = ({ stdout }: Io, ...lines: readonly string[]): void => void stdout.write(`${lines.join('\n')}\n`);

/** Writes progress messages to standard error. */
export const note = ({ stderr }: Io, ...lines: readonly string[]): void =>
  void (lines.length > 0 && stderr.write(`${lines.join('\n')}\n`));
