import { effect, signal, untracked, type ReadonlySignal, type Signal } from '@preact/signals';
import { open, type Model, type ShapedArray, type OpenOptions } from 'cvae-compile/runtime';
import type { Engines } from '../../../src/formats/engines.ts';
import { startIn } from '../../../src/runtime/module/in-worker.ts';
import { openModule } from '../../../src/runtime/module/open.ts';
import { openFiles } from '../../../src/runtime/web/open.ts';
import type { Manifest } from '../../../src/signature.ts';
import { sentAs } from '../meter/sent.ts';
import { problemOf, type Problem } from './problem.ts';
import type { Site } from './site.ts';

/** What runs the model: chosen by the person. */
export interface Wish {
  readonly backend: 'wasm' | 'webgpu';
  readonly threads: number;
  /** Parameters in place of those in the files: such as were trained in the page. */
  readonly weights?: ReadonlyMap<string, ShapedArray>;
}

/** A model that is open, and what it took. */
export interface Opened {
  readonly model: Model;
  readonly milliseconds: number;
  /** Whether it runs as a WebAssembly module of its own, without onnxruntime-web. */
  readonly alone: boolean;
  /** Of the model's files, and of the runtime's, these as they were sent. */
  readonly bytes: { readonly model: number; readonly runtime: number };
}

/** How far loading has come, in bytes. */
export interface Loading {
  readonly loaded: number;
  readonly total: number;
}

/** The model that is open, opened anew for each choice; the previous one stays until the next is ready. */
export interface Opening {
  readonly opened: ReadonlySignal<Opened | undefined>;
  readonly loading: ReadonlySignal<Loading | undefined>;
  readonly problem: ReadonlySignal<Problem | undefined>;
  /** Why the model runs on something other than what was chosen. */
  readonly notice: ReadonlySignal<string | undefined>;
  /** Tries again what failed. */
  retry(): void;
  /** Whether an error was that of a lost GPU: the model is then opened on WASM in its place. */
  fellBack(error: unknown): boolean;
}

export const createOpening = (site: Site, engines: Engines, manifest: Manifest, wish: Signal<Wish>): Opening => {
  const opened = signal<Opened | undefined>(undefined);
  const loading = signal<Loading | undefined>(undefined);
  const problem = signal<Problem | undefined>(undefined);
  const notice = signal<string | undefined>(undefined);
  const again = signal(0);
  const sizes = new Map(Object.values(manifest.files).map(({ file, bytes }) => [file, bytes]));

  const begin = async ({ backend, threads, weights }: Wish, stop: AbortSignal): Promise<void> => {
    const started = performance.now();
    const files = new Map<string, Loading>();
    let isOpen = false;
    const onProgress: OpenOptions['onProgress'] = ({ file, loaded, total }) => {
      // Files that are only read when they are asked for do not hold up the page.
      if (isOpen) return;
      files.set(file, { loaded, total: total ?? sizes.get(file) ?? loaded });
      loading.value = sum([...files.values()]);
    };
    loading.value = { loaded: 0, total: 0 };
    problem.value = undefined;
    try {
      const alone = engines.module !== undefined && backend === 'wasm' && threads === 1 && !weights;
      const how = { onProgress, signal: stop };
      const model = alone
        ? await openAlone(new URL(engines.module, site.folder), manifest, how)
        : await openIn(site, manifest, { backend, threads, wasmPaths: site.ort, ...how, ...(weights && { weights }) });
      isOpen = true;
      const before = opened.peek();
      const isModel = (file: string): boolean => sizes.has(file) || file === engines.module;
      const own = [...files].filter(([file]) => isModel(file)).map(([, size]) => size);
      const [loaded, all] = [sum(own).loaded, sum([...files.values()]).loaded];
      const sent = sentAs([...files.keys()].filter((file) => !isModel(file)));
      const bytes = { model: loaded, runtime: sent ?? all - loaded };
      opened.value = { model, alone, milliseconds: performance.now() - started, bytes };
      loading.value = undefined;
      if (model.backend.reason) notice.value = model.backend.reason;
      else if (backend === model.backend.name && backend === 'webgpu') notice.value = undefined;
      await before?.model.close();
    } catch (error) {
      if (stop.aborted) return;
      loading.value = undefined;
      problem.value = problemOf(error, 'The model could not be opened');
    }
  };

  effect(() => {
    const controller = new AbortController();
    const wanted = wish.value;
    void again.value; // so that a retry runs this again
    void site.held?.value; // and what training has made of it since
    untracked(() => void begin(wanted, controller.signal));
    return () => controller.abort(new DOMException('another was asked for', 'AbortError'));
  });
  return {
    opened,
    loading,
    problem,
    notice,
    retry: () => void again.value++,
    fellBack: (error) => {
      if (wish.peek().backend !== 'webgpu' || !(error instanceof Error) || !error.message.startsWith('webgpu: '))
        return false;
      notice.value = error.message;
      wish.value = { ...wish.peek(), backend: 'wasm' };
      return true;
    },
  };
};

/** Opens the model's ONNX files: those of its folder, or those that the page holds. */
const openIn = ({ folder, held }: Site, manifest: Manifest, how: OpenOptions): Promise<Model> => {
  if (!held) return open(folder, how);
  const at = (file: string): URL => new URL(encodeURIComponent(file), folder);
  return openFiles(manifest, at, how, async (_, { file }) => {
    const bytes = held.peek().get(file);
    if (!bytes) throw new Error(`${file} is not among the files of the model`);
    return bytes;
  });
};

/** Opens the model as a WebAssembly module of its own, in a worker. */
const openAlone = (
  address: URL,
  manifest: Manifest,
  how: Pick<OpenOptions, 'signal' | 'onProgress'>,
): Promise<Model> => {
  const worker = new Worker(new URL('../../../src/runtime/module/worker.ts', import.meta.url), { type: 'module' });
  return openModule(manifest, () => address, how, startIn(worker)).catch((error: unknown) => {
    worker.terminate();
    throw error;
  });
};

const sum = (all: readonly Loading[]): Loading => ({
  loaded: all.reduce((total, one) => total + one.loaded, 0),
  total: all.reduce((total, one) => total + one.total, 0),
});
