import { join } from 'node:path';
import { InvalidData, InvalidGraph, reasonOf, Unavailable } from '../../errors.ts';
import { gpuReason, loadAny, loadGpu, loadOrt, versionOf } from '../../runtime/ort-node.ts';
import type { Ort } from '../../runtime/ort.ts';
import { moduleRunner } from '../../runtime/module/engine.ts';
import { host } from '../../runtime/module/web-assembly.ts';
import type { Feeds } from '../../runtime/sessions.ts';
import type { ExportedFile } from '../../signature.ts';
import { compileWasm } from '../../wasm/compile.ts';
import { needed } from '../../wasm/needed.ts';
import { onnxruntime } from '../engine.ts';
import type { Exported } from '../read-exported.ts';
import type { EngineProcess } from './engine-process.ts';
import { startJax } from './jax-js.ts';
import { PACKAGES, startPython, type PythonEngineName } from './python.ts';

/** The engines that a folder can be checked in: onnxruntime's three, this package's WebAssembly, jax-js, and those of Python. */
export const ENGINES = [
  'onnxruntime',
  'wasm',
  'webgpu',
  'module',
  'jax-js',
  'openvino',
  'opencv',
  'tract',
  'c',
] as const;
export type EngineName = (typeof ENGINES)[number];

/** A file of an exported model, as it was read. */
export interface ReadFile extends Pick<Exported, 'bytes' | 'external' | 'model'> {
  readonly path: string;
  /** The shapes of its outputs, without the batch. */
  readonly outputs: ExportedFile['outputs'];
}

/** An engine that runs files of a model. */
export interface Engine {
  readonly name: EngineName;
  readonly version: string;
  /** Runs a file on one batch. @throws Error with the engine's own reason if it refuses it. */
  run(file: ReadFile, inputs: Feeds): Promise<Feeds>;
  close(): Promise<void>;
}

/** Opens an engine. @throws Unavailable, with what installs it, if it is not there. */
export const openEngine = async (name: EngineName): Promise<Engine> => {
  if (name in PACKAGES) return apart(name, startPython(name as PythonEngineName)); // as just found
  if (name === 'module') return ownModule();
  if (name === 'jax-js') return apart(name, startJax());
  const [{ ort, provider }, installed] =
    name === 'onnxruntime'
      ? [{ ort: await loadOrt(), provider: 'cpu' }, 'onnxruntime-node']
      : name === 'webgpu'
        ? [await loadGpu(), 'onnxruntime-node']
        : [await loadAny('wasm'), 'onnxruntime-web'];
  return onOnnxruntime(name, ort, provider, installed);
};

/** Reads the names of engines, separated by commas. @throws InvalidData for one that is unknown. */
export const engineNames = (text: string): readonly EngineName[] =>
  text.split(',').map((word) => {
    const found = ENGINES.find((name) => name === word.trim());
    if (found) return found;
    throw new InvalidData(`--check: expected some of ${ENGINES.join(', ')}, got "${word}"; correct it`);
  });

const onOnnxruntime = (name: EngineName, ort: Ort, provider: string, installed: string): Engine => {
  const version = versionOf(installed);
  const engine = onnxruntime(ort, installed, provider);
  return {
    name,
    version,
    run: async ({ bytes, external }, inputs) => {
      const loaded = await engine.load(bytes, external).catch((error: unknown) => {
        const why = gpuReason(error);
        throw why === reasonOf(error) ? error : new Unavailable(`webgpu: ${why}`);
      });
      return loaded.run(inputs).finally(() => loaded.release());
    },
    close: async () => undefined,
  };
};

const ownModule = (): Engine => ({
  name: 'module',
  version: '',
  run: async ({ model, outputs }, inputs) => {
    const { missing } = needed(model.graph);
    if (missing.length > 0)
      throw new InvalidGraph(
        `expected operators that it has kernels for, got ${missing.join(', ')}; run this file in onnxruntime`,
      );
    // The name of a part is that of a function, and any will do.
    const { plan, bytes } = compileWasm({ decoder: model.graph }, model.opset);
    const { WebAssembly } = host;
    if (!WebAssembly) throw new Error('this Node has no WebAssembly');
    const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(bytes()));
    const found = await moduleRunner('the file', plan, exports).run('decoder', inputs);
    const rows = Object.values(inputs)[0]?.shape[0] ?? 0;
    return Object.fromEntries(
      Object.entries(outputs).map(([key, shape]) => [
        key,
        { data: found[key]?.data ?? new Float32Array(), shape: [rows, ...shape] },
      ]),
    );
  },
  close: async () => undefined,
});

const apart = async (name: EngineName, starting: Promise<EngineProcess>): Promise<Engine> => {
  const { version, run, close } = await starting;
  return {
    name,
    version,
    run: ({ path, outputs }, inputs) => run(path, inputs, Object.keys(outputs)),
    close,
  };
};

/** Returns the path of a file in an exported folder. */
export const pathIn = (folder: string, { file }: ExportedFile): string => join(folder, file);
