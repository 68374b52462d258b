import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Unavailable, errorCode, reasonOf } from '../errors.ts';
import { importOnnxruntime, importQuietly } from '../onnxruntime.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { Backend } from './open-options.ts';
import type { Ort } from './ort.ts';

/** Loads onnxruntime-node; throws an `Unavailable` with the remedy if it is not installed or does not load. */
export const loadOrt = async (): Promise<Ort> => {
  const { InferenceSession, Tensor } = await loadNode();
  return { InferenceSession, Tensor };
};

/** The same, with all that it exports; on a device, `load` is `importQuietly`. */
export const loadNode = async (load = importOnnxruntime) => {
  try {
    return await load();
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ERR_MODULE_NOT_FOUND')
      throw new Unavailable('runtime: onnxruntime-node is not installed; npm install onnxruntime-node', {
        cause: error,
      });
    throw new Unavailable(
      `runtime: expected onnxruntime-node to load on ${process.platform} ${process.arch}, got "${reasonOf(error)}"; see cvae-compile doctor`,
      { cause: error },
    );
  }
};

/** An onnxruntime, its execution provider, and the reason if it is not onnxruntime-node although that was requested. */
export interface Loaded {
  readonly ort: Ort;
  readonly provider: Backend['name'];
  readonly reason?: string;
}

/** The package of an onnxruntime that was loaded. */
export const packageOf = ({ provider }: Pick<Loaded, 'provider'>): string =>
  provider === 'wasm' ? 'onnxruntime-web' : 'onnxruntime-node';

/** Returns the version of a package that is installed; its package.json may not be among what it exports. */
export const versionOf = (name: string): string => {
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

/** Explains why a GPU cannot be used: onnxruntime's own message if there is none names a line of its source. */
export const gpuReason = (error: unknown): string => {
  const reason = reasonOf(error);
  return /Failed to get a WebGPU adapter/.test(reason)
    ? "expected a graphics adapter, got none; install the GPU's driver (on Linux also Vulkan's loader, libvulkan1)"
    : reason;
};

/**
 * Loads onnxruntime-node; if it is missing, or has no binary for the system (musl, macOS on Intel), onnxruntime-web's WASM, if
 * that is installed. Throws an `Unavailable` if neither is.
 */
export const loadAny = async (backend: 'auto' | 'wasm'): Promise<Loaded> => {
  if (backend === 'wasm') return { ort: await loadWasm(), provider: 'wasm' };
  try {
    return { ort: await loadOrt(), provider: 'cpu' };
  } catch (error) {
    const ort = await loadWasm().catch(() => undefined);
    if (ort === undefined || !(error instanceof Unavailable)) throw error;
    return { ort, provider: 'wasm', reason: error.message };
  }
};

/**
 * Loads onnxruntime-node for a GPU: WebGPU, which it has on Windows, macOS and Linux x64, or CUDA. @throws Unavailable if it is without
 */
export const loadGpu = async (provider: 'webgpu' | 'cuda' = 'webgpu'): Promise<Loaded> => {
  const { InferenceSession, Tensor, listSupportedBackends } = await loadNode(importQuietly);
  // Older versions do not export it.
  const all = typeof listSupportedBackends === 'function' ? listSupportedBackends() : [];
  if (!all.some(({ name }) => name === provider))
    throw new Unavailable(
      `expected an onnxruntime-node with ${provider === 'cuda' ? 'CUDA' : 'WebGPU'}, got one without on ${process.platform} ${process.arch}; npm install onnxruntime-node@latest`,
    );
  return { ort: { InferenceSession, Tensor }, provider };
};

const loadWasm = (): Promise<Ort> => (wasm ??= startWasm());
/** One for all models of the process: their calls must not overlap in it either. */
let wasm: Promise<Ort> | undefined;

const startWasm = async (): Promise<Ort> => {
  const { InferenceSession, Tensor, env } = await import('onnxruntime-web/wasm').catch((error: unknown) => {
    // It may be installed before the next attempt.
    wasm = undefined;
    throw new Unavailable('runtime: onnxruntime-web is not installed; npm install onnxruntime-web', { cause: error });
  });
  env.wasm.numThreads = 1;
  return oneAtATime({ InferenceSession, Tensor });
};
