import type { FileOnDisk } from '../../signature.ts';
import { MANIFEST_FILE } from '../../formats/names.ts';
import { closable } from '../calls.ts';
import { reasonOf } from '../../errors.ts';
import type { OpenOptions, WebGpu } from '../open-options.ts';
import { readState } from '../state.ts';
import { checkTrainerOptions, createTrainer, trainingOf, type Trainer, type TrainerOptions } from '../train.ts';
import { addressed } from './address.ts';
import { downloadChecked } from './files.ts';
import { readManifest } from './manifest.ts';
import { page } from './page.ts';
import { thread } from './thread.ts';

/**
 * Continues training an exported model in a page, from the state that `cvae-compile export --training` wrote next to it: on WASM, or, with
 * `backend`, on WebGPU; if that does not start it falls back to WASM, and `backend` of the trainer says why. The state stays in the worker.
 * Throws as `open` does, and an `InvalidFile` for an export that is not for training.
 */
export const trainer = async (address: string | URL, options: TrainerOptions & OpenOptions = {}): Promise<Trainer> => {
  const { own, how: checked } = checkTrainerOptions(options);
  const { gpu: wanted } = checked;
  const { folder, get = downloadChecked } = await addressed(address);
  const manifest = await readManifest(folder, checked, true);
  const training = trainingOf(manifest, new URL(MANIFEST_FILE, folder).href);
  const locate = ({ file }: FileOnDisk): URL => new URL(encodeURIComponent(file), folder);
  const [step, state] = [locate(training.step), locate(training.state)];
  const bytes = await get(step, training.step, checked);
  const begin = readState(await get(state, training.state, checked), state.href);
  const threads = page.crossOriginIsolated ? checked.threads : 1;
  const start = async (gpu?: WebGpu, reason?: string): Promise<Trainer> => {
    const running = await thread({ ...checked, gpu, threads, worker: checked.worker ?? true });
    try {
      const name = gpu ? 'webgpu' : 'wasm';
      const on = { executionProviders: [name], intraOpNumThreads: threads };
      const made = await createTrainer(running.ort, manifest, training, { bytes, where: step.href }, begin, on, own);
      const backend = { name, threads, ...(reason !== undefined && { reason }) } as const;
      return { ...made, backend, ...closable(() => made.close().finally(running.stop)) };
    } catch (error) {
      running.stop();
      throw error;
    }
  };
  return start(wanted).catch((error: unknown) => {
    checked.signal?.throwIfAborted();
    if (!wanted) throw error;
    return start(undefined, `webgpu: ${reasonOf(error)}`);
  });
};
