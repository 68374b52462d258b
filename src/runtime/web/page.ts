/** What of a browser's globals is used; in a worker, and where there is no browser, some or all are missing. */
interface Page {
  readonly document?: { readonly baseURI: string };
  readonly location?: { readonly href: string };
  readonly crossOriginIsolated?: boolean;
  readonly WebAssembly?: unknown;
  readonly Worker?: unknown;
  readonly crypto: { readonly subtle?: SubtleCrypto };
}

interface SubtleCrypto {
  digest(algorithm: 'SHA-256', bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
}

/** The page, or the worker, that this runs in. Reading it is safe where there is none. */
export const page: Page = globalThis;

/** What addresses are relative to. */
export const baseOf = (): string => page.document?.baseURI ?? page.location?.href ?? '';
