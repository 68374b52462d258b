import { InvalidFile } from '../errors.ts';
import { MANIFEST_FILE, type FileOnDisk, type Manifest, type Part } from '../signature.ts';
import { createModel } from './create.ts';
import type { Definition } from './definition.ts';
import { download } from './download.ts';
import { isObject, parseFormat } from './format.ts';
import type { Model, ModelOf } from './model.ts';
import { checkOpenOptions, type OpenOptions } from './open-options.ts';
import { examplesOf } from './self-test.ts';
import { openSessions, SERVED, type Source } from './sessions.ts';
import { readState } from './state.ts';
import { createTrainer, trainingOf, type Trainer, type TrainerOptions } from './train.ts';
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
export { putWeights } from './put-weights.ts';
export type { SelfTest } from './self-test.ts';
export type { Trainer, TrainerOptions } from './train.ts';

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
  const folder = folderOf(address, baseOf());
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

/**
 * Trains an exported model further in a page, on WASM, from the state that `cvae-compile export --training` wrote beside it.
 * Throws as `open` does, and an `InvalidFile` for an export that is not for training.
 */
export const trainer = async (address: string | URL, options: TrainerOptions & OpenOptions = {}): Promise<Trainer> => {
  const { seed, learningRate, ...how } = options;
  const checked = checkOpenOptions(how);
  const folder = folderOf(address, baseOf());
  const manifest = await readManifest(folder, checked);
  const training = trainingOf(manifest, new URL(MANIFEST_FILE, folder).href);
  const [step, state] = [new URL(training.step.file, folder), new URL(training.state.file, folder)];
  const bytes = await downloadChecked(step, training.step, checked);
  const begin = readState(await downloadChecked(state, training.state, checked), state.href);
  const threads = page.crossOriginIsolated ? checked.threads : 1;
  const running = await thread({ ...checked, threads, worker: checked.worker ?? true, gpu: false });
  try {
    const on = { executionProviders: ['wasm'], intraOpNumThreads: threads };
    const numbers = { ...(seed !== undefined && { seed }), ...(learningRate !== undefined && { learningRate }) };
    const made = await createTrainer(running.ort, manifest, training, { bytes, where: step.href }, begin, on, numbers);
    return { ...made, close: () => made.close().finally(running.stop) };
  } catch (error) {
    running.stop();
    throw error;
  }
};

/** The manifest at the address of an exported folder; an `InvalidFile` where there is none that can be read. */
export const readManifest = async (folder: string | URL, options: OpenOptions = {}): Promise<Manifest> => {
  const url = new URL(MANIFEST_FILE, folderOf(folder, baseOf()));
  const what = 'the model.json of an exported model';
  const bytes = await download(url, { what, remedy: 'check the address' }, options);
  const whole = parseFormat(new TextDecoder().decode(bytes), url.href);
  if (!isObject(whole['files']))
    throw new InvalidFile(`${url}: expected ${what}, got one that lists no files; export the model again`);
  // What else is in it is as the compiler wrote it: Node's runtime and the command line check all of it, a page need not.
  return whole as unknown as Manifest;
};

/** WebGPU where that is asked for and computes what it should; else WASM. */
const openOn = async (
  manifest: Manifest,
  sources: ReadonlyMap<Part, Source>,
  options: ReturnType<typeof checkOpenOptions>,
): Promise<Model> => {
  const { backend, signal, worker = true } = options;
  const threads = page.crossOriginIsolated ? options.threads : 1;
  const examples = examplesOf(sources);
  const on = async (name: 'wasm' | 'webgpu', reason?: string): Promise<Model> => {
    const gpu = name === 'webgpu';
    const running = await thread({ ...options, threads, worker, gpu });
    try {
      signal?.throwIfAborted();
      const how = { executionProviders: [name], intraOpNumThreads: threads };
      const { run, close } = await openSessions(running.ort, manifest, sources, how);
      const engine = { run, close: () => close().finally(running.stop) };
      const model = createModel(manifest, engine, { name, threads, ...(reason && { reason }) }, examples);
      if (!gpu || examples.size === 0) return model;
      const { passed, largest } = await model.selfTest();
      if (passed) return model;
      throw new Error(`its numbers are wrong by ${largest}`);
    } catch (error) {
      running.stop();
      throw error;
    }
  };
  const reason = threads < options.threads ? 'more threads need the headers COOP and COEP' : undefined;
  if (backend !== 'webgpu') return on('wasm', reason);
  return on('webgpu', reason).catch((error: unknown) => {
    signal?.throwIfAborted();
    return on('wasm', `webgpu: ${error instanceof Error ? error.message : String(error)}`);
  });
};

const downloadChecked = async (
  url: URL,
  { bytes: length, sha256 }: FileOnDisk,
  options: OpenOptions,
): Promise<Uint8Array> => {
  const what = `the file of ${length} bytes that ${MANIFEST_FILE} lists`;
  const remedy = 'export the model again, and put the whole folder there';
  const bytes = await download(url, { what, remedy }, options);
  const refuse = (got: string): never => {
    throw new InvalidFile(`${url}: expected ${what}, got ${got}; ${remedy}`);
  };
  if (bytes.length !== length) refuse(`${bytes.length}`);
  // Browsers have no SHA-256 for pages that come by plain HTTP.
  const digest = new Uint8Array((await page.crypto.subtle?.digest('SHA-256', bytes)) ?? []);
  if (digest.some((byte, i) => byte !== parseInt(sha256.slice(2 * i, 2 * i + 2), 16)))
    refuse('other ones, of another SHA-256');
  return bytes;
};
