import { CommanderError } from 'commander';
import pc from 'picocolors';
import { isUserError } from '../errors.ts';
import { EXIT, note, wantsColor, type Io } from './io.ts';

/**
 * Tells what went wrong on standard error, and gives the exit code: one sentence for what a user can cause, the stack for
 * anything else. Commander has told of wrong usage itself.
 */
export function tell(error: unknown, io: Io): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const { red } = pc.createColors(wantsColor(io.stderr, io.env));
  const sentence = sentenceOf(error);
  if (sentence !== undefined) note(io, `${red('error:')} ${sentence}`);
  else note(io, `${red('error:')} a defect of cvae-compile:`, stackOf(error));
  return EXIT.failed;
}

/** The one sentence of an error that a user can cause, or nothing. */
const sentenceOf = (error: unknown): string | undefined => {
  if (isUserError(error)) return error.message;
  const reason = REASONS[codeOf(error)];
  // A file that is missing is told of where it is read; where it is not, it is a defect.
  if (reason === undefined || codeOf(error) === 'ENOENT') return undefined;
  const where = error instanceof Error && 'path' in error ? String(error.path) : 'disk';
  return `${where}: expected a file that can be read or written, got ${reason}; choose another place`;
};

/** Why the file system refused, in words. */
export const reasonOf = (error: unknown): string => REASONS[codeOf(error)] ?? codeOf(error);

const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
};

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such folder',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'a disk that is read-only',
  ENOSPC: 'a disk that is full',
  EDQUOT: 'a disk quota that is used up',
  ENOTDIR: 'a file where a folder should be',
  EEXIST: 'a file where a folder should be',
  EISDIR: 'a folder where a file should be',
};

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
