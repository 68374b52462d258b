import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Unavailable } from '../errors.ts';
import { filesOf } from '../runtime/web/ort-names.ts';

/**
 * Returns the paths of the files that `open` looks for under `wasmPaths`: the worker, and the module and the WebAssembly of
 * onnxruntime-web from the project in the current folder; also those of the builds that a GPU needs.
 *
 * @throws Unavailable if onnxruntime-web is not installed.
 */
export const assetPaths = (builds: readonly ('webgpu' | 'jspi')[]): readonly string[] => {
  const ort = ortFolder();
  const names = ['wasm' as const, ...builds].flatMap(filesOf);
  return [
    fileURLToPath(new URL('../../dist/browser/worker.js', import.meta.url)),
    ...names.map((name) => join(ort, name)),
  ];
};

/** Returns the folder of onnxruntime-web's files: the project's own in preference to the one next to this package. */
const ortFolder = (): string => {
  for (const from of [join(process.cwd(), 'package.json'), fileURLToPath(import.meta.url)])
    try {
      return dirname(createRequire(from).resolve('onnxruntime-web/wasm'));
    } catch {
      // Try the next place.
    }
  throw new Unavailable(
    'onnxruntime-web: expected the package next to cvae-compile, got none; run npm install onnxruntime-web',
  );
};
