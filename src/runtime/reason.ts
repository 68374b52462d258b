/** Why something failed, in one line: what was thrown without what it adds below. */
export const reasonOf = (error: unknown): string => String(Object(error).message ?? error).split('\n')[0] ?? '';
