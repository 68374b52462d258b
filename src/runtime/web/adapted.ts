import { Unavailable } from '../../errors.ts';
import { adaptFiles, withoutWeights } from '../adapt.ts';
import { checkOpenOptions, type OpenOptions } from '../open-options.ts';
import type { ShapedArray } from '../ort.ts';
import { addressed } from './address.ts';
import { downloadChecked } from './files.ts';
import { readManifest } from './manifest.ts';
import { page } from './page.ts';
import { thread } from './thread.ts';

/**
 * Returns the files of an export for training with other weights, such as a trainer's, by their names: ONNX files byte for byte
 * the same as in an export of these weights, except for the outputs of their examples, which onnxruntime computes here; and a
 * `model.json` that lists them. In a folder they can be opened, verified and self-tested like any export. Throws as `open` does.
 */
export const adapted = async (
  address: string | URL,
  weights: ReadonlyMap<string, ShapedArray>,
  options: Omit<OpenOptions, 'weights'> = {},
): Promise<ReadonlyMap<string, Uint8Array>> => {
  const checked = checkOpenOptions(withoutWeights(options));
  const { folder, get = downloadChecked } = await addressed(address);
  const manifest = await readManifest(folder, checked, true);
  const running = await thread({ ...checked, gpu: undefined, threads: 1, worker: checked.worker ?? true });
  try {
    return await adaptFiles(manifest, weights, {
      get: (file) => get(new URL(file.file, folder), file, checked),
      ort: running.ort,
      how: { executionProviders: ['wasm'], intraOpNumThreads: 1 },
      sha256,
    });
  } finally {
    running.stop();
  }
};

const sha256 = async (bytes: Uint8Array): Promise<string> => {
  const { subtle } = page.crypto;
  if (!subtle)
    throw new Unavailable(
      'page: expected one that can compute SHA-256, got one by plain HTTP; open it as localhost or by https',
    );
  const digest = await subtle.digest('SHA-256', new Uint8Array(bytes));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
};
