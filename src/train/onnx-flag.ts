import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { STOP } from './onnx-host.ts';

/** The classes of onnxruntime-node that are needed here. */
interface Ort {
  readonly Tensor: typeof Tensor;
  readonly InferenceSession: typeof InferenceSession;
}

/**
 * Returns tensors of which the flag is written by another thread while onnxruntime runs. The thread that runs is blocked until it
 * ends, and onnxruntime-node takes no SharedArrayBuffer; but it reads an input where it lies, and memory that is transferred to
 * another thread stays where it is. So the flag is transferred after onnxruntime has taken its address, which it has when it asks for
 * the input after it. The receiver must hold the memory until the call has ended.
 *
 * @param send transfers the flag's memory; setting its first byte to 1 ends the loop after the present step
 */
export const withFlag =
  ({ Tensor }: Pick<Ort, 'Tensor'>, send: (memory: ArrayBuffer) => void) =>
  <T extends object>(feeds: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T | Tensor> => {
    const memory = new ArrayBuffer(1);
    const last = names.at(-1) ?? '';
    return {
      ...feeds,
      [STOP]: new Tensor('bool', new Uint8Array(memory), []),
      [last]: onceAsked(feeds[last], () => send(memory)),
    };
  };

/** Returns a tensor that does something when it is first asked for its lengths. */
const onceAsked = <T extends object>(tensor: T | undefined, then: () => void): T => {
  if (!tensor) throw new Error('onnx: a loop without inputs');
  const dims: unknown = Reflect.get(tensor, 'dims');
  let asked = false;
  // The prototype gives the rest, and what onnxruntime checks the class of.
  return Object.create(tensor, {
    dims: {
      get: () => {
        if (!asked) then();
        asked = true;
        return dims;
      },
    },
  });
};

/** Whether this onnxruntime-node reads inputs where they lie: a graph of `stop` and `x` shows it, which returns x, or 0 if it is to stop. */
export const readsInPlace = async (ort: Ort, probe: Uint8Array): Promise<boolean> => {
  const session = await ort.InferenceSession.create(probe, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  try {
    const set = (memory: ArrayBuffer) => new Uint8Array(structuredClone(memory, { transfer: [memory] })).fill(1);
    const feeds = { x: new ort.Tensor('float32', Float32Array.of(1), []) };
    const { y } = await session.run(withFlag(ort, set)(feeds, ['x']));
    return y?.data[0] === 0;
  } finally {
    await session.release();
  }
};
