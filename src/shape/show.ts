/** Returns a shape as text: `[28, 28, 1]`, or `[N, 28, 28, 1]` if an axis has a name. */
export const show = (shape: readonly (number | string)[]): string => `[${shape.join(', ')}]`;
