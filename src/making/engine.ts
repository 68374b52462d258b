import { InvalidFile, Unavailable, reasonOf } from '../errors.ts';
import { filesOf } from '../runtime/web/ort-names.ts';
import { started, type OrtWeb } from '../runtime/web/start.ts';
import type { TrainingEngine } from '../train/engine.ts';
import { onnxEngine } from '../train/onnx-engine.ts';
import type { Computing } from './messages.ts';

/**
 * Starts onnxruntime-web in this worker as what trains. Where WebGPU is asked for and does not start, it computes on WASM, and the
 * engine's notice says why.
 *
 * @throws Unavailable if neither starts.
 */
export const startEngine = async (on: Computing): Promise<TrainingEngine> => {
  if (on.backend === 'wasm') return startOn(on);
  try {
    return await startOn(on);
  } catch (error) {
    const engine = await startOn({ ...on, backend: 'wasm' });
    return { ...engine, notice: `training on the processor, in WASM; webgpu: ${reasonOf(error)}` };
  }
};

const startOn = async ({ backend, threads, ort }: Computing): Promise<TrainingEngine> => {
  const gpu = backend === 'webgpu';
  if (gpu && !(await hasAdapter())) throw new Unavailable('this browser has no GPU adapter');
  const [module, wasm] = filesOf(gpu ? ('Suspending' in WebAssembly ? 'jspi' : 'webgpu') : 'wasm');
  const loaded: OrtWeb & { readonly env: { readonly versions?: { readonly web?: string } } } = await import(
    /* @vite-ignore */ new URL(module, ort).href
  );
  const response = await fetch(new URL(wasm, ort));
  if (!response.ok)
    throw new InvalidFile(
      `${response.url}: expected the WebAssembly of onnxruntime-web, got ${response.status}; reload`,
    );
  const start = { wasm: new Uint8Array(await response.arrayBuffer()), threads, gpu };
  const running = await started(loaded, start, () => undefined);
  const version = loaded.env.versions?.web ?? 'unknown';
  const name = gpu ? 'onnxruntime-web on webgpu' : 'onnxruntime-web';
  return onnxEngine({ ort: running, name, version, provider: backend, threads });
};

const hasAdapter = async (): Promise<boolean> => {
  const { gpu } = navigator;
  return gpu !== undefined && (await gpu.requestAdapter().catch(() => null)) !== null;
};

/** The browser's. */
declare const navigator: { readonly gpu?: { requestAdapter(): Promise<unknown> } };
declare const WebAssembly: object;
