/** An error as a card shows it: what happened, and what to do. */
export interface Problem {
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
}

/**
 * An error of the runtime reads `where: expected what, got what; do this`: the last clause is the remedy. Others have none of
 * their own.
 */
export const problemOf = (error: unknown, title: string): Problem => {
  const message = error instanceof Error ? error.message : String(error);
  const at = message.lastIndexOf('; ');
  const clauses = /: expected .+, got .+; /s.test(message) && at > 0;
  return clauses
    ? { title, cause: `${message.slice(0, at)}.`, remedy: sentence(message.slice(at + 2)) }
    : { title, cause: message, remedy: 'Reload the page; if this happens again, see the browser console for details.' };
};

const sentence = (clause: string): string => `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
