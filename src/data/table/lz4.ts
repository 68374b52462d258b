import { InvalidData } from '../../errors.ts';

/** The first four bytes of a frame. */
const MAGIC = 0x184d2204;
/** The bits of a frame's flags that say what follows its header and its blocks. */
const [CHECKSUMS_OF_BLOCKS, CONTENT_SIZE, CHECKSUM, DICTIONARY] = [0x10, 0x08, 0x04, 0x01];
/** The bit of a block's size that says that it is stored as it is. */
const STORED = 0x80000000;

/**
 * Unpacks LZ4 frames, as Arrow files have them: blocks, which may refer to bytes of the blocks before
 * (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md). Checksums are not checked. hyparquet-compressors has blocks by themselves
 * only.
 *
 * @throws InvalidData for bytes that are no frame.
 */
export const unpackLz4 = (packed: Uint8Array): Uint8Array => {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const out = new Bytes();
  try {
    let at = 0;
    while (at < packed.length) at = frame(packed, view, at, out);
  } catch (error) {
    // Beyond the last byte.
    if (error instanceof RangeError) throw broken('it ends too early');
    throw error;
  }
  return out.taken();
};

const broken = (why: string): InvalidData =>
  new InvalidData(`arrow: expected LZ4 frames, got other bytes (${why}); write the file again`);

/** Unpacks a frame, and returns where it ends. */
const frame = (packed: Uint8Array, view: DataView, begin: number, out: Bytes): number => {
  if (view.getUint32(begin, true) !== MAGIC) throw broken('another beginning');
  const flags = view.getUint8(begin + 4);
  let at = begin + 6 + (flags & CONTENT_SIZE ? 8 : 0) + (flags & DICTIONARY ? 4 : 0) + 1;
  for (;;) {
    const size = view.getUint32(at, true);
    at += 4;
    if (size === 0) return at + (flags & CHECKSUM ? 4 : 0);
    const length = (size & ~STORED) >>> 0;
    if (at + length > packed.length) throw broken('it ends too early');
    const block = packed.subarray(at, at + length);
    if ((size & STORED) === 0) unpackBlock(block, out);
    else out.push(block);
    at += length + (flags & CHECKSUMS_OF_BLOCKS ? 4 : 0);
  }
};

/** Unpacks a block: sequences of literal bytes and a match, which is repeated from that far before. */
const unpackBlock = (block: Uint8Array, out: Bytes): void => {
  let at = 0;
  const more = (length: number): number => {
    if (length < 15) return length;
    let sum = length;
    for (;;) {
      const byte = block[at++] ?? 0;
      sum += byte;
      if (byte < 255) return sum;
    }
  };
  while (at < block.length) {
    const token = block[at++] ?? 0;
    const literals = more(token >> 4);
    if (at + literals > block.length) throw broken('a block ends too early');
    out.push(block.subarray(at, at + literals));
    at += literals;
    // The last sequence has no match.
    if (at >= block.length) return;
    const distance = (block[at] ?? 0) | ((block[at + 1] ?? 0) << 8);
    at += 2;
    out.repeat(distance, more(token & 15) + 4);
  }
};

/** Bytes that grow. */
class Bytes {
  #bytes = new Uint8Array(1 << 16);
  #length = 0;

  push(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Repeats bytes from so far before; a match may reach into what it writes. */
  repeat(distance: number, length: number): void {
    if (distance === 0 || distance > this.#length) throw broken('a match before its beginning');
    this.#room(length);
    const bytes = this.#bytes;
    for (let i = 0; i < length; i++) bytes[this.#length + i] = bytes[this.#length + i - distance] ?? 0;
    this.#length += length;
  }

  taken(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + more));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
