import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import util from 'node:util';
import { Unavailable, reasonOf } from '../errors.ts';
import type { Tf } from '../graph/op.ts';

/** A build of TensorFlow.js: `tfjs-node` computes in TensorFlow's C library, `tfjs-cpu` in plain JavaScript. */
export type BackendName = 'tfjs-node' | 'tfjs-cpu';

/** A loaded TensorFlow.js that computes with the build named; `reason` explains why that is not tfjs-node, with the remedy. */
export interface Backend {
  readonly tf: Tf;
  readonly name: BackendName;
  readonly version: string;
  readonly reason?: string;
}

/**
 * Loads the TensorFlow.js that this machine has: tfjs-node, else plain JavaScript with the reason. TensorFlow.js computes in one
 * build at a time for the whole process: the last one loaded.
 * @param only takes this build and no other
 * @throws Unavailable if `only` is tfjs-node and it cannot be loaded
 */
export const loadBackend = async (only?: BackendName): Promise<Backend> => {
  if (only === 'tfjs-cpu') return loadPlain();
  const native = await loadNative();
  if ('tf' in native) return native;
  if (only === 'tfjs-node') throw new Unavailable(native.reason);
  return { ...(await loadPlain()), reason: native.reason };
};

/** The command that repairs an installed tfjs-node. */
export const FIX = 'npx cvae-compile doctor --fix';

async function loadNative(): Promise<Backend | { readonly reason: string }> {
  const file = locate();
  if (file === undefined) {
    const remedy = `npm install --ignore-scripts @tensorflow/tfjs-node, then ${FIX}`;
    return { reason: `tfjs-node: expected the package @tensorflow/tfjs-node, got none; ${remedy}` };
  }
  // TensorFlow's C++ reads this when it is loaded: report errors, but not that it has started. Its oneDNN kernels are left on:
  // they are a fifth faster in convolutions, and the same seed gave the same weights, to the bit, with and without.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  fixUtil();
  try {
    const require = createRequire(file);
    const tf: Tf = require(file);
    const { version }: { version: string } = require(join(file, '..', '..', 'package.json'));
    await tf.setBackend('tensorflow');
    await tf.ready();
    return { tf, name: 'tfjs-node', version };
  } catch (error) {
    return { reason: `tfjs-node: expected an add-on that loads, got ${why(error)}; run ${FIX}` };
  }
}

/** Whether the package tfjs-node is installed, whether or not it works. */
export const hasTfjsNode = (): boolean => locate() !== undefined;

/** Finds tfjs-node's main file, resolved from the project in the working folder, else from this package. */
function locate(): string | undefined {
  for (const from of [pathToFileURL(join(process.cwd(), 'package.json')), import.meta.url]) {
    try {
      const file = createRequire(from).resolve('@tensorflow/tfjs-node');
      if (existsSync(file)) return file;
    } catch {
      // not installed there: continue with the next
    }
  }
  return undefined;
}

/**
 * Restores two functions of `util` that tfjs-node 4.22 calls: Node 22 warns about them and Node 23 has removed them
 * (tensorflow/tfjs#8425, merged but never released). It looks them up at each call, so equivalents can be put in their place.
 */
function fixUtil(): void {
  const isNullOrUndefined = (x: unknown): boolean => x === null || x === undefined;
  Object.assign(util, { isNullOrUndefined, isArray: Array.isArray });
}

function why(error: unknown): string {
  const line = reasonOf(error);
  return line.includes('can not be found at path') ? 'none, as its install script was skipped or failed' : line;
}

async function loadPlain(): Promise<Backend> {
  const require = createRequire(import.meta.url);
  const tf: Tf = require('@tensorflow/tfjs-core');
  // Without this it prints long advice to install tfjs-node on standard error: our own notice has already done so.
  tf.enableProdMode();
  require('@tensorflow/tfjs-backend-cpu');
  if (tf.getGradient('Conv2D') === undefined) {
    // tfjs-core's build for Node leaves the gradients out, and the files next to it are not modules that Node can load.
    const { createJiti } = await import('jiti');
    await createJiti(import.meta.url).import(require.resolve('@tensorflow/tfjs-core/dist/register_all_gradients.js'));
  }
  await tf.setBackend('cpu');
  await tf.ready();
  return { tf, name: 'tfjs-cpu', version: tf.version_core };
}
