import { InvalidFile } from '../errors.ts';
import { LABEL_KEY } from '../formats/keys.ts';
import type { Label } from '../signature.ts';
import { parseLabel } from '../formats/manifest.ts';
import { readMetadata } from './metadata.ts';

/**
 * Reads the label of an ONNX file that this package wrote; throws an `InvalidFile` that begins with `where` for any other file.
 */
export const readLabel = (bytes: Uint8Array, where: string): Label => {
  const label = readMetadata(bytes, where).get(LABEL_KEY);
  if (label === undefined)
    throw new InvalidFile(
      `${where}: expected an ONNX file of cvae-compile, got one without ${LABEL_KEY} in its metadata; export a model`,
    );
  return parseLabel(label, where);
};
