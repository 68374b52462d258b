import { CommanderError } from 'commander';
import pc from 'picocolors';
import { errorCode, isError, isUserError, messageOf } from '../errors.ts';
import { EXIT, note, wantsColor, type Io } from './io.ts';

/**
 * Reports an error on standard error, and returns the exit code: one sentence for an error that a user can cause, the stack for
 * any other. Commander has already reported wrong usage.
 */
export async function reportError(error: unknown, io: Io): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const { red } = pc.createColors(wantsColor(io.stderr, io.env));
  const sentence = await sentenceOf(error);
  if (sentence !== undefined) note(io, `${red('error:')} ${sentence}`);
  else note(io, `${red('error:')} a defect of cvae-compile:`, stackOf(error));
  return EXIT.failed;
}

/** Returns the sentence of an error that a user can cause, or undefined. */
const sentenceOf = async (error: unknown): Promise<string | undefined> => {
  // A name that a user has chosen must not look like another line, or move the cursor.
  if (isUserError(error)) return error.message.replace(/\p{Cc}+/gu, ' ');
  if (!isError(error) || !REFUSALS.has(errorCode(error) ?? '')) return undefined;
  const { reason } = await import('../files/whole.ts');
  const where = 'path' in error ? String(error.path) : 'disk';
  return `${where}: expected a file that can be read or written, got ${reason(error)}; choose another place`;
};

// Refusals of the file system, when a library writes and not this package. A missing file is reported where it is read.
const REFUSALS = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EISDIR']);

const stackOf = (error: unknown): string => (isError(error) ? (error.stack ?? error.message) : messageOf(error));
