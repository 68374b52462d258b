import { InvalidModel } from '../errors.ts';
import type { Device } from '../onnxruntime.ts';
import { EXIT, note, say, SIGNALS, type Io } from './io.ts';
import { interruption } from './signals.ts';

/** The options of `serve --api`. */
export interface ApiOptions {
  readonly host?: string;
  readonly port?: number;
  readonly threads?: number;
  readonly device?: Device;
  readonly batch?: number;
  readonly queue?: number;
  readonly limit?: number;
  readonly timeout?: number;
  readonly drain?: number;
  readonly json?: true;
}

/** Serves a model by the Open Inference Protocol until a signal arrives, and returns the exit code. */
export async function serveApiUntilSignal(folder: string, options: ApiOptions, io: Io): Promise<number> {
  const [{ serveApi }, { openThreads }, { readManifest }] = await Promise.all([
    import('../serving/api.ts'),
    import('../serving/threads.ts'),
    import('../runtime/node.ts'),
  ]);
  const { host, port, threads = 1, device = 'cpu', batch, queue, limit, timeout, drain = 5, json } = options;
  if (device !== 'cpu' && threads > 1)
    throw new InvalidModel(
      `--threads: expected 1 with --device ${device}, got ${threads}; leave --threads out, a device runs one call at a time`,
    );
  const manifest = await readManifest(folder);
  const { engine, backend } = await openThreads(folder, manifest, threads, device);
  const { urls, models, end } = await serveApi(manifest, engine, backend, {
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(batch !== undefined && { batch }),
    ...(queue !== undefined && { requests: queue }),
    ...(limit !== undefined && { bytes: limit * 2 ** 20 }),
    ...(timeout !== undefined && { time: timeout * 1000 }),
    onError: ({ message }) => note(io, `error: ${message}`),
  }).catch(async (error: unknown) => {
    await engine.close();
    throw error;
  });
  const interrupted = interruption(io);
  const where = urls.map((url) => `${url}v2`).join(' and ');
  note(io, `${manifest.name} is served at ${where}: ${models.join(', ')}; metrics at /metrics; Ctrl-C ends it`);
  if (json) say(io, JSON.stringify({ urls, models }));
  await interrupted.requested;
  // Ctrl-C is to end at once; what sends SIGTERM has yet to direct clients elsewhere.
  const isCtrlC = interrupted.code(EXIT.done) === SIGNALS.SIGINT;
  note(io, isCtrlC || drain === 0 ? 'ending' : `ending: no longer ready, answering for ${drain} s more`);
  await end(isCtrlC ? 0 : drain * 1000);
  interrupted.done();
  return EXIT.done;
}
