import { join } from 'node:path';
import type { Manifest } from '../signature.ts';
import type { Model } from './model.ts';
import { openFiles, pathOf } from './node-files.ts';
import type { OpenOptions } from './open-options.ts';

/** The addresses of the files of a packaged model, by their names, as its own module sees them. */
export type PackagedFiles = Readonly<Record<string, () => URL>>;

/** The options for opening a packaged model: `from` is the folder of its ONNX files, if they are not next to its module. */
export interface PackagedOptions extends OpenOptions {
  readonly from?: string | URL;
}

/** Opens, in Node, a model that `cvae-compile export --package` wrote. Its `index.js` holds the manifest. */
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
