import { join } from 'node:path';
import { lineOf } from '../errors.ts';
import { MODULE_FILES, moduleOf, PARTS } from '../export/module/module-files.ts';
import { readExported } from '../export/read-exported.ts';
import { isPlainFile } from '../files/exists.ts';
import type { OnnxModel } from '../onnx/graph.ts';
import type { Manifest, Part } from '../signature.ts';
import { measured } from './measured.ts';
import type { Source } from './source.ts';

/** What a page asks a model: with the model's likelihood, for which a module that is exported has no code. */
const ASKED: readonly Part[] = [...PARTS, 'evaluation'];

/** A model as WebAssembly that needs no onnxruntime, or why there is none. */
export type SiteModule = { readonly source: Source } | { readonly reason: string };

/**
 * Returns the WebAssembly module of an exported model: that of the export, if it was made for the target wasm, else one that is compiled
 * here from its ONNX files, once for as long as these are the same.
 */
export const siteModule = async (folder: string, manifest: Manifest): Promise<SiteModule> => {
  const files = ASKED.flatMap((part) => manifest.files[part] ?? []);
  // Of the bytes that are there, not of those that the manifest lists: a damaged file must not stay unnoticed.
  const hashes = await Promise.all(files.map(async ({ file }) => (await measured(join(folder, file))).sha256));
  const key = hashes.join();
  const found = made.get(key) ?? makeModule(folder, manifest);
  made.set(key, found);
  return found;
};

const made = new Map<string, Promise<SiteModule>>();

const makeModule = async (folder: string, manifest: Manifest): Promise<SiteModule> => {
  const own = join(folder, MODULE_FILES.wasm);
  const isWhole = manifest.package?.includes(MODULE_FILES.wasm) && !manifest.files.evaluation;
  if (isWhole && (await isPlainFile(own))) return { source: { path: own } };
  try {
    const models = new Map<Part, OnnxModel>();
    for (const part of ASKED) {
      const file = manifest.files[part];
      if (file) models.set(part, (await readExported(folder, manifest, part, file)).model);
    }
    return { source: { bytes: await moduleOf(models, manifest) } };
  } catch (error) {
    // Whatever it is, onnxruntime-web runs the model: mostly an operator without a kernel.
    return { reason: lineOf(error).replace(/; [^;]*$/, '') };
  }
};
