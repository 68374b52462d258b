import protobuf from 'protobufjs/minimal.js';

/** A number of a run, as TensorBoard shows it: a point of the curve `tag`. */
export interface Scalar {
  readonly tag: string;
  readonly value: number;
}

/**
 * Encodes numbers of one step as a record of a TensorBoard event file: the message `Event` (tensorflow/core/util/event.proto), with
 * `time` in seconds, framed as TFRecord does.
 */
export const scalarsRecord = (time: number, step: number, scalars: readonly Scalar[]): Uint8Array => {
  const event = protobuf.Writer.create();
  event.uint32(tag(1, FIXED64)).double(time).uint32(tag(2, VARINT)).int64(step);
  event.uint32(tag(5, BYTES)).fork();
  for (const scalar of scalars) {
    event.uint32(tag(1, BYTES)).fork();
    event.uint32(tag(1, BYTES)).string(scalar.tag).uint32(tag(2, FIXED32)).float(scalar.value).ldelim();
  }
  return framed(event.ldelim().finish());
};

/** Encodes the first record of an event file, which names the version of the format. */
export const versionRecord = (time: number): Uint8Array =>
  framed(
    protobuf.Writer.create()
      .uint32(tag(1, FIXED64))
      .double(time)
      .uint32(tag(3, BYTES))
      .string('brain.Event:2')
      .finish(),
  );

// The wire types of protocol buffers.
const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5];
const tag = (field: number, wire: number): number => (field << 3) | wire;

/** Frames a record: its length (64 bits, little-endian), a checksum of the length, its bytes, a checksum of the bytes. */
const framed = (bytes: Uint8Array): Uint8Array => {
  const out = new Uint8Array(12 + bytes.length + 4);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(bytes.length), true);
  view.setUint32(8, masked(out.subarray(0, 8)), true);
  out.set(bytes, 12);
  view.setUint32(12 + bytes.length, masked(bytes), true);
  return out;
};

/** A CRC-32C, rotated by 15 bits and shifted, since a checksum of bytes that hold their checksum says little (TFRecord's mask). */
const masked = (bytes: Uint8Array): number => {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
};

/** The Castagnoli polynomial, its bits reversed. */
const POLYNOMIAL = 0x82f63b78;

const crc32c = (bytes: Uint8Array): number => {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
};
