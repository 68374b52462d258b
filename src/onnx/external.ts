/** Where in an external file a tensor stands: its bytes begin at a multiple of 4096. */
export interface Chunk {
  readonly name: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A model in two files: the graph, and the tensors that it refers to by offset. */
export interface ExternalModel {
  readonly bytes: Uint8Array;
  /** What goes into the second file, in order; zeros between. */
  readonly chunks: readonly Chunk[];
}

/** Gives part of a file that lies beside a model, by its name there. */
export type ExternalFile = (location: string, offset: number, length: number) => Uint8Array;
