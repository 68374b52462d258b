import { InvalidData } from '../errors.ts';
import type { ExportedFile } from '../signature.ts';
import type { Numbers } from './ort.ts';

/**
 * The bytes of a file of an export for training with other weights in place of its own, such as a trainer's: those that an
 * export of these weights has. Throws an `InvalidData` for a parameter that is missing or of another size.
 */
export const putWeights = (
  bytes: Uint8Array,
  { file, parameters }: Pick<ExportedFile, 'file' | 'parameters'>,
  weights: ReadonlyMap<string, Numbers>,
): Uint8Array => {
  if (!parameters)
    throw new InvalidData(`${file}: expected a file of an export for training, got another; export it with --training`);
  // A copy also of Node's Buffer, whose `slice` is none.
  const all = new Uint8Array(bytes);
  const view = new DataView(all.buffer);
  for (const [name, { offset, shape }] of Object.entries(parameters)) {
    const { data } = weights.get(name) ?? { data: [] };
    // Not by `sizeOf`, which would be a file of its own in a page.
    const size = shape.reduce((product, length) => product * length, 1);
    if (data.length !== size)
      throw new InvalidData(
        `${file}: expected ${size} numbers for ${name}, got ${data.length}; give the weights of this model`,
      );
    for (let i = 0; i < data.length; i++) view.setFloat32(offset + 4 * i, data[i] ?? 0, true);
  }
  return all;
};
