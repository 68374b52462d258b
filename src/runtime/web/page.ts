/** What of a browser's globals is used; in a worker, and where there is no browser, some or all are missing. */
interface Page {
  readonly document?: { readonly baseURI: string };
  readonly location?: { readonly href: string };
  readonly crossOriginIsolated?: boolean;
  readonly navigator?: { readonly gpu?: Gpu };
  readonly WebAssembly?: unknown;
  readonly Worker?: unknown;
  readonly crypto: { readonly subtle?: SubtleCrypto };
}

interface SubtleCrypto {
  digest(algorithm: 'SHA-256', bytes: Uint8Array): Promise<ArrayBuffer>;
}

/** The way to GPUs (https://www.w3.org/TR/webgpu). */
export interface Gpu {
  requestAdapter(): Promise<GpuAdapter | null>;
}

/** A GPU of the system, and what it offers. */
export interface GpuAdapter {
  readonly limits: Readonly<Record<string, number>>;
  readonly features: ReadonlySet<string>;
  requestDevice(wanted: object): Promise<GpuDevice>;
}

/** A GPU as one program uses it. */
export interface GpuDevice {
  readonly lost: Promise<{ readonly message: string; readonly reason: string }>;
}

/** The page, or the worker, that this runs in. Reading it is safe where there is none. */
export const page: Page = globalThis;

/** What addresses are relative to. */
export const baseOf = (): string => page.document?.baseURI ?? page.location?.href ?? 'http://localhost/';
