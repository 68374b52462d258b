/**
 * What the page may load: its own scripts and WebAssembly, its own files, and pictures that it draws. It may load nothing from
 * elsewhere and send nothing anywhere.
 */
const POLICY: Readonly<Record<string, string>> = {
  'default-src': "'self'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  'worker-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data: blob:",
  'connect-src': "'self'",
  'font-src': "'self'",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

const written = (directives: Readonly<Record<string, string>>): string =>
  Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');

/** The Content-Security-Policy of every response. */
const CSP = written(POLICY);

/** The same, as far as a page can declare it itself, for hosts that send no headers. */
const { 'frame-ancestors': _, ...INNER } = POLICY;
export const META_CSP = written(INNER);

/** Returns the headers of every response; `isolate` lets pages use threads. */
export const headersOf = ({ isolate }: { readonly isolate: boolean }): Readonly<Record<string, string>> => ({
  'Content-Security-Policy': CSP,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  ...(isolate && { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }),
});

/** Returns how long a response may be cached: forever if its name includes a hash of its content, else only with revalidation. */
export const cachingOf = (address: string): string =>
  /(^|\/)assets\//.test(address) ? 'public, max-age=31536000, immutable' : 'no-cache';

/** Returns the media type at an address; undefined for one that is not used here. */
export const typeOf = (address: string): string | undefined => TYPES[/\.[^./]+$/.exec(address)?.[0] ?? ''];

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.ts': 'text/plain; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.onnx': 'application/octet-stream',
  '.data': 'application/octet-stream',
  '.safetensors': 'application/octet-stream',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};
