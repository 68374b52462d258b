/** A shape in words: `[28, 28, 1]`, or `[N, 28, 28, 1]` where an axis goes by a name. */
export const show = (shape: readonly (number | string)[]): string => `[${shape.join(', ')}]`;
