/** Returns a function that gives the number of element j of y: one for all, or one for each. */
export const eachOf = (value: number | readonly number[]): ((j: number) => number) =>
  typeof value === 'number' ? () => value : (j) => value[j] ?? 1;
