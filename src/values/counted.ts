/** Returns a count with its noun: `1 dimension`, `20 dimensions`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
