/** Why something failed, in one line: what was thrown without what it adds below. */
export const reasonOf = (error: unknown): string =>
  String(error instanceof Error ? error.message : error).split('\n')[0] ?? '';
