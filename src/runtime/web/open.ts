import { reasonOf } from '../../errors.ts';
import type { ExportedFile, Manifest } from '../../signature.ts';
import { asking } from '../asking.ts';
import { createModel } from '../create.ts';
import type { Definition } from '../definition.ts';
import type { Model, ModelOf } from '../model.ts';
import { checkOpenOptions, type OpenOptions, type WebGpu } from '../open-options.ts';
import { checkOptions } from '../options.ts';
import { outputs } from '../result.ts';
import type { SelfTest } from '../self-test.ts';
import { openSessions, type FileRunner } from '../sessions.ts';
import { addressed } from './address.ts';
import type { Addressed } from './hub.ts';
import { sourceOf, sourcesOf, type Locate } from './files.ts';
import { readManifest } from './manifest.ts';
import { page } from './page.ts';
import { thread } from './thread.ts';

/**
 * Opens an exported model in a page: `open<typeof model>('/models/digits/')`, the address of its folder (or `hf:owner/name`), types conditions and
 * results by the definition, which is not loaded. Downloads `model.json`, the files it needs, whose length and SHA-256 are
 * checked, and the WebAssembly of onnxruntime-web, which runs in a worker.
 *
 * Throws an `InvalidFile` that says what came back for an address without an export, or with a damaged one or one of a later
 * version; an `Unavailable` if the browser lacks a required feature.
 */
export const open = async <M extends Definition = Definition>(
  address: string | URL,
  options: OpenOptions = {},
): Promise<ModelOf<M>> => {
  const { folder, get } = await addressed(address);
  const manifest = await readManifest(folder, checkOpenOptions(options));
  const model = await openFiles(manifest, (file) => new URL(encodeURIComponent(file), folder), options, get);
  // The user asserts that the folder holds this definition: at run time there is nothing to check it against.
  return model as unknown as ModelOf<M>;
};

/** Opens the files of a manifest, each at the address that `locate` returns for its name, as `open` does. */
export const openFiles = async (
  manifest: Manifest,
  locate: Locate,
  options: OpenOptions = {},
  download?: Addressed['get'],
): Promise<Model> => {
  const { gpu: wanted, signal, worker = true, ...checked } = checkOpenOptions(options);
  const threads = page.crossOriginIsolated ? checked.threads : 1;
  const get = (how: OpenOptions) => sourcesOf(manifest, locate, how, download);
  const sources = await get(options);
  const on = async (gpu?: WebGpu, reason?: string): Promise<Model> => {
    const name = gpu ? 'webgpu' : 'wasm';
    const running = await thread({ ...options, threads, worker, gpu });
    try {
      signal?.throwIfAborted();
      const how = { executionProviders: [name], intraOpNumThreads: threads };
      // Without the signal, which is for opening.
      const later = (file: ExportedFile) => sourceOf(file, locate, checked, download);
      const { run, close } = await openSessions(running.ort, manifest, sources, how, later);
      const engine = { run, close: () => close().finally(running.stop) };
      const tests = () => import('../self-test.ts');
      // Not loaded or kept for a test that may never run: it downloads the files again.
      const prove = async (): Promise<SelfTest> => {
        const { examplesOf, runExamples } = await tests();
        return runExamples(engine, manifest, examplesOf(await get({})), name);
      };
      if (gpu) await (await tests()).proveOnGpu(engine, manifest, sources);
      const make = (...own: readonly [Manifest, FileRunner]) =>
        createModel(...own, { name, threads, ...(reason && { reason }) }, prove);
      const model = manifest.steps
        ? (await import('../steps.ts')).inSteps(manifest, engine, make)
        : make(manifest, engine);
      const { targets, mask } = manifest.target;
      const asked = targets || mask ? (await import('../several.ts')).severally(model, checkOptions, outputs) : model;
      return asking(asked, engine);
    } catch (error) {
      running.stop();
      throw error;
    }
  };
  const reason = threads < checked.threads ? 'threads need the headers COOP and COEP' : undefined;
  return on(wanted, reason).catch((error: unknown) => {
    signal?.throwIfAborted();
    if (!wanted) throw error;
    return on(undefined, `webgpu: ${reasonOf(error)}`);
  });
};
