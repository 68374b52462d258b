/** Bytes as protobuf's own writers give them (https://protobuf.dev/programming-guides/encoding), written without encode. */
export type Bytes = readonly number[];

const varint = (value: number | bigint): number[] => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
};

/** A field that is a whole number. */
export const int = (field: number, value: number | bigint): Bytes => [...varint(field * 8), ...varint(value)];

/** A field that has a length: bytes, a message, numbers in a row. */
export const bytes = (field: number, ...parts: readonly Bytes[]): Bytes => {
  const content = parts.flat();
  return [...varint(field * 8 + 2), ...varint(content.length), ...content];
};

/** A field that is a text. */
export const text = (field: number, value: string): Bytes => bytes(field, [...new TextEncoder().encode(value)]);

/** A field that is a float32. */
export const float = (field: number, value: number): Bytes => [...varint(field * 8 + 5), ...floats(value)];

/** Whole numbers in a row. */
export const ints = (...values: readonly (number | bigint)[]): Bytes => values.flatMap(varint);

/** Numbers of float32 in a row. */
export const floats = (...values: readonly number[]): Bytes => [...new Uint8Array(Float32Array.from(values).buffer)];

/** Numbers of float64 in a row. */
export const doubles = (...values: readonly number[]): Bytes => [...new Uint8Array(Float64Array.from(values).buffer)];

/** Fields of numbers that ONNX does not know, one of each form. */
export const unknown = (field: number): Bytes => [
  ...int(field, 2n ** 63n),
  ...text(field + 1, 'later'),
  ...float(field + 2, 1),
  ...varint((field + 3) * 8 + 1),
  ...doubles(1),
];
