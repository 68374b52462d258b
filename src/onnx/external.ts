/** The position of a tensor in an external file: its bytes begin at a multiple of 4096. */
export interface Chunk {
  readonly name: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A model in two files: the graph, and the tensors to which it refers by offset. */
export interface ExternalModel {
  readonly bytes: Uint8Array;
  /** The content of the second file, in order, with zeros between. */
  readonly chunks: readonly Chunk[];
}

/** Returns part of a file next to a model, by its name there. */
export type ExternalFile = (location: string, offset: number, length: number) => Uint8Array;
