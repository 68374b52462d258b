import type { Ort } from '../ort.ts';
import { page, type GpuDevice } from './page.ts';

/** What onnxruntime-web is started with, which happens once a page or worker: a failed start cannot be repeated there. */
export interface Start {
  /** The bytes of its WebAssembly, checked. */
  readonly wasm: Uint8Array;
  readonly threads: number;
  readonly gpu: boolean;
  /** The address of its module, where the one who starts it cannot import it by name. */
  readonly module?: string;
}

/** What of onnxruntime-web's module is used. */
export interface OrtWeb extends Ort {
  readonly env: { logLevel?: string | undefined; readonly wasm: { wasmBinary?: unknown; numThreads?: number } };
}

/** An onnxruntime-web that is ready, on a GPU of its own where that was asked for; `onLost` is told where that goes. */
export const started = async (ort: OrtWeb, start: Start, onLost: (reason: string) => void): Promise<Ort> => {
  ort.env.wasm.wasmBinary = start.wasm;
  ort.env.wasm.numThreads = start.threads;
  ort.env.logLevel = 'error';
  const { InferenceSession, Tensor } = ort;
  if (!start.gpu) return { InferenceSession, Tensor };
  const device = await gpuDevice();
  void device.lost.then(({ message, reason }) => onLost(message || reason || 'no reason given'));
  const executionProviders = [{ name: 'webgpu', device }];
  return {
    Tensor,
    InferenceSession: {
      create: (bytes, options) => InferenceSession.create(bytes, { ...options, executionProviders }),
    },
  };
};

/** A GPU with all that its adapter offers. */
const gpuDevice = async (): Promise<GpuDevice> => {
  const gpu = page.navigator?.gpu;
  if (gpu === undefined) throw new Error('this browser has no WebGPU, or the page is not served over HTTPS');
  const adapter = await gpu.requestAdapter();
  if (adapter === null) throw new Error('no GPU adapter is to be had');
  const requiredLimits: Record<string, number> = {};
  for (const name of LIMITS) {
    const limit = adapter.limits[name];
    if (limit !== undefined) requiredLimits[name] = limit;
  }
  const requiredFeatures = ['shader-f16', 'subgroups'].filter((feature) => adapter.features.has(feature));
  return adapter.requestDevice({ requiredFeatures, requiredLimits });
};

/** Those that onnxruntime's kernels ask for beyond WebGPU's defaults. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
];
