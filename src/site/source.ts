/** The source of the bytes at an address: a file, bytes, or a text that is generated on request. */
export type Source =
  { readonly path: string } | { readonly bytes: Uint8Array } | { readonly make: () => Promise<string> };

/** A static site: its files by their addresses, which are relative to its root and have slashes: `model/decoder.onnx`. */
export type Site = ReadonlyMap<string, Source>;
