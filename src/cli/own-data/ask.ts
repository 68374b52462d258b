import checkbox from '@inquirer/checkbox';
import type { Io } from '../io.ts';
import { described, type Known } from './kinds.ts';

const QUESTIONS = {
  target: 'Which columns should the model draw?',
  condition: 'Which columns is it told? (none: it draws whole rows)',
};

/** Asks on a terminal which columns are targets or conditions, and returns their names. */
export const ask = (io: Io, flag: keyof typeof QUESTIONS, columns: readonly Known[]): Promise<readonly string[]> =>
  checkbox(
    {
      message: QUESTIONS[flag],
      choices: columns.map((column) => ({
        value: column.name,
        name: `${column.name}  ${described(column)}${column.is.kind === 'dates' ? ', of which the month is taken' : ''}`,
        short: column.name,
      })),
      required: flag === 'target',
      pageSize: 15,
    },
    { output: io.stderr, ...(io.stdin && { input: io.stdin }) },
  );
