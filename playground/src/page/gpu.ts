/** What of WebGPU is asked here; TypeScript's DOM does not have it yet. */
interface Gpu {
  requestAdapter(): Promise<unknown>;
}

/** Why this browser has no WebGPU to run a model on; `undefined` where it has. */
export const whyNoGpu = async (): Promise<string | undefined> => {
  if (!globalThis.isSecureContext) return 'No WebGPU: the page must be served over HTTPS or from localhost';
  const gpu = 'gpu' in navigator ? (navigator.gpu as Gpu) : undefined; // the standard's name for it
  if (gpu === undefined) return 'No WebGPU: this browser does not support it';
  const adapter = await gpu.requestAdapter().catch(() => null);
  return adapter ? undefined : 'No WebGPU: no GPU adapter is available to this browser';
};
