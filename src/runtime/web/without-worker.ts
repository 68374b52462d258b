import { oneAtATime } from '../one-at-a-time.ts';
import type { WebGpu } from '../open-options.ts';
import type { Running } from './remote.ts';
import { started, type OrtWeb, type Start } from './start.ts';

/** Starts an onnxruntime in this thread: once, with one call at a time. */
export const startHere = async (start: Start, gpu?: WebGpu): Promise<Running> => {
  let lost: Promise<Error> | undefined;
  // The same module as that of an import map; a bundler's has no address.
  const loaded: OrtWeb = start.module
    ? await import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ start.module)
    : await (gpu?.here?.() ?? import('onnxruntime-web/wasm'));
  let isOver = (): void => undefined;
  const over = new Promise<void>((resolve) => (isOver = resolve));
  const ort = await started(loaded, start, (reason) => {
    // At once, so that no call begins while the message is loaded.
    lost = import('./failed.ts').then(({ gpuLost }) => gpuLost(reason));
    isOver();
  });
  const guarded = async <T>(task: () => Promise<T>): Promise<T> => {
    if (lost) throw await lost;
    return task().catch(async (error: unknown) => {
      await (await import('./failed.ts')).lossIsKnown();
      throw (await lost) ?? error;
    });
  };
  return { ort: oneAtATime(ort, guarded), over, stop: () => undefined };
};
