import { Writable } from 'node:stream';
import checkbox from '@inquirer/checkbox';
import { InvalidData } from '../../errors.ts';
import type { Io } from '../io.ts';
import { described, type Known } from '../../making/kinds.ts';

const QUESTIONS = {
  target: 'Which columns should the model draw?',
  condition: 'Which columns is it given? (none: it draws whole rows)',
};

/** What stands in front of a choice, and one place at its end. */
const MARKS = 5;

/** Text of one line of a terminal. */
const cut = (text: string, most: number): string =>
  text.length <= Math.max(20, most) ? text : `${text.slice(0, Math.max(20, most) - 1)}…`;

/**
 * Asks on a terminal which columns are targets or conditions, and returns their names. @throws InvalidData if the question is left by
 * Ctrl-C.
 */
export async function ask(io: Io, flag: keyof typeof QUESTIONS, columns: readonly Known[]): Promise<readonly string[]> {
  const choices = columns.map((column) => ({
    value: column.name,
    name: cut(
      `${column.name}  ${described(column)}${column.is.kind === 'dates' ? ', of which the month is taken' : ''}`,
      (io.stderr.columns ?? 80) - MARKS,
    ),
    short: column.name,
  }));
  // A question ends the stream that it is asked on.
  const output = new Writable({ write: (chunk, _, done) => void io.stderr.write(chunk, done) });
  const question = { message: QUESTIONS[flag], choices, required: flag === 'target', pageSize: 15 };
  try {
    return await checkbox(question, { output, ...(io.stdin && { input: io.stdin }) });
  } catch (error) {
    const { name }: { readonly name?: unknown } = Object(error);
    if (name === 'ExitPromptError') throw new InvalidData(`init: expected an answer, got none; give --${flag}`);
    throw error;
  }
}
