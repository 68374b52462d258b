import { InvalidFile } from '../errors.ts';
import { MANIFEST_FILE, type FileOnDisk, type Manifest, type Part } from '../signature.ts';
import { createModel } from './create.ts';
import type { Definition } from './definition.ts';
import { download } from './download.ts';
import { parseManifest } from './manifest.ts';
import type { Model, ModelOf } from './model.ts';
import { checkOpenOptions, type Backend, type OpenOptions } from './open-options.ts';
import { examplesOf } from './self-test.ts';
import { openSessions, SERVED, type Source } from './sessions.ts';
import { baseOf, page } from './web/page.ts';
import { folderOf } from './web/places.ts';
import { thread } from './web/thread.ts';

export type { ConditionsOf, Definition, Given } from './definition.ts';
export { latest } from './latest.ts';
export { readLabel, readMetadata } from './metadata.ts';
export type { Latents, Model, ModelOf, PredictorModel, Prior, SampleOptions } from './model.ts';
export type { Backend, OpenOptions, Progress } from './open-options.ts';
export type { Numbers } from './ort.ts';
export { toRgba, type Picture } from './picture.ts';
export type { Outputs, Samples } from './result.ts';
export type { SelfTest } from './self-test.ts';

/**
 * Opens an exported model in a page: `open<typeof model>('/models/digits/')`, the address of its folder, types conditions and
 * results by the definition, which is not loaded. Gets `model.json`, the files it needs, whose length and SHA-256 are
 * checked, and the WebAssembly of onnxruntime-web, which runs in a worker.
 *
 * Throws an `InvalidFile` that says what came back for an address that holds no export, a damaged one, or one of a later
 * version; an `Unavailable` where the browser lacks what is needed.
 */
export const open = async <M extends Definition = Definition>(
  address: string | URL,
  options: OpenOptions = {},
): Promise<ModelOf<M>> => {
  const checked = checkOpenOptions(options);
  const folder = folderOf(String(address).replace(/model\.json$/, ''), baseOf());
  const manifest = await readManifest(folder, checked);
  const sources = new Map<Part, Source>();
  for (const part of SERVED) {
    const file = manifest.files[part];
    if (file === undefined) continue;
    const url = new URL(file.file, folder);
    sources.set(part, {
      where: url.href,
      bytes: await downloadChecked(url, file, checked),
      ...(file.external && {
        external: await downloadChecked(new URL(file.external.file, folder), file.external, checked),
      }),
    });
  }
  const model = await openOn(manifest, sources, checked);
  // The definition is the user's word for what the folder holds: there is nothing at run time to check it against.
  return model as Model<M> as ModelOf<M>;
};

/** The manifest at the address of an exported folder; an `InvalidFile` where there is none that can be read. */
export const readManifest = async (folder: string | URL, options: OpenOptions = {}): Promise<Manifest> => {
  const url = new URL(MANIFEST_FILE, folderOf(folder, baseOf()));
  const what = 'the model.json of an exported model';
  const bytes = await download(url, { what, remedy: 'check the address' }, options);
  return parseManifest(new TextDecoder().decode(bytes), url.href);
};

/** WebGPU where that is asked for and computes what it should; else WASM. */
const openOn = async (
  manifest: Manifest,
  sources: ReadonlyMap<Part, Source>,
  options: ReturnType<typeof checkOpenOptions>,
): Promise<Model> => {
  const { backend, threads: wanted, signal, worker = true } = options;
  const isolated = page.crossOriginIsolated === true;
  const threads = isolated ? wanted : 1;
  const alone = wanted > threads ? 'a page without COOP and COEP headers has one thread' : undefined;

  const on = async (name: 'wasm' | 'webgpu', reason: string | undefined): Promise<Model> => {
    const running = await thread({ ...options, threads, worker, gpu: name === 'webgpu' });
    try {
      signal?.throwIfAborted();
      const engine = await openSessions(running.ort, manifest, sources, {
        executionProviders: [name],
        intraOpNumThreads: threads,
      });
      const close = async (): Promise<void> => engine.close().finally(running.stop);
      const about: Backend = { name, threads, ...(reason && { reason }) };
      return createModel(manifest, { run: engine.run, close: once(close) }, about, examplesOf(sources));
    } catch (error) {
      running.stop();
      throw error;
    }
  };
  const checkedOnGpu = async (): Promise<Model> => {
    const model = await on('webgpu', alone);
    if (examplesOf(sources).size === 0) return model;
    const test = await model.selfTest().catch(async (error: unknown) => {
      await model.close().catch(() => undefined);
      throw error;
    });
    if (test.passed) return model;
    await model.close();
    throw new Error(`its numbers differ by ${test.largest.toExponential(1)} from those expected`);
  };
  if (backend !== 'webgpu') return on('wasm', alone);
  try {
    return await checkedOnGpu();
  } catch (error) {
    signal?.throwIfAborted();
    const [reason] = String(error instanceof Error ? error.message : error).split('\n');
    return on('wasm', `webgpu: ${reason}`);
  }
};

/** A function that does what it does once. */
const once = (close: () => Promise<void>): (() => Promise<void>) => {
  let closed: Promise<void> | undefined;
  return () => (closed ??= close());
};

const downloadChecked = async (
  url: URL,
  { bytes: length, sha256 }: FileOnDisk,
  options: OpenOptions,
): Promise<Uint8Array> => {
  const remedy = 'export the model again, and put the whole folder there';
  const bytes = await download(url, { what: `a file of ${length} bytes, as ${MANIFEST_FILE} says`, remedy }, options);
  if (bytes.length !== length)
    throw new InvalidFile(
      `${url}: expected a file of ${length} bytes, as ${MANIFEST_FILE} says, got ${bytes.length}; ${remedy}`,
    );
  // Browsers have no SHA-256 for pages that come by plain HTTP.
  const { subtle } = page.crypto;
  if (subtle === undefined) return bytes;
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  const hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (hash !== sha256)
    throw new InvalidFile(
      `${url}: expected a file of SHA-256 ${sha256.slice(0, 12)}…, as ${MANIFEST_FILE} says, got ${hash.slice(0, 12)}…, ` +
        `another file or a changed one; ${remedy}`,
    );
  return bytes;
};
