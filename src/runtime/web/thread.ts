import { Unavailable } from '../../errors.ts';
import { download, refusal } from '../download.ts';
import type { OpenOptions, WebGpu } from '../open-options.ts';
import { page } from './page.ts';
import { folderOf } from './address.ts';
import { findOrt, type Places } from './ort-files.ts';
import { startRemote, type Running, type WorkerLike } from './remote.ts';
import type { Start } from './start.ts';

/** Which onnxruntime is requested. */
export interface Wanted extends Pick<OpenOptions, 'signal' | 'onProgress' | 'wasmPaths'> {
  readonly gpu?: WebGpu | undefined;
  readonly threads: number;
  readonly worker: boolean;
}

/**
 * Returns an onnxruntime that all models of the page with the same requirements share: it is started for the first of them, and
 * stopped after the last. One in the page itself is kept, since it cannot be started twice.
 */
export const thread = async (wanted: Wanted): Promise<Running> => {
  const { gpu, wasmPaths } = wanted;
  const folder = wasmPaths === undefined ? wasmPaths : await folderOf(wasmPaths);
  const places = gpu ? (await import('./gpu-files.ts')).findGpu(gpu, folder, page.WebAssembly) : findOrt(folder);
  const worker = wanted.worker && page.Worker !== undefined && isOwn(places);
  const key = `${[!gpu, worker && wanted.threads, places.wasm]}`;
  const found = threads.get(key) ?? { users: 0, running: startThread(places, wanted, worker) };
  const forget = (): void => void (threads.get(key) === found && threads.delete(key));
  threads.set(key, found);
  found.users++;
  try {
    const { signal } = wanted;
    // Others may be waiting for the same onnxruntime: abandoning it here does not stop it.
    const running = await Promise.race([
      found.running,
      new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    ]);
    let left = false;
    const leave = (): void => {
      if (left) return;
      left = true;
      if (--found.users > 0 || !worker) return;
      forget();
      running.stop();
    };
    void running.over.then(forget);
    return { ...running, stop: leave };
  } catch (error) {
    found.users--;
    if (!wanted.signal?.aborted) forget();
    throw error;
  }
};

const threads = new Map<string, { users: number; readonly running: Promise<Running> }>();

const startThread = async (places: Places, wanted: Wanted, worker: boolean): Promise<Running> => {
  const { gpu, threads: count } = wanted;
  let missing: unknown;
  const remedy = `run cvae-compile assets --out FOLDER${gpu ? ' --webgpu' : ''}, and give its address as wasmPaths`;
  const wasm = await downloadWasm(places.wasm, remedy, wanted.onProgress).catch((error: unknown) => {
    // A bundler's onnxruntime may know its own location better, as it does while Vite serves a page in development.
    if (places.module) throw error;
    missing = error;
  });
  const module = places.module && { module: places.module.href };
  const start: Start = { ...(wasm && { wasm }), threads: count, gpu: !!gpu, ...module };
  const begin = async (): Promise<Running> =>
    worker
      ? startRemote(makeWorker(places, gpu), start, async (what) =>
          (await failed()).errorOf(what, places, remedy, download),
        )
      : (await import('./without-worker.ts')).startHere(start, gpu);
  return begin().catch(async (error: unknown) => {
    if (missing ?? error instanceof Unavailable) throw missing ?? error;
    throw (await failed()).startError(error, places, remedy);
  });
};
const failed = () => import('./failed.ts');

/** Downloads and checks the bytes: a start with wrong ones fails for as long as the page lives, without a reason. */
const downloadWasm = async (url: URL, remedy: string, onProgress: OpenOptions['onProgress']): Promise<Uint8Array> => {
  if (page.WebAssembly === undefined) throw (await failed()).withoutWasm();
  const wanted = { what: 'WebAssembly of onnxruntime-web', remedy };
  const bytes = await download(url, wanted, { onProgress });
  if (`${bytes.subarray(0, 4)}` !== MAGIC) throw refusal(url, wanted, 'bytes of another kind');
  return bytes;
};

/** The first four bytes: NUL, `asm`. */
const MAGIC = '0,97,115,109';

// Each call is written out in full, so that bundlers recognise it.
const makeWorker = ({ worker }: Places, gpu: WebGpu | undefined): WorkerLike => {
  if (worker) return new Worker(/* @vite-ignore */ worker, { type: 'module' });
  // A bundler's own has all of it.
  if (gpu) return gpu.worker?.() as WorkerLike;
  return new Worker(new URL('./worker-wasm.js', import.meta.url), { type: 'module' });
};

/** Whether the worker's script comes from the page's own origin, as browsers require; webpack writes file addresses. */
const isOwn = ({ worker }: Places): boolean =>
  (worker ?? new URL(import.meta.url)).origin === page.origin || import.meta.url.startsWith('file:');

/** The browser's `Worker`, called by its own name so that bundlers recognise what to build. */
declare const Worker: new (script: URL, options: { readonly type: 'module' }) => WorkerLike;
