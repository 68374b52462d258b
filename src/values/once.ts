/** Returns a function that computes a value at its first call, and returns the same one at all others. */
export const once = <T>(compute: () => T): (() => T) => {
  let known: { readonly value: T } | undefined;
  return () => (known ??= { value: compute() }).value;
};
