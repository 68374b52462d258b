import { isMainThread } from 'node:worker_threads';
import type * as Onnxruntime from 'onnxruntime-node';

/** The variable by which onnxruntime collects nothing; a user who has set it, to whatever, has decided. */
const VARIABLE = 'ORT_DISABLE_TELEMETRY';

/**
 * onnxruntime-node, with its telemetry off. From 1.29 on it would keep a device id and the metadata of each model under the user's
 * cache folder, and send them. It reads the environment once, when it starts, so that all of this package loads it here.
 */
export const importOnnxruntime = async (): Promise<typeof Onnxruntime> => {
  process.env[VARIABLE] ??= '1';
  if (!isMainThread) await setInMainThread(process.env[VARIABLE]);
  // Bundlers leave an import that they cannot resolve until it runs only if it is in a try block. It may be absent: a page that is
  // rendered on a server has no use for it.
  try {
    return await import('onnxruntime-node');
    // oxlint-disable-next-line eslint/no-useless-catch
  } catch (error) {
    throw error;
  }
};

/** The same, which does not also write to standard error what it throws: that a library of a GPU is not there, for instance. */
export const importQuietly = async (): Promise<typeof Onnxruntime> => {
  const ort = await importOnnxruntime();
  ort.env.logLevel = 'fatal';
  return ort;
};

/** What computes: the processor, a GPU through WebGPU, which onnxruntime-node has on Linux x64, Windows and macOS, or one by CUDA. */
export type Device = 'cpu' | 'webgpu' | 'cuda';

/** Why a device cannot be used: the text of an error, with what is left to do. */
export const unreached = (who: string, device: Device, reason: string, remedy: string): string =>
  `${who}: expected a GPU that onnxruntime-node reaches by ${device}, got "${plainReason(reason)}"; ${remedy}`;

/** What onnxruntime says, without the place in its source that it begins with. */
export const plainReason = (reason: string): string => reason.replace(/^.* was false\. /, '');

/** The environment of a process that is started to load onnxruntime. */
export const withoutTelemetry = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ [VARIABLE]: '1', ...env });

/**
 * A worker's environment is a copy, which native code does not see. The main thread's is the process's own, and a worker may ask it
 * to evaluate an expression, even while it is at work: through the inspector, which opens no port for that.
 */
const setInMainThread = (value: string): Promise<void> => (pending ??= inspect(value));
let pending: Promise<void> | undefined;

const inspect = async (value: string): Promise<void> => {
  try {
    const { Session } = await import('node:inspector/promises');
    const session = new Session();
    session.connectToMainThread();
    const expression = `process.env.${VARIABLE} ??= ${JSON.stringify(value)}`;
    const late = new Promise<never>((_, reject) => setTimeout(reject, WAIT).unref());
    await Promise.race([session.post('Runtime.evaluate', { expression }), late]).finally(() => session.disconnect());
  } catch {
    process.emitWarning(
      `onnxruntime-node may send telemetry from this worker: set ${VARIABLE}=1 before the process starts, and it does not`,
    );
  }
};

/** Milliseconds. */
const WAIT = 2000;
