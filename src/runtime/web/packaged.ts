import type { Manifest } from '../../signature.ts';
import type { Model } from '../model.ts';
import type { PackagedFiles, PackagedOptions } from '../packaged.ts';
import { addressed } from './address.ts';
import { openFiles } from './open.ts';

/** Opens, in a page, a model that `cvae-compile export --package` wrote. Its `index.js` holds the manifest. */
export const openPackaged = async (
  manifest: Manifest,
  files: PackagedFiles,
  { from, ...options }: PackagedOptions = {},
): Promise<Model> => {
  const { folder, get } = await addressed(from ?? '');
  return openFiles(manifest, (file) => (from === undefined && files[file]?.()) || new URL(file, folder), options, get);
};
