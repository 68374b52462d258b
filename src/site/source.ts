/** Where the bytes at an address come from: a file, or a text that is made when it is asked for. */
export type Source = { readonly path: string } | { readonly make: () => Promise<string> };

/** A static site: its files by their addresses, which are relative to its root and have slashes: `model/decoder.onnx`. */
export type Site = ReadonlyMap<string, Source>;
