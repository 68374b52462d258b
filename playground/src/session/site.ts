import { ENGINES_FILE, type Engines } from '../../../src/formats/engines.ts';

/** Where the parts of the site are, whatever folder of a host it lies in. */
export interface Site {
  /** The exported model's folder. */
  readonly folder: URL;
  /** What `cvae-compile assets` copies. */
  readonly ort: URL;
}

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
