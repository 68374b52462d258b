import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { check } from '../dsl/check-arguments.ts';
import { Unavailable, reasonOf } from '../errors.ts';
import { loadBackend } from './backend.ts';
import type { TrainingEngine } from './engine.ts';
import { hostedEngine } from './onnx-engine.ts';
import { RemoteHost } from './onnx-remote.ts';
import { oneOf } from '../values/rules.ts';
import { tfjsEngine } from './tfjs.ts';

/** What trains: TensorFlow.js with tfjs-node, onnxruntime, or the first of them that this machine has. */
export type EngineName = 'tfjs' | 'onnx' | 'auto';
const ENGINE = oneOf('tfjs', 'onnx', 'auto');

/**
 * Loads an engine by name. `auto` is tfjs-node if it is installed and works; otherwise onnxruntime-node, with a notice of the
 * reason; and if that cannot be loaded either, TensorFlow.js in plain JavaScript, which is slow.
 *
 * @throws Unavailable, with the remedy, if an engine that was requested by name cannot be loaded.
 */
export async function engineOf(name: EngineName = 'auto'): Promise<TrainingEngine> {
  check('engineOf', ENGINE, name);
  if (name === 'tfjs') return tfjsEngine(await loadBackend('tfjs-node'));
  if (name === 'onnx') return loadOnnx();
  try {
    return tfjsEngine(await loadBackend('tfjs-node'));
  } catch (why) {
    if (!(why instanceof Unavailable)) throw why;
    try {
      return { ...(await loadOnnx()), notice: `training with onnxruntime-node; ${why.message}` };
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      return tfjsEngine({ ...(await loadBackend('tfjs-cpu')), reason: why.message });
    }
  }
}

/** Loads the default engine. */
export const usualEngine = (): Promise<TrainingEngine> => engineOf('auto');

const loadOnnx = async (): Promise<TrainingEngine> => {
  try {
    const { version }: { version: string } = createRequire(import.meta.url)('onnxruntime-node/package.json');
    const how = { name: 'onnxruntime-node', version, provider: 'cpu', threads: availableParallelism() };
    return hostedEngine(await RemoteHost.start(how), how);
  } catch (error) {
    throw new Unavailable(
      `train: expected onnxruntime-node to load, got "${reasonOf(error)}"; npm install onnxruntime-node, or see cvae-compile doctor`,
      { cause: error },
    );
  }
};
