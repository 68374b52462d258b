/** Bytes as short text that an address can hold: compressed, then base64 of the URL's alphabet. */
export const packed = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
  const small = await through(bytes, new CompressionStream('deflate-raw'));
  return btoa(String.fromCharCode(...small))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
};

/** The bytes again; throws where the text is none of those. */
export const unpacked = async (text: string): Promise<Uint8Array> => {
  const small = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  return through(small, new DecompressionStream('deflate-raw'));
};

const through = async (
  bytes: Uint8Array<ArrayBuffer>,
  stream: ReadableWritablePair<Uint8Array, BufferSource>,
): Promise<Uint8Array> =>
  new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
