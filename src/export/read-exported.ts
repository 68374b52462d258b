import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidFile } from '../errors.ts';
import { attempt } from '../formats/read.ts';
import { anything } from '../formats/schema.ts';
import { check } from '../onnx/check.ts';
import { decode } from '../onnx/decode.ts';
import type { OnnxModel } from '../onnx/graph.ts';
import { LABEL_KEY, MANIFEST_FILE, type ExportedFile, type FileOnDisk, type Label } from '../signature.ts';
import type { Manifest, Part } from '../signature.ts';
import { sha256 } from '../weights/fingerprint.ts';
import { requireAffordable } from './require-affordable.ts';
import { realisticInputs } from './realistic-inputs.ts';

/** An exported file as found on the disk. */
export interface Exported {
  readonly bytes: Uint8Array;
  /** The file that holds its weights, if that is a separate one. */
  readonly external?: { readonly file: string; readonly bytes: Uint8Array };
  readonly model: OnnxModel;
}

/**
 * Reads a part of an exported model, and checks it against the manifest: sizes, SHA-256, metadata, inputs and outputs, and a
 * graph that onnxruntime accepts and whose cost is acceptable. @throws InvalidFile and InvalidGraph otherwise.
 */
export const readExported = async (
  folder: string,
  manifest: Manifest,
  part: Part,
  file: ExportedFile,
): Promise<Exported> => {
  const bytes = await readFileOf(folder, file);
  const external = file.external && { file: file.external.file, bytes: await readFileOf(folder, file.external) };
  const model = decode(bytes, {
    file: file.file,
    external: (location, offset, length) =>
      location === external?.file ? external.bytes.subarray(offset, offset + length) : new Uint8Array(),
  });
  check(model);
  checkLabel(model, manifest, part, file);
  requireAffordable(file.file, model, () => realisticInputs(manifest, file, 1));
  return { bytes, model, ...(external && { external }) };
};

/** Reads a file's bytes, with the length and hash in the manifest. @throws InvalidFile otherwise. */
export const readFileOf = async (
  folder: string,
  { file, bytes: length, sha256: hash }: FileOnDisk,
): Promise<Uint8Array> => {
  const where = join(folder, file);
  const refuse = (expected: string, got: string): never => {
    throw new InvalidFile(
      `${where}: expected ${expected}, as ${MANIFEST_FILE} says, got ${got}; export the model again`,
    );
  };
  const bytes = await readFile(where).catch(() => refuse(`a file of ${length} bytes`, 'none that can be read'));
  if (bytes.length !== length) refuse(`a file of ${length} bytes`, `${bytes.length}`);
  const found = sha256(bytes);
  if (found !== hash) refuse(`a file of SHA-256 ${hash.slice(0, 12)}…`, `${found.slice(0, 12)}…`);
  return bytes;
};

/** Checks that a file's label matches the manifest, and its graph has the inputs and outputs of the label. */
const checkLabel = ({ graph, metadata }: OnnxModel, manifest: Manifest, part: Part, file: ExportedFile): void => {
  const { files: _, examples: __, precision: ___, package: ____, training: _____, display: ______, ...rest } = manifest;
  const { inputs, outputs, unused } = file;
  const expected: Label = { ...rest, part, inputs, outputs, unused };
  if (canonical(attempt(anything, metadata[LABEL_KEY])) !== canonical(expected))
    throw new InvalidFile(
      `${file.file}: expected the metadata that ${MANIFEST_FILE} gives, got different metadata; export the model again`,
    );
  const shapes = (values: typeof graph.inputs) => values.map(({ name, dtype, shape }) => [name, dtype, shape.slice(1)]);
  const listed = (values: Label['inputs']) => Object.entries(values).map(([name, shape]) => [name, 'float32', shape]);
  for (const [what, found, said] of [
    ['inputs', shapes(graph.inputs), listed(inputs)],
    ['outputs', shapes(graph.outputs), listed(outputs)],
  ] as const)
    if (JSON.stringify(found) !== JSON.stringify(said))
      throw new InvalidFile(
        `${file.file}: expected the ${what} that ${MANIFEST_FILE} lists, got different ones; export the model again`,
      );
};

/** Returns JSON with sorted keys. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
