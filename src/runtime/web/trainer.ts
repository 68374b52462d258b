import type { FileOnDisk } from '../../signature.ts';
import { MANIFEST_FILE } from '../../formats/names.ts';
import { closable } from '../calls.ts';
import type { OpenOptions } from '../open-options.ts';
import { readState } from '../state.ts';
import { checkTrainerOptions, createTrainer, trainingOf, type Trainer, type TrainerOptions } from '../train.ts';
import { addressed } from './address.ts';
import { downloadChecked } from './files.ts';
import { readManifest } from './manifest.ts';
import { page } from './page.ts';
import { thread } from './thread.ts';

/**
 * Continues training an exported model in a page, on WASM, from the state that `cvae-compile export --training` wrote next to it.
 * Throws as `open` does, and an `InvalidFile` for an export that is not for training.
 */
export const trainer = async (address: string | URL, options: TrainerOptions & OpenOptions = {}): Promise<Trainer> => {
  const { own, how: checked } = checkTrainerOptions(options);
  const { folder, get = downloadChecked } = await addressed(address);
  const manifest = await readManifest(folder, checked, true);
  const training = trainingOf(manifest, new URL(MANIFEST_FILE, folder).href);
  const locate = ({ file }: FileOnDisk): URL => new URL(encodeURIComponent(file), folder);
  const [step, state] = [locate(training.step), locate(training.state)];
  const bytes = await get(step, training.step, checked);
  const begin = readState(await get(state, training.state, checked), state.href);
  const threads = page.crossOriginIsolated ? checked.threads : 1;
  const running = await thread({ ...checked, gpu: undefined, threads, worker: checked.worker ?? true });
  try {
    const on = { executionProviders: ['wasm'], intraOpNumThreads: threads };
    const made = await createTrainer(running.ort, manifest, training, { bytes, where: step.href }, begin, on, own);
    return { ...made, ...closable(() => made.close().finally(running.stop)) };
  } catch (error) {
    running.stop();
    throw error;
  }
};
