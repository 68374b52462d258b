import type { Engines } from '../../../src/formats/engines.ts';

/** The part of WebGPU that is used here; TypeScript's DOM types do not have it yet. */
interface Gpu {
  requestAdapter(): Promise<unknown>;
}

/** Why there is no WebGPU to run a model on, in this site or this browser; `undefined` where there is. */
export const whyNoGpu = async ({ webgpu }: Pick<Engines, 'webgpu'>): Promise<string | undefined> => {
  if (!webgpu) return 'No WebGPU: the site was written without it';
  if (!globalThis.isSecureContext) return 'No WebGPU: the page must be served over HTTPS or from localhost';
  const gpu = 'gpu' in navigator ? (navigator.gpu as Gpu) : undefined; // the standard's name for it
  if (gpu === undefined) return 'No WebGPU: this browser does not support it';
  const adapter = await gpu.requestAdapter().catch(() => null);
  return adapter ? undefined : 'No WebGPU: no GPU adapter is available to this browser';
};
