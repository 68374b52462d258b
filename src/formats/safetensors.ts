import { check, type Refuse } from './read.ts';
import { isObject, named, object, wholes, some, text, type TypeOf } from './schema.ts';

/** The reserved name, which no array has. */
export const METADATA = '__metadata__';
/** The reference implementation's limit: a longer header is not that of a safetensors file. */
const LONGEST = 100_000_000;

const isPair = (value: unknown): value is readonly [from: number, to: number] =>
  Array.isArray(value) && value.length === 2 && value.every((at) => Number.isSafeInteger(at) && at >= 0);

const entry = object({ dtype: text, shape: wholes, data_offsets: some('two whole numbers', isPair) });
const metadata = named(text);

/** The header of a safetensors file (https://github.com/huggingface/safetensors, "Format"). */
export interface Header {
  /** The byte at which the arrays begin. */
  readonly start: number;
  readonly entries: readonly (TypeOf<typeof entry> & { readonly name: string })[];
  readonly metadata: TypeOf<typeof metadata>;
}

/** Reads the header at the beginning of a safetensors file. */
export const readHeader = (bytes: Uint8Array, refuse: Refuse): Header => {
  const what = 'a safetensors file';
  if (bytes.length < 8) return refuse(what, `${bytes.length} bytes`);
  const start = 8 + Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (start - 8 > LONGEST) return refuse(what, 'bytes that do not begin with the length of a header');
  if (start > bytes.length) return refuse(`a header of ${start - 8} bytes`, `${bytes.length - 8}, so it is truncated`);
  const whole = parsed(bytes.subarray(8, start));
  if (!isObject(whole)) return refuse(what, 'one whose header is not a JSON object');
  const { [METADATA]: about, ...arrays } = whole;
  return {
    start,
    entries: Object.entries(arrays).map(([name, value]) => ({ name, ...check(entry, value, name, refuse) })),
    metadata: about === undefined ? {} : check(metadata, about, METADATA, refuse),
  };
};

const parsed = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
};
