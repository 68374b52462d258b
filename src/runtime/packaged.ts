import { join } from 'node:path';
import type { Manifest } from '../signature.ts';
import type { Model } from './model.ts';
import { openFiles, pathOf } from './node-files.ts';
import type { OpenOptions } from './open-options.ts';

/** Where the files of a packaged model are, by their names, as its own module sees them. */
export type PackagedFiles = Readonly<Record<string, () => URL>>;

/** How a packaged model is opened: `from` is the folder of its ONNX files, where they were put elsewhere than its module. */
export interface PackagedOptions extends OpenOptions {
  readonly from?: string | URL;
}

/** Opens a model that `cvae-compile export --package` wrote, in Node. Its `index.js` holds the manifest. */
export const openPackaged = (
  manifest: Manifest,
  files: PackagedFiles,
  { from, ...options }: PackagedOptions = {},
): Promise<Model> =>
  openFiles(
    manifest,
    (file) => (from === undefined ? pathOf(files[file]?.() ?? file) : join(pathOf(from), file)),
    options,
  );
