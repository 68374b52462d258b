import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { FIGURE, PICTURE } from '../export/package/picture-files.ts';
import { KIND, type Listed, type Table } from '../formats/site.ts';
import { filesOf } from '../runtime/web/ort-names.ts';
import { SERVED } from '../runtime/sessions.ts';
import { MANIFEST_FILE, type Manifest } from '../signature.ts';
import { LIBRARY } from '../version.ts';
import { measured, measuredBytes } from './measured.ts';
import type { Site } from './source.ts';

/** Returns the text of a site's `site.json`. */
export const table = async (site: Site, { name }: Pick<Manifest, 'name'>): Promise<string> => {
  const about: Table = {
    kind: KIND,
    format: 1,
    library: `${LIBRARY.name} ${LIBRARY.version}`,
    model: name,
    files: await listed(site),
  };
  return `${JSON.stringify(about, null, 2)}\n`;
};

/**
 * Returns the text of a site's service worker: the program, with the list of files that the page needs, and a version that
 * changes when any of them does, by which a browser detects an update.
 */
export const serviceWorker = async (site: Site, manifest: Manifest): Promise<string> => {
  const files = (await listed(site)).filter(({ file }) => isNeeded(file, manifest, site.has(`model/${MODULE}`)));
  const version = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16);
  const contents = { version, files: files.map(({ file }) => (file === 'index.html' ? './' : addressOf(file))) };
  return `self.SITE = ${JSON.stringify(contents)};\n${await readFile(PROGRAM, 'utf8')}`;
};

/** Returns a name as an address: it may contain characters that are special there, such as `#`. */
const addressOf = (file: string): string => file.split('/').map(encodeURIComponent).join('/');

/** `service-worker.ts` as one script, as built by `npm run build`. */
const PROGRAM = fileURLToPath(new URL('../../dist/browser/sw.js', import.meta.url));

/**
 * Whether a page needs a file as soon as it is opened: files for the GPU, for training and for new models are requested later if at all, and the
 * licences never. A model that runs as WebAssembly needs neither its ONNX files nor onnxruntime-web.
 */
const isNeeded = (file: string, { files, examples }: Manifest, isModule: boolean): boolean => {
  if (isModule && file.startsWith('ort/')) return false;
  const run = (isModule ? [] : SERVED)
    .flatMap((part) => files[part] ?? [])
    .flatMap((one) => [one, ...(one.external ? [one.external] : [])]);
  const model = [
    MANIFEST_FILE,
    CARD_FILE,
    PICTURE,
    FIGURE,
    ...run.map((one) => one.file),
    ...(examples ? [examples.file] : []),
    ...(isModule ? [MODULE] : []),
  ];
  if (file.startsWith('model/')) return model.includes(file.slice('model/'.length));
  return (
    !file.startsWith('assets/make/') &&
    file !== 'LICENSES.txt' &&
    ![...filesOf('webgpu'), ...filesOf('jspi')].some((name) => file === `ort/${name}`)
  );
};

/** A model as WebAssembly, in its folder. */
export const MODULE = 'model.wasm';

/** The model card, if a folder has one. */
export const CARD_FILE = 'README.md';

const listed = async (site: Site): Promise<readonly Listed[]> => {
  const all = [];
  for (const [file, source] of [...site].sort(([a], [b]) => (a < b ? -1 : 1)))
    if (!('make' in source)) {
      const { bytes, sha256 } = 'path' in source ? await measured(source.path) : measuredBytes(source.bytes);
      all.push({ file, bytes, sha256 });
    }
  return all;
};
