import { putWeights } from 'cvae-compile/runtime';
import type { FileOnDisk, Manifest, WeightsFile } from '../../../src/signature.ts';
import type { Weights } from '../page/training.ts';

/**
 * The exported folder with other weights, as a ZIP: its ONNX files byte for byte as an export of these weights has them, but
 * without the examples, which were of the weights before; and a `model.json` with their hashes. What trains it further stays behind.
 */
export const adaptedFolder = async (folder: URL, manifest: Manifest, weights: Weights): Promise<Blob> => {
  const entries = new Map<string, Uint8Array>();
  const files: Record<string, FileOnDisk> = {};
  const put = async (file: WeightsFile): Promise<FileOnDisk> => {
    const bytes = putWeights(await bytesOf(new URL(file.file, folder)), file, weights);
    entries.set(file.file, bytes);
    return { file: file.file, bytes: bytes.length, sha256: await sha256(bytes) };
  };
  for (const [part, file] of Object.entries(manifest.files)) {
    const { initializers: _, parameters: __, external, ...rest } = file;
    files[part] = { ...rest, ...(await put(file)), ...(external && { external: await put(external) }) };
  }
  const { training: _, examples: __, package: ___, ...rest } = manifest;
  entries.set('model.json', new TextEncoder().encode(`${JSON.stringify({ ...rest, files }, null, 2)}\n`));
  const { zipSync } = await import('fflate');
  // Weights do not get smaller.
  const zipped = zipSync(Object.fromEntries(entries), { level: 0 });
  return new Blob([new Uint8Array(zipped)], { type: 'application/zip' });
};

const bytesOf = async (url: URL): Promise<Uint8Array> => {
  const response = await fetch(url);
  if (!response.ok)
    throw new Error(`${url}: expected a file of the model, got ${response.status}; load the page again`);
  return new Uint8Array(await response.arrayBuffer());
};

const sha256 = async (bytes: Uint8Array): Promise<string> => {
  if (crypto.subtle === undefined)
    throw new Error(
      'page: expected one that can compute SHA-256, got one by plain HTTP; open it as localhost or by https',
    );
  const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(bytes));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
};
