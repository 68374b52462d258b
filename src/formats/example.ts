import { size } from '../shape/size.ts';
import { asJson } from '../values/as-json.ts';
import type { Interface } from './manifest.ts';
import { readText, refusing } from './read.ts';
import { named, numbers, object, optional, whole, type TypeOf } from './schema.ts';

/**
 * Inputs of one row, and the outputs that the file must compute for them, rounded: the numbers of each array, in order. With them
 * a file can be tested on any machine, without the data or the code that it came from.
 */
export const example = object({
  inputs: named(numbers),
  outputs: named(numbers),
  /** Significant digits of the outputs: 6 by default. */
  digits: optional(whole),
});
export interface Example extends TypeOf<typeof example> {}

/** Reads the example in the metadata of a file with these inputs and outputs. @throws InvalidFile for an invalid text. */
export const readExample = (
  text: string,
  { file, inputs, outputs }: Interface & { readonly file: string },
): Example => {
  const where = `${file}, its example in the metadata`;
  const remedy = 'export the model again';
  const found = readText(example, text, { where, what: 'inputs and outputs, as JSON', remedy });
  const refuse = refusing({ where, remedy });
  for (const [has, should] of [
    [found.inputs, inputs],
    [found.outputs, outputs],
  ] as const)
    for (const [name, shape] of Object.entries(should))
      if (has[name]?.length !== size(shape)) refuse(`${size(shape)} numbers for ${name}`, asJson(has[name]?.length));
  return found;
};
