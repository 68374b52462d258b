/** A compiled module: code, without memory. */
export type WasmModule = object;

/** What a module gives. */
export interface WasmExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly [name: string]: unknown;
}

/** The part of WebAssembly that is used: TypeScript's libraries for other hosts than pages do not declare it. */
export interface WebAssemblyHost {
  readonly Module: { customSections(module: WasmModule, name: string): readonly ArrayBuffer[] };
  /** Gives a module its memory. Not the constructor of an instance, which pages refuse for more than 8 MB. */
  instantiate(module: WasmModule): Promise<{ readonly exports: WasmExports }>;
  compile(bytes: Uint8Array): Promise<WasmModule>;
  validate(bytes: Uint8Array): boolean;
}

interface Host {
  readonly WebAssembly?: WebAssemblyHost;
  readonly process?: {
    getBuiltinModule?(name: 'node:fs/promises'): { readFile(path: URL): Promise<Uint8Array> } | undefined;
  };
}

/** The globals of whatever runs this: a page, a worker, Node, Bun, Deno or a server of functions. */
// Each of them has some of these; TypeScript knows those of one alone.
export const host = globalThis as unknown as Host;
