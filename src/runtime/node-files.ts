import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { InvalidFile } from '../errors.ts';
import { MANIFEST_FILE, type FileOnDisk, type Manifest, type Part } from '../signature.ts';
import { createModel } from './create.ts';
import type { Model } from './model.ts';
import { checkOpenOptions, type OpenOptions } from './open-options.ts';
import { brief } from './options.ts';
import { loadAny } from './ort-node.ts';
import { putWeights } from './put-weights.ts';
import { examplesOf, runExamples } from './self-test.ts';
import { openSessions, SERVED, type Source } from './sessions.ts';

/** Opens the files of a manifest, each at the path that `locate` gives for its name, in onnxruntime-node or what replaces it. */
export const openFiles = async (
  manifest: Manifest,
  locate: (file: string) => string,
  options: OpenOptions,
): Promise<Model> => {
  const { backend, threads, signal, onProgress, weights } = checkOpenOptions(options);
  const get = (file: FileOnDisk) => readChecked(locate(file.file), file);
  const sources = new Map<Part, Source>();
  for (const part of SERVED) {
    const file = manifest.files[part];
    if (file === undefined) continue;
    signal?.throwIfAborted();
    const bytes = await get(file);
    sources.set(part, {
      where: locate(file.file),
      bytes: weights ? putWeights(bytes, file, weights) : bytes,
      ...(file.external && { external: await get(file.external) }),
    });
    onProgress?.({ file: file.file, loaded: file.bytes, total: file.bytes });
  }
  const { ort, provider, reason } = await loadAny(backend);
  signal?.throwIfAborted();
  const engine = await openSessions(ort, manifest, sources, {
    executionProviders: [provider],
    intraOpNumThreads: threads,
  });
  const about = { name: provider, threads: provider === 'cpu' ? threads : 1, ...(reason && { reason }) };
  const examples = examplesOf(sources);
  return createModel(manifest, engine, about, () => runExamples(engine, manifest, examples, provider));
};

/** A path as it is, or that of a file URL, such as `new URL('./exported/', import.meta.url)`. */
export const pathOf = (address: string | URL): string => {
  if (typeof address === 'string') return address;
  // What JavaScript lets one give; a URL may be another realm's.
  if (typeof address !== 'object' || address === null || typeof address.protocol !== 'string')
    throw new InvalidFile(`open: expected the path of a folder, or its URL, got ${brief(address)}; give one`);
  if (address.protocol === 'file:') return fileURLToPath(address);
  throw new InvalidFile(
    `${address}: expected a path or a file URL in Node, got ${address.protocol}; download the folder`,
  );
};

/** The bytes of a file, as many and the same as the manifest says; throws an `InvalidFile` otherwise. */
export const readChecked = async (where: string, { bytes: length, sha256 }: FileOnDisk): Promise<Uint8Array> => {
  const refuse = (expected: string, got: string): never => {
    throw new InvalidFile(
      `${where}: expected ${expected}, as ${MANIFEST_FILE} says, got ${got}; export the model again`,
    );
  };
  const bytes = await readFile(where).catch(() => refuse(`a file of ${length} bytes`, 'none that can be read'));
  if (bytes.length !== length) refuse(`a file of ${length} bytes`, `${bytes.length}`);
  const hash = createHash('sha256').update(bytes).digest('hex');
  if (hash !== sha256)
    refuse(`a file of SHA-256 ${sha256.slice(0, 12)}…`, `${hash.slice(0, 12)}…, another file or a changed one`);
  return bytes;
};
