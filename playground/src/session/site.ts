import type { ReadonlySignal } from '@preact/signals';
import { ENGINES_FILE, type Engines } from '../../../src/formats/engines.ts';

/** Files by their names. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** Where the parts of the site are, whatever folder of a host it lies in. */
export interface Site {
  /** The exported model's folder. */
  readonly folder: URL;
  /** What `cvae-compile assets` copies. */
  readonly ort: URL;
  /** The model's files by name, if it was made in the page: they have no address. */
  readonly held?: ReadonlySignal<Files>;
}

/** The bytes of a file of the model's folder, as text; undefined if there is none. */
export const textOf = async ({ folder, held }: Site, file: string): Promise<string | undefined> => {
  if (held) return held.peek().has(file) ? new TextDecoder().decode(held.peek().get(file)) : undefined;
  const response = await fetch(new URL(file, folder)).catch(() => undefined);
  return response?.ok ? response.text().catch(() => undefined) : undefined;
};

/** The site that this page is the index of. */
export const siteOf = (base: string): Site => ({ folder: new URL('model/', base), ort: new URL('ort/', base) });

/** What can run the site's model; a page that no site is around, as in development, has the ONNX files. */
export const enginesOf = async (base: string): Promise<Engines> => {
  const response = await fetch(new URL(ENGINES_FILE, base), { cache: 'no-cache' }).catch(() => undefined);
  const found: unknown = await response?.json().catch(() => undefined);
  return isEngines(found) ? found : { onnx: true, webgpu: true };
};

const isEngines = (value: unknown): value is Engines =>
  typeof value === 'object' && value !== null && 'onnx' in value && 'webgpu' in value;
