/**
 * Returns the offset of each initializer's numbers in an ONNX file, in bytes from its start, by the initializer's name.
 * They are stored as `encode` writes them, little-endian and in row-major order, so that others of the same type and
 * shape can replace them.
 */
export const rawOffsets = (bytes: Uint8Array): ReadonlyMap<string, number> => {
  const offsets = new Map<string, number>();
  for (const graph of fields(bytes, 0, bytes.length))
    if (graph.field === GRAPH)
      for (const tensor of fields(bytes, graph.from, graph.to))
        if (tensor.field === INITIALIZER) {
          const parts = new Map(Array.from(fields(bytes, tensor.from, tensor.to), (part) => [part.field, part]));
          const [name, raw] = [parts.get(NAME), parts.get(RAW_DATA)];
          if (name && raw) offsets.set(new TextDecoder().decode(bytes.subarray(name.from, name.to)), raw.from);
        }
  return offsets;
};

// Field numbers from onnx.proto: ModelProto.graph, GraphProto.initializer, TensorProto.name and .raw_data.
const GRAPH = 7;
const INITIALIZER = 5;
const NAME = 8;
const RAW_DATA = 9;

/** A length-delimited field of a protobuf message: the position of its bytes. */
interface Field {
  readonly field: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Iterates over the length-delimited fields of a message (https://protobuf.dev/programming-guides/encoding); skips all
 * others.
 */
function* fields(bytes: Uint8Array, from: number, to: number): Generator<Field> {
  let at = from;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < to) {
    const tag = varint();
    const wire = tag % 8;
    if (wire === 0) varint();
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else {
      const length = varint();
      yield { field: Math.floor(tag / 8), from: at, to: at + length };
      at += length;
    }
  }
}
