import { refusing } from '../formats/read.ts';
import { METADATA, readHeader } from '../formats/safetensors.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import { asJson } from '../values/as-json.ts';
import { DTYPES } from './dtypes.ts';
import type { Weight, Weights } from './weights.ts';

/** The content of a safetensors file: arrays by name, and strings about them. */
export interface Safetensors {
  readonly weights: Weights;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Encodes weights in the safetensors format (https://github.com/huggingface/safetensors, "Format"): the header's length as a
 * 64-bit number, a JSON header padded with spaces to a multiple of 8, then the arrays, little-endian and without gaps. As
 * Python's library writes it: float32, ordered by name, metadata first; the same weights give the same bytes.
 */
export const encodeSafetensors = (
  weights: Weights,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> => {
  const entries = [...weights].sort(([a], [b]) => compare(a, b));
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [[METADATA, metadata]] : [];
  let end = 0;
  for (const [name, { shape, data }] of entries) {
    if (name === METADATA) throw new RangeError(`${METADATA} cannot be the name of a parameter`);
    if (data.length !== size(shape)) throw new RangeError(`${name}: ${data.length} numbers for ${show(shape)}`);
    header.push([name, { dtype: 'F32', shape, data_offsets: [end, end + data.length * 4] }]);
    end += data.length * 4;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(SPACE, 8, start);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(start - 8), true);
  bytes.set(json, 8);
  let at = start;
  for (const [, { data }] of entries)
    for (let i = 0; i < data.length; i++, at += 4) view.setFloat32(at, data[i] ?? 0, true);
  return bytes;
};

/** A safetensors file whose arrays are read one by one. */
export interface OpenSafetensors {
  readonly names: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Returns an array as float32 (F64, F16, BF16 and integers are converted). @throws InvalidFile for other formats of numbers. */
  read(name: string): Weight | undefined;
}

/**
 * Opens bytes in the safetensors format. Throws an `InvalidFile`, which begins with `where`, for bytes that are truncated, have
 * gaps or overlaps, or are something else.
 */
export const openSafetensors = (bytes: Uint8Array, where: string): OpenSafetensors => {
  const refuse = refusing({ where, remedy: 'copy the file again, or train again' });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { start, entries, metadata } = readHeader(bytes, refuse);
  const arrays = entries.map(({ data_offsets: [from, to], ...rest }) => ({ ...rest, from, to }));
  let end = 0;
  for (const { name, dtype, shape, from, to } of arrays.sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== end) return refuse(`the data of ${name} to begin at byte ${end}`, `${from}, a gap or an overlap`);
    const length = size(shape) * (DTYPES.get(dtype)?.bytes ?? NaN);
    if (!Number.isNaN(length) && to - from !== length)
      return refuse(`${length} bytes for ${name} of shape ${show(shape)}`, `${to - from}`);
    end = to;
  }
  if (start + end !== bytes.length)
    return refuse(
      `${start + end} bytes`,
      `${bytes.length}, so it ${bytes.length < start + end ? 'is truncated' : 'has something appended'}`,
    );
  const byName = new Map(arrays.map((array) => [array.name, array]));
  const read = (name: string): Weight | undefined => {
    const array = byName.get(name);
    if (!array) return undefined;
    const { dtype, shape, from } = array;
    const known = DTYPES.get(dtype);
    if (!known)
      return refusing({ where, remedy: 'save it as float32' })(
        `${name} in one of ${[...DTYPES.keys()].join(', ')}`,
        asJson(dtype),
      );
    const data = new Float32Array(size(shape));
    for (let i = 0, at = start + from; i < data.length; i++, at += known.bytes) data[i] = known.read(view, at);
    return { shape, data };
  };
  return { names: arrays.map(({ name }) => name), metadata, read };
};

/** Decodes the safetensors format, with every array as float32. @throws InvalidFile as `openSafetensors` and its `read` do. */
export const decodeSafetensors = (bytes: Uint8Array, where: string): Safetensors => {
  const { names, metadata, read } = openSafetensors(bytes, where);
  const weights = new Map<string, Weight>();
  for (const name of names) {
    const weight = read(name);
    if (weight) weights.set(name, weight);
  }
  return { weights, metadata };
};

const SPACE = 0x20;
/** Compares in the order of UTF-8's bytes, which is that of code points; `<` would compare UTF-16 units. */
const compare = (a: string, b: string): number => {
  const [x, y] = [Array.from(a), Array.from(b)];
  const i = x.findIndex((character, at) => character !== y[at]);
  if (i === -1) return x.length - y.length;
  return (x[i]?.codePointAt(0) ?? 0) - (y[i]?.codePointAt(0) ?? -1);
};
