import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { makeFolder } from '../files/folder.ts';
import { writeWhole } from '../files/whole.ts';
import { assetPaths } from '../site/assets.ts';

/**
 * Copies to a folder, which is made where it is missing, what a page needs to run models.
 *
 * @throws Unavailable where onnxruntime-web is not installed.
 */
export async function copyAssets(
  out: string,
  webgpu: boolean,
): Promise<readonly { readonly path: string; readonly bytes: number }[]> {
  const sources = assetPaths(webgpu);
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
