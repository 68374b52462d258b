import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { bundle } from '../test/browser/support/bundle.ts';

/** Something that a page gets, in bytes: as it is, and as servers send it. */
export interface Sent {
  readonly what: string;
  readonly raw: number;
  readonly gzip: number;
  readonly brotli: number;
}

/** What a page gets for a model in a folder: our code, onnxruntime-web's, and the model's files. */
export const wire = async (folder: string): Promise<readonly Sent[]> => {
  const ours = [...(await codeOf('src/runtime/web/open.ts')), ...(await codeOf('src/runtime/web/worker.ts'))];
  const ort = dirname(createRequire(import.meta.url).resolve('onnxruntime-web/wasm'));
  const models = (await readdir(folder)).filter((file) => /^(decoder|prior|baseline|model)\./.test(file)).sort();
  return [
    sent('cvae-compile/runtime, with its worker', ...ours),
    sent('onnxruntime-web, module', await readFile(join(ort, 'ort.wasm.bundle.min.mjs'))),
    sent('onnxruntime-web, WebAssembly', await readFile(join(ort, 'ort-wasm-simd-threaded.wasm'))),
    ...(await Promise.all(models.map(async (file) => sent(file, await readFile(join(folder, file)))))),
  ];
};

/** The files that a page loads for a part of the runtime before anything is asked of it. */
const codeOf = async (entry: string): Promise<readonly Uint8Array[]> => {
  const { files, begin } = await bundle(entry);
  return [...files].flatMap(([name, contents]) => (begin.has(name) ? [contents] : []));
};

const sent = (what: string, ...files: readonly Uint8Array[]): Sent => {
  const sum = (size: (bytes: Uint8Array) => number): number => files.reduce((total, bytes) => total + size(bytes), 0);
  return {
    what,
    raw: sum((bytes) => bytes.length),
    gzip: sum((bytes) => gzipSync(bytes, { level: 9 }).length),
    brotli: sum((bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }).length),
  };
};
