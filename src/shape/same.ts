/** Whether two shapes are equal, axis by axis. */
export const same = (a: readonly (number | string)[], b: readonly (number | string)[]): boolean =>
  a.length === b.length && a.every((n, i) => n === b[i]);
