// The thread in which onnxruntime trains: it makes the calls of `RemoteHost`, one after another.
import { parentPort, workerData } from 'node:worker_threads';
import type * as Onnxruntime from 'onnxruntime-node';
import { importQuietly } from '../onnxruntime.ts';
import { loadNode } from '../runtime/ort-node.ts';
import { reasonOf } from '../errors.ts';
import type { OnnxBackend } from './onnx-backend.ts';
import { readsInPlace, withFlag } from './onnx-flag.ts';
import { LocalHost } from './onnx-local.ts';
import { buffersIn, type Ask, type Tell } from './onnx-messages.ts';

/** What a worker is started with: how to compute, and a graph that shows whether a loop can be ended from outside. */
export type Begin = Omit<OnnxBackend, 'ort'> & { readonly probe: Uint8Array };

const port = parentPort;
if (!port) throw new Error('onnx-worker: expected a thread of its own');
const tell = (message: Tell, owned: ArrayBuffer[] = []): void => port.postMessage(message, owned);

const start = async (): Promise<(ask: Ask) => void> => {
  // What RemoteHost gives.
  const { probe, ...how } = workerData as Begin;
  const ort = await (how.provider === 'cpu' ? loadNode() : loadNode(importQuietly));
  if (how.provider !== 'cpu') await tryDevice(ort, how.provider, probe);
  // On a device there may be no loop that could be ended, and inputs are copied to it.
  const stops = how.provider === 'cpu' && (await readsInPlace(ort, probe).catch(() => false));
  const flagged = withFlag(ort, (flag) => tell({ flag }, [flag]));
  const host = new LocalHost({ ...how, ort }, stops ? flagged : undefined);
  let last: Promise<unknown> = Promise.resolve();
  const answer = async ({ id, op, args }: Exclude<Ask, { readonly op: 'interrupt' }>): Promise<void> => {
    try {
      // The arguments are those of the method, which the type of the message says but TypeScript does not follow.
      const method = host[op] as (...given: readonly unknown[]) => Promise<unknown>;
      const value = await method.apply(host, args);
      tell({ id, value }, buffersIn(value));
    } catch (error) {
      tell({ id, error: reasonOf(error) });
    }
  };
  tell({ stops });
  return (ask) => {
    if (ask.op === 'interrupt') host.interrupt();
    else last = last.then(() => answer(ask));
  };
};

/** Computes something on a device. @throws what onnxruntime says if there is none */
const tryDevice = async (ort: typeof Onnxruntime, provider: string, probe: Uint8Array): Promise<void> => {
  const session = await ort.InferenceSession.create(probe, { executionProviders: [provider], logSeverityLevel: 3 });
  await session.run({ stop: new ort.Tensor('bool', Uint8Array.of(0), []), x: new ort.Tensor('float32', [1], []) });
  await session.release();
};

const started = start();
// Listening also keeps the thread alive, which has nothing else to wait for while onnxruntime is loaded.
port.on('message', (ask: Ask) => void started.then((hear) => hear(ask)));
started.catch((error: unknown) => tell({ failed: reasonOf(error) }));
