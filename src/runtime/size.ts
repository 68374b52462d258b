/** How many elements an array of this shape has; 1 for a single number. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
