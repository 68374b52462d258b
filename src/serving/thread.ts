import { parentPort, workerData } from 'node:worker_threads';
import { isUserError, reasonOf } from '../errors.ts';
import type { Device } from '../onnxruntime.ts';
import { openRunner } from '../runtime/node-files.ts';
import { locateModel } from '../runtime/locate-model.ts';
import type { Manifest } from '../signature.ts';
import { movable } from '../threads.ts';
import type { FromThread, ToThread } from './threads.ts';

// A thread of the server: it loads the files of a model, and runs them one call after another.

const { folder, manifest, device }: { readonly folder: string; readonly manifest: Manifest; readonly device: Device } =
  workerData;

const tell = (message: FromThread, arrays: readonly Float32Array[] = []): void =>
  parentPort?.postMessage(message, movable(arrays));

const opened = locateModel(folder).then((place) => openRunner(manifest, place, device));
opened.then(
  ({ backend }) => tell({ kind: 'ready', backend }),
  (error: unknown) => tell({ kind: 'unusable', reason: reasonOf(error), user: isUserError(error) }),
);

// From the start on: a thread that listens to nothing ends.
parentPort?.on('message', async (message: ToThread) => {
  try {
    const { runner } = await opened;
    if (message === 'close') {
      await runner.close();
      return parentPort?.close();
    }
    const outputs = await runner.run(message.part, message.inputs);
    tell(
      { kind: 'done', outputs },
      Object.values(outputs).map(({ data }) => data),
    );
  } catch (error) {
    tell({ kind: 'failed', reason: reasonOf(error) });
  }
  return undefined;
});
