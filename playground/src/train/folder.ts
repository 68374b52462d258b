import { adapted } from 'cvae-compile/runtime';
import type { Weights } from '../page/training.ts';

/** The exported folder with other weights, as a ZIP. What trains it further stays behind. */
export const adaptedFolder = async (folder: URL, wasmPaths: URL, weights: Weights): Promise<Blob> => {
  const files = await adapted(folder, weights, { wasmPaths });
  const { zipSync } = await import('fflate');
  // Weights do not get smaller.
  const zipped = zipSync(Object.fromEntries(files), { level: 0 });
  return new Blob([new Uint8Array(zipped)], { type: 'application/zip' });
};
