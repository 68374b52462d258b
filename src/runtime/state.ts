import { refusing } from '../formats/read.ts';
import { readHeader } from '../formats/safetensors.ts';
import { size } from '../shape/size.ts';
import { asJson } from '../values/as-json.ts';
import type { ShapedArray } from './ort.ts';

/** The initial state of training: arrays by name, and the number of steps taken before. */
export interface State {
  readonly arrays: ReadonlyMap<string, ShapedArray>;
  readonly step: number;
}

/**
 * Reads the state from the bytes of a safetensors file that this package wrote: float32 arrays only, without gaps. Throws an
 * `InvalidFile` that begins with `where` for other bytes.
 */
export const readState = (bytes: Uint8Array, where: string): State => {
  const refuse = refusing({ where, remedy: 'export the model again' });
  const { start, entries, metadata } = readHeader(bytes, refuse);
  const arrays = new Map<string, ShapedArray>();
  for (const { name, dtype, shape, data_offsets: offsets } of entries) {
    const [from, to] = offsets;
    if (dtype !== 'F32') refuse(`${name} in F32`, asJson(dtype));
    if (to - from !== 4 * size(shape)) refuse(`${4 * size(shape)} bytes for ${name}`, `${to - from}`);
    if (start + to > bytes.length) refuse(`${start + to} bytes`, `${bytes.length}, so it is truncated`);
    // A copy, since the file's bytes need not be aligned for floats; with the constructor, since a Buffer's `slice` does not
    // copy.
    const own = new Uint8Array(bytes.subarray(start + from, start + to));
    arrays.set(name, { data: new Float32Array(own.buffer), shape });
  }
  const step = Number(metadata['step'] ?? 0);
  if (!Number.isSafeInteger(step) || step < 0) refuse('a number of steps in its metadata', asJson(metadata['step']));
  return { arrays, step };
};
