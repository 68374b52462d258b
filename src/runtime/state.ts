import { InvalidFile } from '../errors.ts';
import { isObject } from './format.ts';
import type { Numbers } from './ort.ts';
import { sizeOf } from './size.ts';

/** What training begins with: arrays by name, and how many steps were taken before. */
export interface State {
  readonly arrays: ReadonlyMap<string, Numbers>;
  readonly step: number;
}

/**
 * The state in the bytes of a safetensors file that this package wrote: float32 arrays only, without gaps. Throws an
 * `InvalidFile` that begins with `where` for other bytes.
 */
export const readState = (bytes: Uint8Array, where: string): State => {
  const refuse = (got: string): never => {
    throw new InvalidFile(`${where}: expected a state of training, got ${got}; export the model again`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = bytes.length < 8 ? Infinity : 8 + Number(view.getBigUint64(0, true));
  if (start > bytes.length) return refuse(`${bytes.length} bytes, a truncated one`);
  const header = parsed(bytes.subarray(8, start));
  if (!isObject(header)) return refuse('bytes of another kind');
  const { __metadata__: metadata, ...entries } = header;
  const arrays = new Map<string, Numbers>();
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, shape, data_offsets: offsets } = isObject(entry) ? entry : {};
    if (dtype !== 'F32' || !isSizes(shape) || !isSizes(offsets)) return refuse(`${name} of another form`);
    const [from = 0, to = 0] = offsets;
    if (to - from !== 4 * sizeOf(shape) || start + to > bytes.length) return refuse(`${name} of another size`);
    // A copy, since the file's bytes need not begin where floats may; by the constructor, since a Buffer's `slice` is none.
    const own = new Uint8Array(bytes.subarray(start + from, start + to));
    arrays.set(name, { data: new Float32Array(own.buffer), shape });
  }
  const step = isObject(metadata) ? Number(metadata['step']) : 0;
  return { arrays, step: Number.isSafeInteger(step) ? step : 0 };
};

const parsed = (json: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(json));
  } catch {
    return undefined;
  }
};

const isSizes = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
