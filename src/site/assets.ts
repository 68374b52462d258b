import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Unavailable } from '../errors.ts';
import { filesOf } from '../runtime/web/ort-files.ts';

/**
 * Where the files are that `open` looks for under `wasmPaths`: the worker, and the module and the WebAssembly of
 * onnxruntime-web as the project in the current folder has it; with `webgpu` also those that the GPU needs.
 *
 * @throws Unavailable where onnxruntime-web is not installed.
 */
export const assetPaths = (webgpu: boolean): readonly string[] => {
  const ort = ortFolder();
  const names = webgpu ? [...filesOf(false), ...filesOf(true)] : filesOf(false);
  return [
    fileURLToPath(new URL('../../dist/browser/worker.js', import.meta.url)),
    ...names.map((name) => join(ort, name)),
  ];
};

/** Where onnxruntime-web's files are: the project's own before the one beside this package. */
const ortFolder = (): string => {
  for (const from of [join(process.cwd(), 'package.json'), fileURLToPath(import.meta.url)])
    try {
      return dirname(createRequire(from).resolve('onnxruntime-web/wasm'));
    } catch {
      // The next place.
    }
  throw new Unavailable(
    'onnxruntime-web: expected the package next to cvae-compile, got none; run npm install onnxruntime-web',
  );
};
