import type { ExportedFile, Manifest, Part } from '../signature.ts';
import { callErrors } from './load-call-errors.ts';
import type { ShapedArray, Ort, OrtOptions, OrtSession, OrtTensor } from './ort.ts';

/** Arrays by name: a file's inputs or outputs. */
export type Feeds = Readonly<Record<string, ShapedArray>>;

/** Runs the files of a model, wherever they run. */
export interface FileRunner {
  /** Runs a part on inputs of one batch size: exactly the inputs that the file takes. */
  run(part: Part, inputs: Feeds): Promise<Feeds>;
  /** Frees the resources of the files, once; nothing may run meanwhile or afterwards. */
  close(): Promise<void>;
}

/** The parts that `open` loads; the sampler is for other hosts. */
export const SERVED: readonly Part[] = ['decoder', 'start', 'step', 'prior', 'baseline', 'predictor', 'draw'];

/** The parts that are loaded when something is asked of an example. */
export const ASKED: readonly Part[] = ['recognition', 'evaluation'];

/** The bytes of a file, and its name in messages. */
export interface Source {
  readonly bytes: Uint8Array;
  readonly where: string;
  /** The bytes of the file that holds its weights, if that is a separate one. */
  readonly external?: Uint8Array;
}

/**
 * Opens an onnxruntime session for each file, and for any other when it is first run, with the source that `later` returns. Throws an
 * `InvalidFile` for bytes that onnxruntime does not load, or whose inputs and outputs are not those that the manifest lists.
 */
export const openSessions = async (
  ort: Ort,
  { files }: Manifest,
  sources: ReadonlyMap<Part, Source>,
  options: OrtOptions,
  later: (file: ExportedFile) => Promise<Source>,
): Promise<FileRunner> => {
  const sessions = new Map<Part, Promise<OrtSession | undefined>>();
  const sessionOf = (part: Part): Promise<OrtSession | undefined> => {
    const file = files[part];
    const open = async () => file && openSession(ort, file, sources.get(part) ?? (await later(file)), options);
    const session = sessions.get(part) ?? open();
    sessions.set(part, session);
    // Another attempt may succeed.
    session.catch(() => sessions.delete(part));
    return session;
  };
  const close = async (): Promise<void> => {
    for (const session of sessions.values()) await (await session)?.release();
  };
  try {
    for (const part of sources.keys()) await sessionOf(part);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    run: async (part, inputs) => {
      const feeds: Record<string, OrtTensor> = {};
      for (const [name, { data, shape }] of Object.entries(inputs))
        feeds[name] = new ort.Tensor('float32', data, shape);
      // The caller notices that outputs are missing.
      return numbersOf((await (await sessionOf(part))?.run(feeds)) ?? {});
    },
    close,
  };
};

const openSession = async (
  ort: Ort,
  file: ExportedFile,
  { bytes, where, external }: Source,
  options: OrtOptions,
): Promise<OrtSession> => {
  const externalData = file.external && external && [{ path: file.external.file, data: external }];
  // A copy of the options: onnxruntime-web modifies those that it receives.
  const own = { ...options, ...(externalData && { externalData }) };
  const session = await ort.InferenceSession.create(bytes, own).catch(async (error: unknown) => {
    throw (await callErrors()).unloadable(where, error);
  });
  for (const [what, found, listed] of [
    ['inputs', session.inputNames, Object.keys(file.inputs)],
    ['outputs', session.outputNames, Object.keys(file.outputs)],
  ] as const)
    if ([...found].sort().join() !== [...listed].sort().join()) {
      await session.release();
      throw (await callErrors()).otherNames(where, what, listed, found);
    }
  return session;
};

const numbersOf = (outputs: Readonly<Record<string, OrtTensor>>): Feeds => {
  const found: Record<string, ShapedArray> = {};
  for (const [name, { data, dims }] of Object.entries(outputs)) {
    if (!(data instanceof Float32Array)) throw new TypeError(`${name}: expected float32`);
    found[name] = { data, shape: dims };
  }
  return found;
};
