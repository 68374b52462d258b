import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { check } from '../dsl/check-arguments.ts';
import { Unavailable, reasonOf } from '../errors.ts';
import { loadAny, packageOf } from '../runtime/ort-node.ts';
import { loadBackend } from './backend.ts';
import type { TrainingEngine } from './engine.ts';
import { onnxEngine } from './onnx-engine.ts';
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
      const engine = await loadOnnx();
      return { ...engine, notice: engine.notice ?? `training with onnxruntime-node; ${why.message}` };
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      return tfjsEngine({ ...(await loadBackend('tfjs-cpu')), reason: why.message });
    }
  }
}

/** Loads the default engine. */
export const usualEngine = (): Promise<TrainingEngine> => engineOf('auto');

/** Loads onnxruntime-node or, where that has no binary, onnxruntime-web's WASM, in one thread. */
const loadOnnx = async (): Promise<TrainingEngine> => {
  try {
    const loaded = await loadAny('auto');
    const { ort, provider, reason } = loaded;
    const name = packageOf(loaded);
    const threads = provider === 'cpu' ? availableParallelism() : 1;
    const engine = onnxEngine({ ort, name, version: versionOf(name), provider, threads });
    return reason === undefined ? engine : { ...engine, notice: `training with onnxruntime-web's WASM; ${reason}` };
  } catch (error) {
    throw new Unavailable(
      `train: expected onnxruntime-node to load, got "${reasonOf(error)}"; npm install onnxruntime-node, or see cvae-compile doctor`,
      { cause: error },
    );
  }
};

/** Returns the version of a package that is installed; its package.json may not be among what it exports. */
const versionOf = (name: string): string => {
  const require = createRequire(import.meta.url);
  for (const folder of require.resolve.paths(name) ?? [])
    try {
      const { version }: { version: string } = require(join(folder, name, 'package.json'));
      return version;
    } catch {
      // Try the next place.
    }
  return 'unknown';
};
