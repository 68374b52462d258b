import { InvalidFile } from '../../errors.ts';
import { MANIFEST_FILE, type Manifest } from '../../signature.ts';
import { download } from '../download.ts';
import { isObject, parseFormat } from '../format.ts';
import type { OpenOptions } from '../open-options.ts';
import { baseOf } from './page.ts';
import { folderOf } from './places.ts';

/** The manifest at the address of an exported folder; an `InvalidFile` where there is none that can be read. */
export const readManifest = async (folder: string | URL, options: OpenOptions = {}): Promise<Manifest> => {
  const url = new URL(MANIFEST_FILE, folderOf(folder, baseOf()));
  const what = 'the model.json of an exported model';
  const remedy = 'give the address of an exported folder';
  const bytes = await download(url, { what, remedy }, options);
  const whole = parseFormat(new TextDecoder().decode(bytes), url.href);
  if (!isObject(whole['files']))
    throw new InvalidFile(`${url}: expected ${what}, got one that lists no files; export the model again`);
  // What else is in it is as the compiler wrote it: Node's runtime and the command line check all of it, a page need not.
  return whole as unknown as Manifest;
};
