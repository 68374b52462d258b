import { Unavailable } from '../errors.ts';
import { unreached, type Device } from '../onnxruntime.ts';
import type { ExportedFile, Manifest, Part } from '../signature.ts';
import { asking } from './asking.ts';
import { createModel } from './create.ts';
import type { Model } from './model.ts';
import { checkOpenOptions, type Backend, type OpenOptions } from './open-options.ts';
import { checkOptions, expect } from './options.ts';
import { gpuReason, loadAny, loadGpu, type Loaded } from './ort-node.ts';
import type { ModelLocation } from './model-location.ts';
import { withWeights } from './put-weights.ts';
import { outputs } from './result.ts';
import { examplesOf, proveOnGpu, runExamples, type SelfTest } from './self-test.ts';
import { severally } from './several.ts';
import { openSessions, SERVED, type Source, type FileRunner } from './sessions.ts';
import { inSteps } from './steps.ts';

/** Opens the files of a manifest, which are at a place, in onnxruntime-node or its replacement. */
export const openFiles = async (
  manifest: Manifest,
  { at, get }: Pick<ModelLocation, 'at' | 'get'>,
  options: OpenOptions,
): Promise<Model> => {
  const { backend, threads, signal, ...reading } = checkNodeOptions(options);
  const { sources, sourceOf } = await readSources(manifest, { at, get }, { ...reading, ...(signal && { signal }) });
  const on = async ({ ort, provider, reason }: Loaded): Promise<Model> => {
    signal?.throwIfAborted();
    const how = { executionProviders: [provider], intraOpNumThreads: threads };
    const engine = await openSessions(ort, manifest, sources, how, sourceOf);
    const about = { name: provider, threads: provider === 'wasm' ? 1 : threads, ...(reason && { reason }) };
    const examples = examplesOf(sources);
    const prove = () => runExamples(engine, manifest, examples, provider);
    if (provider === 'webgpu') await proven(engine, manifest, sources);
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

/** Returns what an error was first thrown as: that of a file names the file, which is not to blame for a GPU that is not there. */
const firstCause = (error: unknown): unknown =>
  Object(error).cause === undefined ? error : firstCause(Object(error).cause);

/** Returns an engine on a GPU once its files have given what their examples say; otherwise closes it. @throws what is wrong */
const proven = async (
  engine: FileRunner,
  manifest: Manifest,
  sources: ReadonlyMap<Part, Source>,
): Promise<FileRunner> =>
  proveOnGpu(engine, manifest, sources).then(
    () => engine,
    async (error: unknown) => {
      await engine.close();
      throw error;
    },
  );

/** Reads the files that are always needed; `sourceOf` reads any other later. */
const readSources = async (
  { files }: Manifest,
  { at, get }: Pick<ModelLocation, 'at' | 'get'>,
  { weights, signal, onProgress }: Pick<OpenOptions, 'weights' | 'signal' | 'onProgress'>,
) => {
  const sourceOf = async (file: ExportedFile): Promise<Source> => ({
    where: at(file.file),
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
 * Loads the files of a manifest, for those who run them directly, on the CPU or on a GPU, where they are first run on the examples that
 * they carry; a file that `open` does not need is loaded when it first runs. @throws Unavailable for a GPU that cannot be used
 */
export const openRunner = async (
  manifest: Manifest,
  place: Pick<ModelLocation, 'at' | 'get'>,
  device: Device = 'cpu',
): Promise<{ readonly runner: FileRunner; readonly backend: Backend }> => {
  const { sources, sourceOf } = await readSources(manifest, place, {});
  const start = async ({ ort, provider }: Loaded): Promise<FileRunner> =>
    openSessions(ort, manifest, sources, { executionProviders: [provider], intraOpNumThreads: 1 }, sourceOf);
  if (device !== 'cpu')
    try {
      const runner = await proven(await start(await loadGpu(device)), manifest, sources);
      return { runner, backend: { name: device, threads: 1 } };
    } catch (error) {
      const remedy = 'leave --device out to run on the processor';
      throw new Unavailable(unreached(manifest.name, device, gpuReason(firstCause(error)), remedy), { cause: error });
    }
  const loaded = await loadAny('auto');
  const { provider, reason } = loaded;
  const runner = await start(loaded);
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

/**
 * Checks all options of `open`: in a page, a value of the wrong kind fails only when it is used. @throws InvalidData for invalid
 * ones.
 */
export const checkNodeOptions = (options: OpenOptions): ReturnType<typeof checkOpenOptions> => {
  const checked = checkOpenOptions(options);
  const { signal, onProgress, wasmPaths, worker, weights, keep } = checked;
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
  expect(keep === undefined || typeof keep === 'boolean', 'keep', 'true or false', keep);
  return checked;
};
