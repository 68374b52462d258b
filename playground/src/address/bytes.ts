/** Bytes as short text that an address can hold: compressed, then base64 of the URL's alphabet. */
export const packed = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
  const small = await through(bytes, new CompressionStream('deflate-raw'));
  return btoa(String.fromCharCode(...small))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
};

/** The bytes again, `length` of them; throws if the text is not that, or holds more. */
export const unpacked = async (text: string, length: number): Promise<Uint8Array> => {
  const small = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  return through(small, new DecompressionStream('deflate-raw'), length);
};

/** What comes out of a stream, as far as it is no longer than this: short text may unpack to gigabytes. */
const through = async (
  bytes: Uint8Array<ArrayBuffer>,
  stream: ReadableWritablePair<Uint8Array, BufferSource>,
  most = Infinity,
): Promise<Uint8Array> => {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    length += read.value.length;
    if (length > most) {
      await reader.cancel();
      throw new RangeError(`more than ${most} bytes`);
    }
    parts.push(read.value);
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};
