import type { Told } from './read.ts';
import { named, numbers, object, optional, size, type TypeOf } from './schema.ts';

/**
 * Inputs of one row, and what the file must give for them, rounded: the numbers of each array, in order. With them a file can
 * prove itself on any machine, without the data or the code that it came from.
 */
export const example = object({
  inputs: named(numbers),
  outputs: named(numbers),
  /** Significant digits of the outputs: 6 unless given. */
  digits: optional(size),
});
export interface Example extends TypeOf<typeof example> {}

/** What is said of a file whose example is none. */
export const exampleIn = (file: string): Told => ({
  where: `${file}, its example in the metadata`,
  what: 'inputs and outputs, as JSON',
  remedy: 'export the model again',
});
