/** The part of a browser's globals that is used; in a worker, and without a browser, some or all are missing. */
interface Page {
  readonly document?: { readonly baseURI: string };
  readonly location?: { readonly href: string };
  readonly origin?: string;
  readonly crossOriginIsolated?: boolean;
  readonly WebAssembly?: unknown;
  readonly Worker?: unknown;
  readonly crypto: { readonly subtle?: SubtleCrypto };
}

interface SubtleCrypto {
  digest(algorithm: 'SHA-256', bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
}

/** The page, or the worker, that this code runs in. Reading it is safe outside a browser. */
export const page: Page = globalThis;

/** Returns the base of relative addresses, if there is a page or a worker. */
export const baseOf = (): string | undefined => page.document?.baseURI ?? page.location?.href;
