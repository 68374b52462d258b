import type { Ort, OrtSession } from './ort.ts';

/**
 * Wraps onnxruntime so that no call begins before the last has ended: two concurrent calls on WASM or on a GPU hang, or corrupt
 * each other's memory (microsoft/onnxruntime#16796, #32561). `guard` runs each, and may refuse it.
 */
export const oneAtATime = (
  { Tensor, InferenceSession }: Ort,
  guard: <T>(task: () => Promise<T>) => Promise<T> = (task) => task(),
): Ort => {
  let last: Promise<unknown> = Promise.resolve();
  const next = <T>(task: () => Promise<T>): Promise<T> => {
    const result = last.then(() => guard(task));
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
