import { InvalidData, Unavailable, reasonOf } from '../../errors.ts';
import type { download } from '../download.ts';
import type { Places } from './ort-files.ts';
import type { Failure } from './remote.ts';

// Loaded only after a failure; what the page has already loaded is passed in, since sharing it would require a separate file.

/** Explains why onnxruntime-web has not started, with the remedy: its own message is about how it was compiled. */
export const startError = (error: unknown, { wasm }: Places, assets: string): Unavailable => {
  const reason = reasonOf(error);
  const forbidden = /unsafe-eval|security policy/i.test(reason);
  const remedy = forbidden ? "add 'wasm-unsafe-eval' to the page's script-src" : `${assets}, and load the page again`;
  return new Unavailable(`${wasm}: expected onnxruntime-web to start, got "${reason}"; ${remedy}`, { cause: error });
};

/** Returns the error of a worker that has ended, or of a request to it that has failed. */
export const errorOf = async ({ lost, message, error }: Failure, ...where: Where): Promise<Error> => {
  if (lost !== undefined) return gpuLost(lost);
  if (error === undefined) return new Unavailable(await workerError(message, ...where));
  await lossIsKnown();
  return new Error(error);
};

/** Waits: the loss of a GPU is reported shortly after the failure of the call that was running on it, and is its reason. */
export const lossIsKnown = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));

type Where = readonly [places: Places, assets: string, get: typeof download];

/**
 * Explains why a worker has crashed, or its script did not load, for which browsers report no reason. The location that a bundler
 * chose for it is unknown.
 */
const workerError = async (message: string | undefined, ...[{ worker }, assets, get]: Where): Promise<string> => {
  if (message) return `worker: expected to run, got "${message}"; open the model again`;
  const [what, remedy] = ["the runtime's worker", `${assets}, or open with { worker: false }`];
  if (worker)
    try {
      await get(worker, { what, remedy }, {});
    } catch (error) {
      return reasonOf(error);
    }
  return `${worker ?? 'page'}: expected ${what} to start, got a refusal (by a Content-Security-Policy?); ${remedy}`;
};

/** Returns the error for a browser that cannot run anything of it. */
export const withoutWasm = (): Unavailable =>
  new Unavailable('WebAssembly: expected a browser with WebAssembly, got one without; use another browser');

/** Returns the error for a GPU that is lost, with the system's reason. */
export const gpuLost = (reason: string): Unavailable =>
  new Unavailable(`webgpu: expected the GPU that the model was opened on, got "${reason}"; open the model again`);

/** Returns the error for text that is no address. */
export const noAddress = (address: string | URL): InvalidData =>
  new InvalidData(`${address}: expected the address of a folder, got other text; correct it`);
