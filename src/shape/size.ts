import type { Shape } from './shape.ts';

/** Returns the number of elements; 1 for a scalar. */
export const size = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);
