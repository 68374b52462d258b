import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { makeFolder } from '../files/folder.ts';
import { writeWhole } from '../files/whole.ts';
import { assetPaths } from '../site/assets.ts';

/**
 * Copies the files that a page needs to run models to a folder, which is created if it is missing.
 *
 * @throws Unavailable if onnxruntime-web is not installed.
 */
export async function copyAssets(
  out: string,
  webgpu: boolean,
): Promise<readonly { readonly path: string; readonly bytes: number }[]> {
  const sources = assetPaths(webgpu ? ['jspi', 'webgpu'] : []);
  await makeFolder(out);
  const copied = [];
  for (const source of sources) {
    const bytes = await readFile(source);
    const path = join(out, basename(source));
    await writeWhole(path, bytes);
    copied.push({ path, bytes: bytes.length });
  }
  return copied;
}
