import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { InvalidFile, reasonOf } from '../errors.ts';
import type { ExportedFile, FileOnDisk, Manifest, Part } from '../signature.ts';
import { MANIFEST_FILE } from '../formats/names.ts';
import { brief } from '../values/brief.ts';
import { asking } from './asking.ts';
import { createModel } from './create.ts';
import type { Model } from './model.ts';
import { checkOpenOptions, type Backend, type OpenOptions } from './open-options.ts';
import { checkOptions, expect } from './options.ts';
import { loadAny, loadGpu, type Loaded } from './ort-node.ts';
import { withWeights } from './put-weights.ts';
import { outputs } from './result.ts';
import { examplesOf, runExamples, type SelfTest } from './self-test.ts';
import { severally } from './several.ts';
import { openSessions, SERVED, type Source, type FileRunner } from './sessions.ts';
import { inSteps } from './steps.ts';

/** Opens the files of a manifest, each at the path that `locate` returns for its name, in onnxruntime-node or its replacement. */
export const openFiles = async (
  manifest: Manifest,
  locate: (file: string) => string,
  options: OpenOptions,
): Promise<Model> => {
  const { backend, threads, signal, ...reading } = checkNodeOptions(options);
  const { sources, sourceOf } = await readSources(manifest, locate, { ...reading, ...(signal && { signal }) });
  const on = async ({ ort, provider, reason }: Loaded): Promise<Model> => {
    signal?.throwIfAborted();
    const how = { executionProviders: [provider], intraOpNumThreads: threads };
    const engine = await openSessions(ort, manifest, sources, how, sourceOf);
    const about = { name: provider, threads: provider === 'wasm' ? 1 : threads, ...(reason && { reason }) };
    const examples = examplesOf(sources);
    const prove = () => runExamples(engine, manifest, examples, provider);
    const test = provider === 'webgpu' && examples.size > 0 ? await prove() : undefined;
    if (test?.passed === false) {
      await engine.close();
      throw new Error(`its numbers are wrong by ${test.largest}`);
    }
    return modelOn(manifest, engine, about, prove);
  };
  if (backend !== 'webgpu') return on(await loadAny(backend));
  return loadGpu()
    .then(on)
    .catch(async (error: unknown) => {
      signal?.throwIfAborted();
      return on({ ...(await loadAny('auto')), reason: `webgpu: ${gpuReason(error)}` });
    });
};

/** Reads the files that are always needed; `sourceOf` reads any other later. */
const readSources = async (
  { files }: Manifest,
  locate: (file: string) => string,
  { weights, signal, onProgress }: Pick<OpenOptions, 'weights' | 'signal' | 'onProgress'>,
) => {
  const get = (file: FileOnDisk) => readChecked(locate(file.file), file);
  const sourceOf = async (file: ExportedFile): Promise<Source> => ({
    where: locate(file.file),
    ...(weights
      ? await withWeights(file, get, weights)
      : { bytes: await get(file), ...(file.external && { external: await get(file.external) }) }),
  });
  const sources = new Map<Part, Source>();
  for (const part of SERVED) {
    const file = files[part];
    if (file === undefined) continue;
    signal?.throwIfAborted();
    sources.set(part, await sourceOf(file));
    onProgress?.({ file: file.file, loaded: file.bytes, total: file.bytes });
  }
  return { sources, sourceOf };
};

/**
 * Loads the files of a manifest on the CPU, for those who run them directly; a file that `open` does not need is loaded when it first
 * runs.
 */
export const openRunner = async (
  manifest: Manifest,
  locate: (file: string) => string,
): Promise<{ readonly runner: FileRunner; readonly backend: Backend }> => {
  const { sources, sourceOf } = await readSources(manifest, locate, {});
  const { ort, provider, reason } = await loadAny('auto');
  const how = { executionProviders: [provider], intraOpNumThreads: 1 };
  const runner = await openSessions(ort, manifest, sources, how, sourceOf);
  return { runner, backend: { name: provider, threads: 1, ...(reason && { reason }) } };
};

/** Returns the model of a manifest on a runner of its files, whatever its target is; `prove` runs their examples. */
export const modelOn = (
  manifest: Manifest,
  engine: FileRunner,
  about: Backend,
  prove: () => Promise<SelfTest>,
): Model => {
  const make = (...own: readonly [Manifest, FileRunner]) => createModel(...own, about, prove);
  return asking(severally(inSteps(manifest, engine, make), checkOptions, outputs), engine);
};

/** Explains why a GPU cannot be used: onnxruntime's own message if there is none names a line of its source. */
const gpuReason = (error: unknown): string => {
  const reason = reasonOf(error);
  return /Failed to get a WebGPU adapter/.test(reason)
    ? "expected a graphics adapter, got none; install the GPU's driver (on Linux also Vulkan's loader, libvulkan1)"
    : reason;
};

/**
 * Checks all options of `open`: in a page, a value of the wrong kind fails only when it is used. @throws InvalidData for invalid
 * ones.
 */
export const checkNodeOptions = (options: OpenOptions): ReturnType<typeof checkOpenOptions> => {
  const checked = checkOpenOptions(options);
  const { signal, onProgress, wasmPaths, worker, weights } = checked;
  const is = (name: string, kind: string, value: unknown, ...methods: readonly string[]): void =>
    expect(
      value === undefined || methods.every((method) => typeof Object(value)[method] === 'function'),
      name,
      kind,
      value,
    );
  is('signal', 'an AbortSignal', signal, 'throwIfAborted', 'addEventListener');
  is('onProgress', 'a function', onProgress, 'call');
  is('weights', 'a Map of arrays by the names of parameters', weights, 'get', 'keys');
  const isPlace =
    wasmPaths === undefined || typeof wasmPaths === 'string' || typeof Object(wasmPaths).href === 'string';
  expect(isPlace, 'wasmPaths', 'an address', wasmPaths);
  expect(worker === undefined || typeof worker === 'boolean', 'worker', 'true or false', worker);
  return checked;
};

/** Returns a path unchanged, or the path of a file URL, such as `new URL('./exported/', import.meta.url)`. */
export const pathOf = (address: string | URL): string => {
  if (typeof address === 'string') return address;
  // JavaScript allows any value; a URL may come from another realm.
  if (typeof address !== 'object' || address === null || typeof address.protocol !== 'string')
    throw new InvalidFile(`open: expected the path of a folder, or its URL, got ${brief(address)}; give one`);
  if (address.protocol === 'file:') return fileURLToPath(address);
  throw new InvalidFile(
    `${address}: expected a path or a file URL in Node, got ${address.protocol}; download the folder`,
  );
};

/** Reads the bytes of a file, with the length and hash in the manifest; throws an `InvalidFile` otherwise. */
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
