import { isUserError } from '../../src/errors.ts';
import { Wrong } from '../failure.ts';

/** What is wrong with how a reader ended, if anything: a user's mistake must be reported in one sentence. */
export const judged = (name: string, error: unknown): Wrong | undefined => {
  if (error instanceof Wrong) return error;
  if (isUserError(error) && !error.message.includes('\n')) return undefined;
  const [first = '', ...frames] = (error instanceof Error ? (error.stack ?? error.message) : String(error)).split('\n');
  const frame = frames.find((line) => line.includes('/src/')) ?? '';
  const place = /src\/([\w/.-]+:\d+)/.exec(frame)?.[1] ?? 'outside';
  return new Wrong(
    `${name}: ${error instanceof Error ? error.name : typeof error} at ${place}`,
    [first, ...frames.slice(0, 6)].join('\n'),
  );
};
