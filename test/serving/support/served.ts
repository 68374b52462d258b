import { openRunner } from '../../../src/runtime/node-files.ts';
import { locateModel } from '../../../src/runtime/locate-model.ts';
import type { FileRunner } from '../../../src/runtime/sessions.ts';
import { serveApi, type ApiOptions, type ServedApi } from '../../../src/serving/api.ts';
import type { Engine } from '../../../src/serving/engine.ts';

/** An engine that runs files in this thread, one call at a time; `before` is waited for before each. */
const engineOf = (runner: FileRunner, before: () => Promise<void>): Engine => {
  const listeners: (() => void)[] = [];
  let isBusy = false;
  return {
    get free() {
      return isBusy ? 0 : 1;
    },
    works: true,
    run: async (part, inputs) => {
      isBusy = true;
      try {
        await before();
        return await runner.run(part, inputs);
      } finally {
        isBusy = false;
        for (const listener of listeners) listener();
      }
    },
    onFree: (callback) => void listeners.push(callback),
    close: runner.close,
  };
};

/** Serves an exported folder from this thread, on any free port. */
export const serveFolder = async (
  folder: string,
  options: ApiOptions = {},
  before: () => Promise<void> = async () => undefined,
): Promise<ServedApi & { readonly url: string }> => {
  const place = await locateModel(folder);
  const manifest = await place.manifest();
  const { runner, backend } = await openRunner(manifest, place);
  const served = await serveApi(manifest, engineOf(runner, before), backend, options);
  return { ...served, url: served.urls[0] ?? '' };
};

/** A tensor of a request. */
export const tensor = <T>(name: string, datatype: string, shape: readonly number[], data: T) => ({
  name,
  datatype,
  shape,
  data,
});

/** What a server answers to a request for inference in JSON. */
export interface Inferred {
  readonly status: number;
  readonly error?: string;
  readonly retry: string | null;
  readonly outputs: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>>;
}

interface Body {
  readonly error?: string;
  readonly outputs?: readonly (Inferred['outputs'][string] & { readonly name: string })[];
}

/** What a server reports of itself or of a model. */
interface About {
  readonly inputs?: readonly { readonly name: string }[];
  readonly outputs?: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** Asks a server for something that it reports. */
export const getJson = async (address: string): Promise<About> => JSON.parse(await (await fetch(address)).text());

/** Asks a model of a server to infer. */
export const infer = async (url: string, model: string, request: unknown): Promise<Inferred> => {
  const body = typeof request === 'string' ? request : JSON.stringify(request);
  const answer = await fetch(`${url}v2/models/${model}/infer`, { method: 'POST', body });
  const { error, outputs = [] }: Body = JSON.parse(await answer.text());
  const named = outputs.map(({ name, ...output }) => [name, output] as const);
  return {
    status: answer.status,
    retry: answer.headers.get('retry-after'),
    ...(error && { error }),
    outputs: Object.fromEntries(named),
  };
};
