import { InvalidFile } from '../errors.ts';

/**
 * Reads the `metadata_props` of an ONNX file, which onnxruntime's JavaScript sessions do not expose. A short scan of the protobuf
 * wire format: the graph is skipped, not read. Throws an `InvalidFile` that begins with `where` for other or truncated bytes.
 */
export const readMetadata = (bytes: Uint8Array, where: string): ReadonlyMap<string, string> => {
  const metadata = new Map<string, string>();
  const text = (part: Uint8Array | undefined): string => new TextDecoder().decode(part);
  for (const { field, value } of fields(bytes, where)) {
    if (field !== METADATA_PROPS || value === undefined) continue;
    const entry = new Map(Array.from(fields(value, where), (member) => [member.field, member.value]));
    metadata.set(text(entry.get(KEY)), text(entry.get(VALUE)));
  }
  return metadata;
};

/** Returns the bytes of an ONNX file without an entry of its metadata, if it has that entry. */
export const withoutMetadata = (bytes: Uint8Array, key: string, where: string): Uint8Array => {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { field, value, begin, end } of fields(bytes, where)) {
    if (field !== METADATA_PROPS || value === undefined) continue;
    const entry = new Map(Array.from(fields(value, where), (member) => [member.field, member.value]));
    if (new TextDecoder().decode(entry.get(KEY)) !== key) continue;
    parts.push(bytes.subarray(from, begin));
    from = end;
  }
  parts.push(bytes.subarray(from));
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

/** Returns the bytes of an ONNX file with a further entry of its metadata, as the last of its fields. */
export const withMetadata = (bytes: Uint8Array, key: string, value: string): Uint8Array => {
  const text = (field: number, content: string): readonly number[] => {
    const encoded = new TextEncoder().encode(content);
    return [8 * field + 2, ...varint(encoded.length), ...encoded];
  };
  const entry = [...text(KEY, key), ...text(VALUE, value)];
  const added = Uint8Array.from([8 * METADATA_PROPS + 2, ...varint(entry.length), ...entry]);
  const all = new Uint8Array(bytes.length + added.length);
  all.set(bytes);
  all.set(added, bytes.length);
  return all;
};

/** Encodes a whole number in groups of seven bits, the last of which has no eighth bit. */
const varint = (value: number): readonly number[] =>
  value < 0x80 ? [value] : [(value % 0x80) + 0x80, ...varint(Math.floor(value / 0x80))];

// From onnx.proto: ModelProto.metadata_props, StringStringEntryProto.key and .value.
const METADATA_PROPS = 14;
const KEY = 1;
const VALUE = 2;

/** A field of a message, from its first byte to its end; `value` only if it has a length (strings, bytes, messages). */
interface Field {
  readonly field: number;
  readonly begin: number;
  readonly end: number;
  readonly value?: Uint8Array;
}

/** Yields the fields of a protobuf message in order (https://protobuf.dev/programming-guides/encoding). */
function* fields(bytes: Uint8Array, where: string): Generator<Field> {
  const refuse = (got: string): never => {
    throw new InvalidFile(`${where}: expected an ONNX file, got ${got}; export the model again`);
  };
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at++] ?? refuse('a truncated one');
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return refuse('bytes of another kind');
  };
  while (at < bytes.length) {
    const begin = at;
    const tag = varint();
    const field = Math.floor(tag / 8);
    const wire = tag % 8;
    if (field === 0) refuse('bytes of another kind');
    if (wire === 0) varint();
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire !== 2) refuse('bytes of another kind');
    const length = wire === 2 ? varint() : 0;
    if (at + length > bytes.length) refuse('a truncated one');
    const value = wire === 2 ? { value: bytes.subarray(at, at + length) } : {};
    at += length;
    yield { field, begin, end: at, ...value };
  }
}
