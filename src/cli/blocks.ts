/** The number of examples that are read and asked about at once. */
const BLOCK = 512;

/** Calls a function with blocks of indices, one after the other, and the number of those before each. */
export const inBlocks = async (
  indices: readonly number[],
  call: (block: readonly number[], from: number) => Promise<void>,
): Promise<void> => {
  for (let from = 0; from < indices.length; from += BLOCK) await call(indices.slice(from, from + BLOCK), from);
};
