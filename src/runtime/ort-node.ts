import { Unavailable } from '../errors.ts';
import type { Ort } from './ort.ts';

/** onnxruntime-node, where it is installed and loads; throws an `Unavailable` with the remedy where it does not. */
export const loadOrt = async (): Promise<Ort> => {
  try {
    const { InferenceSession, Tensor } = await import('onnxruntime-node');
    return { InferenceSession, Tensor };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_MODULE_NOT_FOUND')
      throw new Unavailable('runtime: onnxruntime-node is not installed; npm install onnxruntime-node', {
        cause: error,
      });
    const [reason] = String(error).split('\n');
    throw new Unavailable(
      `runtime: expected onnxruntime-node to load on ${process.platform} ${process.arch}, got "${reason}"; see cvae-compile doctor`,
      { cause: error },
    );
  }
};
