/** Returns a whole number in WebAssembly's LEB128 coding, unsigned. */
export const unsigned = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
};

/** Returns a 32-bit whole number in LEB128, signed. */
export const signed = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 127;
    rest >>= 7;
    if ((rest === 0 && low < 64) || (rest === -1 && low >= 64)) return [...bytes, low];
    bytes.push(low + 128);
  }
};

/** Returns the four bytes of a float32, little-endian. */
export const float = (value: number): number[] => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [...bytes];
};

/** Returns a list of encoded items, with their number in front. */
export const vector = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];

/** Returns a name as WebAssembly writes one: its UTF-8 bytes, with their number in front. */
export const text = (name: string): number[] => {
  const bytes = new TextEncoder().encode(name);
  return [...unsigned(bytes.length), ...bytes];
};
