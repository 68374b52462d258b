import { MANIFEST_FILE } from '../../formats/names.ts';
import { FORMAT } from '../../formats/version.ts';
import type { Manifest } from '../../signature.ts';
import { download } from '../download.ts';
import type { OpenOptions } from '../open-options.ts';
import { baseOf } from './page.ts';
import { folderOf } from './ort-files.ts';

/**
 * The manifest at the address of an exported folder; an `InvalidFile` where there is none that can be read. `inFull` looks at all
 * of it, as Node's runtime and the command line do: at what of it trains, and at how other weights take their places, too.
 */
export const readManifest = async (
  folder: string | URL,
  options: OpenOptions = {},
  inFull: unknown = options.weights,
): Promise<Manifest> => {
  const url = new URL(MANIFEST_FILE, folderOf(folder, baseOf()));
  const wanted = { what: 'the model.json of an exported model', remedy: 'give the address of an exported folder' };
  const text = new TextDecoder().decode(await download(url, wanted, options));
  // What a page need not load for a manifest that looks right: its schema, and sentences about what is wrong.
  return (
    (inFull ? undefined : sound(text)) ?? (await import('../../formats/manifest.ts')).parseManifest(text, url.href)
  );
};

/** The manifest in a text that has what a page uses of one; nothing for another, or for one that it cannot judge. */
const sound = (text: string): Manifest | undefined => {
  try {
    const manifest: Manifest = JSON.parse(text);
    const { format, conditions, target, latent, files } = manifest;
    const shapes = [[latent]];
    for (const { shape, dataShape } of [...Object.values(conditions), target]) shapes.push([...shape], [...dataShape]);
    for (const { inputs, outputs, unused, bytes, sha256, external } of Object.values(files)) {
      shapes.push(...Object.values({ ...inputs, ...outputs }).map((shape) => [...shape]), [bytes, unused.length]);
      if (sha256.length !== 64 || external) return undefined;
    }
    return format === FORMAT && shapes.flat().every((size) => size >= 0) ? manifest : undefined;
  } catch {
    return undefined;
  }
};
