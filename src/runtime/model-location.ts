import { createHash } from 'node:crypto';
import type { FileOnDisk, Manifest } from '../signature.ts';
import type { OpenOptions } from './open-options.ts';

/** Where the files of an exported model are: in a folder of the disk, or at an address. */
export interface ModelLocation {
  /** Returns the name of a file in messages. */
  at(file: string): string;
  /** Reads the manifest; throws an `InvalidFile` if there is none that can be read. */
  manifest(): Promise<Manifest>;
  /** Reads a file, with the length and hash in the manifest; throws an `InvalidFile` otherwise. */
  get(file: FileOnDisk): Promise<Uint8Array>;
}

/** How a place is read. */
export type LocationOptions = Pick<OpenOptions, 'signal' | 'onProgress' | 'keep'>;

/** Returns the SHA-256 of bytes or a text, in hexadecimal. */
export const hashOf = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
