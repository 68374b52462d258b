import { oneAtATime } from '../one-at-a-time.ts';
import type { Running } from './remote.ts';
import { started, type OrtWeb, type Start } from './start.ts';

/** Starts an onnxruntime in this thread: once, with one call at a time. */
export const startHere = async (start: Start): Promise<Running> => {
  let lost: Promise<Error> | undefined;
  const loaded: OrtWeb = start.gpu ? await import('onnxruntime-web/webgpu') : await import('onnxruntime-web/wasm');
  let isOver = (): void => undefined;
  const over = new Promise<void>((resolve) => (isOver = resolve));
  const ort = await started(loaded, start, (reason) => {
    // At once, so that no call begins while the message is loaded.
    lost = import('./failed.ts').then(({ gpuLost }) => gpuLost(reason));
    isOver();
  });
  return { ort: oneAtATime(ort, () => lost), over, stop: () => undefined };
};
