import type { Ort, OrtSession } from '../ort.ts';
import type { Running } from './remote.ts';
import { started, type OrtWeb, type Start } from './start.ts';

/** An onnxruntime in this very thread: started once, one call at a time; `gpuLost` makes the error for a GPU that is gone. */
export const startHere = async (start: Start, gpuLost: (reason: string) => Error): Promise<Running> => {
  let lost: Error | undefined;
  const loaded: OrtWeb = start.gpu ? await import('onnxruntime-web/webgpu') : await import('onnxruntime-web/wasm');
  let isOver = (): void => undefined;
  const over = new Promise<void>((resolve) => (isOver = resolve));
  const ort = await started(loaded, start, (reason) => {
    lost = gpuLost(reason);
    isOver();
  });
  return { ort: oneAtATime(ort, () => lost), over, stop: () => undefined };
};

/** The same, but no call begins before the last has ended, and none where `ended` gives an error. */
const oneAtATime = ({ Tensor, InferenceSession }: Ort, ended: () => Error | undefined): Ort => {
  let last: Promise<unknown> = Promise.resolve();
  const next = <T>(task: () => Promise<T>): Promise<T> => {
    const result = last.then(() => {
      const error = ended();
      if (error !== undefined) throw error;
      return task();
    });
    last = result.catch(() => undefined);
    return result;
  };
  const wrapped = (session: OrtSession): OrtSession => ({
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    run: (feeds) => next(() => session.run(feeds)),
    release: () => next(() => session.release()),
  });
  return {
    Tensor,
    InferenceSession: {
      create: (bytes, options) => next(async () => wrapped(await InferenceSession.create(bytes, options))),
    },
  };
};
