import { createHash } from 'node:crypto';
import { InvalidGraph } from '../errors.ts';
import { encode, encodeExternal } from '../onnx/encode.ts';
import type { OnnxModel } from '../onnx/graph.ts';
import type { FileOnDisk } from '../signature.ts';

/** A file to be written: its name, and its bytes in order, in pieces. */
export interface Packed {
  readonly file: string;
  readonly pieces: readonly Uint8Array[];
}

/** A model as a file, and a second one for its weights if they are too large for one. */
export interface PackedModel {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly external?: PackedWeights;
}

/** The second file of a model, and the offset of each of its tensors, by name. */
export interface PackedWeights extends Packed {
  readonly offsets: ReadonlyMap<string, number>;
}

/** Weights of more bytes than this go to a second file: readers of protobuf's format count bytes in 31 bits. */
const EXTERNAL_ABOVE = 2 ** 30;

/** Files of more bytes than this are refused: neither onnxruntime in a browser nor Node reads them at once. */
const LARGEST = 2 ** 31 - 1;

/** Encodes a model under a file's name. @throws InvalidGraph for weights of 2 GiB or more. */
export const pack = (file: string, model: OnnxModel, externalDataAbove = EXTERNAL_ABOVE): PackedModel => {
  const bytes = [...model.graph.initializers.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  if (bytes > LARGEST)
    throw new InvalidGraph(
      `${file}: expected weights of less than 2 GiB, got ${(bytes / 2 ** 30).toFixed(1)} GiB; make the model smaller`,
    );
  if (bytes <= externalDataAbove) return { file, bytes: encode(model) };
  const external = `${file}.data`;
  const { bytes: graph, chunks } = encodeExternal(model, external);
  const pieces: Uint8Array[] = [];
  let end = 0;
  for (const chunk of chunks) {
    if (chunk.offset > end) pieces.push(new Uint8Array(chunk.offset - end));
    pieces.push(chunk.bytes);
    end = chunk.offset + chunk.bytes.length;
  }
  const offsets = new Map(chunks.map(({ name, offset }) => [name, offset]));
  return { file, bytes: graph, external: { file: external, pieces, offsets } };
};

/** Returns the files of a packed model, in writing order: the weights before the file that refers to them. */
export const filesOf = ({ file, bytes, external }: PackedModel): readonly Packed[] => [
  ...(external ? [external] : []),
  { file, pieces: [bytes] },
];

/** Returns the entry of a file in `model.json`. */
export const onDisk = ({ file, pieces }: Packed): FileOnDisk => {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return { file, bytes: pieces.reduce((sum, piece) => sum + piece.length, 0), sha256: hash.digest('hex') };
};
