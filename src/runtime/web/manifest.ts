import { MANIFEST_FILE } from '../../formats/names.ts';
import { FORMAT } from '../../formats/version.ts';
import type { Manifest } from '../../signature.ts';
import { download } from '../download.ts';
import type { OpenOptions } from '../open-options.ts';
import { addressed } from './address.ts';

/**
 * Reads the manifest at the address of an exported folder; throws an `InvalidFile` if there is none that can be read. `inFull`
 * checks all of it, as Node's runtime and the command line do, including what is used for training and for exchanging weights.
 */
export const readManifest = async (
  folder: string | URL,
  options: OpenOptions = {},
  inFull: unknown = options.weights,
): Promise<Manifest> => {
  const url = new URL(MANIFEST_FILE, (await addressed(folder)).folder);
  const wanted = { what: 'the model.json of an exported model', remedy: 'give the address of an exported folder' };
  const text = new TextDecoder().decode(await download(url, wanted, options));
  // A page need not load the schema and the error messages for a manifest that looks right.
  return (
    (inFull ? undefined : sound(text)) ?? (await import('../../formats/manifest.ts')).parseManifest(text, url.href)
  );
};

/** Returns the manifest in a text if it has what a page uses; undefined for any other, or one that it cannot judge. */
const sound = (text: string): Manifest | undefined => {
  try {
    const manifest: Manifest = JSON.parse(text);
    const { format, conditions, target, latent, files } = manifest;
    const shapes = [[latent]];
    for (const { shape, dataShape } of [...Object.values(conditions), target]) shapes.push([...shape], [...dataShape]);
    for (const { inputs, outputs, unused, bytes, sha256, external } of Object.values(files)) {
      shapes.push(...Object.values({ ...inputs, ...outputs }).map((shape) => [...shape]), [bytes, unused.length]);
      if (sha256.length !== 64 || external || target.targets) return undefined;
    }
    return format === FORMAT && shapes.flat().every((size) => size >= 0) ? manifest : undefined;
  } catch {
    return undefined;
  }
};
