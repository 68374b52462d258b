/**
 * Exported models, opened in Node or in a page: samples, means, the latent; further training where the model runs.
 *
 * @module cvae-compile/runtime
 */
import type { Manifest } from '../signature.ts';
import { MANIFEST_FILE } from '../formats/names.ts';
import { adaptFiles, withoutWeights } from './adapt.ts';
import type { Definition } from './definition.ts';
import type { ModelOf } from './model.ts';
import { checkNodeOptions, openFiles } from './node-files.ts';
import type { OpenOptions } from './open-options.ts';
import type { ShapedArray } from './ort.ts';
import { loadAny } from './ort-node.ts';
import { hashOf } from './model-location.ts';
import { locateModel } from './locate-model.ts';
import { readState } from './state.ts';
import { checkTrainerOptions, createTrainer, trainingOf, type Trainer, type TrainerOptions } from './train.ts';

export type {
  Asking,
  AskOptions,
  LikelihoodOptions,
  LogLikelihood,
  NeighbourOptions,
  Neighbours,
  Posterior,
  ReconstructOptions,
  StreamOptions,
} from './questions.ts';
export type { ConditionValue, ConditionsOf, Definition, ExampleOf, KnownValue } from './definition.ts';
export { latestWins } from './latest-wins.ts';
export { readLabel } from './label.ts';
export { readMetadata } from './metadata.ts';
export type { Core, Latents, Model, ModelOf, PredictorModel, Prior } from './model.ts';
export type { SampleOptions } from './options.ts';
export type { Backend, LoadProgress, OpenOptions, WebGpu } from './open-options.ts';
export type { ShapedArray } from './ort.ts';
export { toRgba, type Picture } from './picture.ts';
export type { Outputs, OutputsOf, SampleOrigin, Samples, SamplesOf } from './result.ts';
export { putWeights } from './put-weights.ts';
export type { SelfTest } from './self-test.ts';
export type { Trainer, TrainerOptions } from './train.ts';

/**
 * Opens an exported model: `open<typeof model>('out')` types conditions and results by the definition, which is not loaded. The folder may
 * be a path, a file: URL, an address with https: or http:, or a repository of the Hugging Face hub, `hf:owner/name` or
 * `hf:owner/name@revision`; what is downloaded is kept. Reads `model.json`, checks the length and the SHA-256 of the files it needs, and
 * loads them into onnxruntime-node, or, if that has no binary, into onnxruntime-web. On WebGPU, files are first run on the examples that
 * they carry.
 *
 * Throws an `InvalidFile` for a folder that is missing, not an export, damaged, or of a later version; an `Unavailable` if no
 * onnxruntime is installed.
 *
 * @example
 * ```ts
 * import { open } from 'cvae-compile/runtime';
 * import type digits from './model.ts';
 *
 * const model = await open<typeof digits>('exported');
 * const samples = await model.sample({ digit: 7 }, { count: 16, seed: 1 });
 * console.log(samples.shape); // [16, 784]
 * await model.close();
 * ```
 */
export const open = async <M extends Definition = Definition>(
  address: string | URL,
  options: OpenOptions = {},
): Promise<ModelOf<M>> => {
  checkNodeOptions(options);
  const place = await locateModel(address, options);
  const model = await openFiles(await place.manifest(), place, options);
  // The user asserts that the folder holds this definition: at run time there is nothing to check it against.
  return model as unknown as ModelOf<M>;
};

/**
 * Continues training an exported model, from the state that `cvae-compile export --training` wrote next to it: without
 * TensorFlow, and without the definition. Throws as `open` does, and an `InvalidFile` for an export that is not for training.
 *
 * @example
 * ```ts
 * import { trainer } from 'cvae-compile/runtime';
 *
 * const learner = await trainer('trainable'); // a folder of export --training
 * const { loss } = await learner.step({ digit: [7], y: [new Float32Array(784).fill(0.5)] });
 * console.log(loss !== undefined && loss > 0, learner.weights !== undefined); // true true
 * await learner.close();
 * ```
 */
export const trainer = async (address: string | URL, options: TrainerOptions & OpenOptions = {}): Promise<Trainer> => {
  const { own, how } = checkTrainerOptions(options);
  const { backend, threads } = checkNodeOptions(how);
  const { at, get, ...place } = await locateModel(address, how);
  const manifest = await place.manifest();
  const training = trainingOf(manifest, at(MANIFEST_FILE));
  const step = { bytes: await get(training.step), where: at(training.step.file) };
  const state = readState(await get(training.state), at(training.state.file));
  // Node trains on the CPU.
  const { ort, provider } = await loadAny(backend === 'wasm' ? 'wasm' : 'auto');
  const on = { executionProviders: [provider], intraOpNumThreads: threads };
  const made = await createTrainer(ort, manifest, training, step, state, on, own);
  const reason = backend === 'webgpu' ? 'webgpu: training in Node is on the CPU' : undefined;
  return { ...made, backend: { name: provider, threads, ...(reason !== undefined && { reason }) } };
};

/**
 * Returns the files of an export for training with other weights, such as a trainer's, by their names: ONNX files byte for byte
 * the same as in an export of these weights, except for the outputs of their examples, which onnxruntime computes here; and a
 * `model.json` that lists them. Written to a folder they can be opened, verified and self-tested like any export. Throws as
 * `open` does.
 */
export const adapted = async (
  address: string | URL,
  weights: ReadonlyMap<string, ShapedArray>,
  options: Omit<OpenOptions, 'weights'> = {},
): Promise<ReadonlyMap<string, Uint8Array>> => {
  const { backend, threads } = checkNodeOptions(withoutWeights(options));
  const place = await locateModel(address, options);
  const manifest = await place.manifest();
  const { ort, provider } = await loadAny(backend === 'wasm' ? 'wasm' : 'auto');
  return adaptFiles(manifest, weights, {
    get: place.get,
    ort,
    how: { executionProviders: [provider], intraOpNumThreads: threads },
    sha256: async (bytes) => hashOf(bytes),
  });
};

/** Reads the manifest at the path or the address of an exported folder; throws an `InvalidFile` if there is none that can be read. */
export const readManifest = async (address: string | URL): Promise<Manifest> => (await locateModel(address)).manifest();
