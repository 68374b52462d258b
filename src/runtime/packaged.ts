import type { Manifest } from '../signature.ts';
import type { Model } from './model.ts';
import { checkNodeOptions, openFiles } from './node-files.ts';
import type { OpenOptions } from './open-options.ts';
import { pathOf, locateModel, readChecked } from './locate-model.ts';

/** The addresses of the files of a packaged model, by their names, as its own module sees them. */
export type PackagedFiles = Readonly<Record<string, () => URL>>;

/** The options for opening a packaged model: `from` is the folder of its ONNX files, or its address, if they are not next to its module. */
export interface PackagedOptions extends OpenOptions {
  readonly from?: string | URL;
}

/** Opens, in Node, a model that `cvae-compile export --package` wrote. Its `index.js` holds the manifest. */
export const openPackaged = async (
  manifest: Manifest,
  files: PackagedFiles,
  { from, ...options }: PackagedOptions = {},
): Promise<Model> => {
  checkNodeOptions(options);
  if (from !== undefined) return openFiles(manifest, await locateModel(from, options), options);
  const at = (file: string): string => pathOf(files[file]?.() ?? file);
  return openFiles(manifest, { at, get: (file) => readChecked(at(file.file), file) }, options);
};
