import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Unavailable } from '../errors.ts';
import { filesOf } from '../runtime/web/places.ts';
import { writeWhole } from '../weights/file.ts';

/**
 * Copies to a folder, which is made where it is missing, what `open` looks for under `wasmPaths`: the worker, and the module
 * and the WebAssembly of onnxruntime-web as the project in the current folder has it.
 *
 * @throws Unavailable where onnxruntime-web is not installed.
 */
export async function copyAssets(
  out: string,
  webgpu: boolean,
): Promise<readonly { readonly path: string; readonly bytes: number }[]> {
  const ort = ortFolder();
  const names = webgpu ? [...filesOf(false), ...filesOf(true)] : filesOf(false);
  const sources = [
    fileURLToPath(new URL('../../dist/browser/worker.js', import.meta.url)),
    ...names.map((name) => join(ort, name)),
  ];
  await mkdir(out, { recursive: true });
  const copied = [];
  for (const source of sources) {
    const bytes = await readFile(source);
    const path = join(out, source.slice(dirname(source).length + 1));
    await writeWhole(path, bytes);
    copied.push({ path, bytes: bytes.length });
  }
  return copied;
}

/** Where onnxruntime-web's files are: the project's own before the one beside this package. */
const ortFolder = (): string => {
  for (const from of [join(process.cwd(), 'package.json'), fileURLToPath(import.meta.url)])
    try {
      return dirname(createRequire(from).resolve('onnxruntime-web/wasm'));
    } catch {
      // The next place.
    }
  throw new Unavailable('onnxruntime-web: expected to be installed, got none; npm install onnxruntime-web');
};
