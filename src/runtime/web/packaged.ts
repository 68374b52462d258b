import type { Manifest } from '../../signature.ts';
import type { Model } from '../model.ts';
import type { PackagedFiles, PackagedOptions } from '../packaged.ts';
import { openFiles } from './open.ts';
import { baseOf } from './page.ts';
import { folderOf } from './ort-files.ts';

/** Opens, in a page, a model that `cvae-compile export --package` wrote. Its `index.js` holds the manifest. */
export const openPackaged = (
  manifest: Manifest,
  files: PackagedFiles,
  { from, ...options }: PackagedOptions = {},
): Promise<Model> =>
  openFiles(
    manifest,
    (file) => (from === undefined && files[file]?.()) || new URL(file, folderOf(from ?? '', baseOf())),
    options,
  );
