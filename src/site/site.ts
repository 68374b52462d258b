import { readdir, stat } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidFile, Unavailable } from '../errors.ts';
import { isPlainFile } from '../files/exists.ts';
import { fileWithin } from '../files/within.ts';
import { ENGINES_FILE, type Engines } from '../formats/engines.ts';
import { readManifest } from '../runtime/node.ts';
import { pathOf } from '../runtime/locate-model.ts';
import { MANIFEST_FILE, type Manifest } from '../signature.ts';
import { assetPaths } from './assets.ts';
import { CARD_FILE, MODULE, serviceWorker, table } from './offline.ts';
import type { Site, Source } from './source.ts';

/** What a site has in addition to what its page needs to run the model. */
export interface SiteOptions {
  /**
   * `all`: the ONNX files, and onnxruntime-web for them, on WebGPU in every browser. `webgpu`: the same with files of at most 25 MiB, so
   * on WebGPU in those browsers that need no larger one. By default only what the model cannot do without.
   */
  readonly engines?: 'all' | 'webgpu';
  /** The page as it was built; by default that of the package. */
  readonly page?: string;
}

/**
 * Returns the page for an exported model, with everything that it needs in its current state: the page as it was built, the model as
 * WebAssembly or, if that is not possible or not enough, those files of its folder that `model.json` lists and onnxruntime-web; and
 * the service worker for offline use.
 *
 * @throws InvalidFile for a folder that is not an exported model, or one with files missing or elsewhere; Unavailable if the page
 * has not been built, or onnxruntime-web is not installed.
 */
export const siteOf = async (folder: string, { engines, page = PAGE }: SiteOptions = {}): Promise<Site> => {
  pathOf(folder);
  const manifest = await readManifest(folder);
  const site = new Map<string, Source>();
  const found = await modelFiles(folder, manifest);
  const { siteModule } = await import('./module.ts');
  const module = await siteModule(folder, manifest);
  // Fine-tuning changes the ONNX files, and runs what comes of it.
  const onnx = engines !== undefined || 'reason' in module || manifest.training !== undefined;
  // What trains models of a user's tables needs it as well.
  for (const file of await pageFiles(page))
    if (onnx || !file.startsWith('assets/make/')) site.set(file, { path: join(page, file) });
  for (const file of found)
    if (onnx || !/\.(onnx|data)$/.test(file)) site.set(`model/${file}`, { path: join(folder, file) });
  const builds = engines === 'all' ? (['jspi', 'webgpu'] as const) : engines ? (['jspi'] as const) : [];
  if (onnx) for (const path of assetPaths(builds)) site.set(`ort/${basename(path)}`, { path });
  if ('source' in module) site.set(`model/${MODULE}`, module.source);
  const run: Engines = {
    ...('source' in module ? { module: MODULE } : module),
    onnx,
    webgpu: onnx && builds.length > 0,
  };
  site.set(ENGINES_FILE, { bytes: new TextEncoder().encode(`${JSON.stringify(run)}\n`) });
  const all = new Map(site);
  return site
    .set('sw.js', { make: () => serviceWorker(all, manifest) })
    .set(SITE_FILE, { make: () => table(all, manifest) });
};

/** The file that identifies a site written to a folder as one of this package. */
export const SITE_FILE = 'site.json';

/** The page as built by `npm run build`, and included in the package. */
const PAGE = fileURLToPath(new URL('../../dist/playground', import.meta.url));

const pageFiles = async (page: string): Promise<readonly string[]> => {
  const found = await readdir(page, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = found
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(page.length + 1));
  if (!files.includes('index.html'))
    throw new Unavailable(`${page}: expected the page that shows models, got none; run npm run build`);
  return files.map((file) => file.replaceAll(sep, '/'));
};

/** Returns the files of a model's folder that are served, by name. A link to elsewhere is refused. */
const modelFiles = async (folder: string, manifest: Manifest): Promise<readonly string[]> => {
  const { files, examples, training } = manifest;
  const listed = [
    ...Object.values(files).flatMap((file) => [file, ...(file.external ? [file.external] : [])]),
    ...(examples ? [examples] : []),
    ...(training ? [training.step, training.state] : []),
  ];
  for (const { file, bytes } of listed) {
    const path = join(folder, file);
    const refuse = (got: string): never => {
      throw new InvalidFile(
        `${path}: expected a file of ${bytes} bytes, as ${MANIFEST_FILE} says, got ${got}; export the model again`,
      );
    };
    const found = await stat(path).catch(() => refuse('none'));
    if ((await fileWithin(folder, file)) === undefined) refuse('a link to another folder');
    if (!found.isFile() || found.size !== bytes) refuse(found.isFile() ? `${found.size}` : 'something else');
  }
  const more: string[] = [];
  for (const file of new Set([CARD_FILE, ...(manifest.package ?? [])]))
    if (isName(file) && (await isPlainFile(join(folder, file)))) more.push(file);
  return [MANIFEST_FILE, ...more, ...listed.map(({ file }) => file)];
};

/** Whether this is the name of a file directly in the folder, and not a hidden one. */
const isName = (file: string): boolean => !/[/\\:]|^\./.test(file);
