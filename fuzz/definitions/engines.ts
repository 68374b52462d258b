import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { importOnnxruntime } from '../../src/onnxruntime.ts';
import { softwareGpu } from '../../test/browser/support/chromium.ts';
import type { Values } from '../judge/judge.ts';

/** What runs ONNX files. */
export interface Engine {
  readonly name: string;
  /** Whether it takes seconds for a file. */
  readonly slow?: true;
  /** What a file gives for each of several inputs. */
  run(bytes: Uint8Array, inputs: readonly Values[]): Promise<readonly Values[]>;
  close(): void;
}

/** The part of onnxruntime, in any of its packages, that is used here. */
interface Ort {
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => { readonly data: unknown };
  readonly InferenceSession: {
    create(bytes: Uint8Array, options: object): Promise<Session>;
  };
}
interface Session {
  readonly inputNames: readonly string[];
  run(feeds: object): Promise<Readonly<Record<string, { readonly data: unknown; readonly dims: readonly number[] }>>>;
  release(): Promise<void>;
}

const local = (name: string, { InferenceSession, Tensor }: Ort, options: object): Engine => ({
  name,
  run: async (bytes, inputs) => {
    const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3, ...options });
    try {
      const answers: Values[] = [];
      for (const given of inputs) {
        const feeds = session.inputNames.flatMap((input) => {
          const value = given[input];
          return value ? [[input, new Tensor('float32', Float32Array.from(value.data), value.shape)] as const] : [];
        });
        const results = Object.entries(await session.run(Object.fromEntries(feeds)));
        answers.push(
          Object.fromEntries(
            results.map(([output, { data, dims }]) => {
              if (!(data instanceof Float32Array)) throw new Error(`${output} is no float32`);
              return [output, { shape: dims, data: data.slice() }];
            }),
          ),
        );
      }
      return answers;
    } finally {
      await session.release();
    }
  },
  close: () => undefined,
});

/** What the process of WebGPU answers. */
type Answer = { readonly answers: readonly Values[] } | { readonly error: string };

/** WebGPU in a process of its own: the variables that select an adapter are read at its start, and a driver's crash ends nothing here. */
const webgpu = (env: NodeJS.ProcessEnv): Engine => {
  let child: ChildProcess | undefined;
  let waiting: ((answer: Answer) => void)[] = [];
  const start = (): ChildProcess => {
    const started = spawn(process.execPath, [fileURLToPath(new URL('webgpu.mjs', import.meta.url))], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
    });
    started.on('message', (answer: Answer) => waiting.shift()?.(answer));
    started.on('exit', () => {
      for (const tell of waiting) tell({ error: 'the process of WebGPU ended' });
      waiting = [];
      child = undefined;
    });
    return started;
  };
  return {
    name: 'webgpu',
    slow: true,
    run: async (bytes, inputs) => {
      child ??= start();
      child.send({ bytes, inputs });
      const answer = await new Promise<Answer>((resolve) => waiting.push(resolve));
      if ('error' in answer) throw new Error(answer.error);
      return answer.answers;
    },
    close: () => child?.kill(),
  };
};

/**
 * The engines of this machine: onnxruntime-node with and without its own optimisations, onnxruntime-web's WASM, and WebGPU where
 * there is an adapter. @param only names of some of them
 */
export const enginesHere = async (
  only?: readonly string[],
): Promise<{ readonly engines: readonly Engine[]; readonly missing: readonly string[] }> => {
  const missing: string[] = [];
  const engines: Engine[] = [];
  const wants = (name: string): boolean => only === undefined || only.includes(name);
  // Both packages' classes match `Ort`, and have more members that are not used.
  const node = (await importOnnxruntime()) as unknown as Ort;
  if (wants('cpu')) engines.push(local('cpu', node, { executionProviders: ['cpu'] }));
  if (wants('cpu-plain'))
    engines.push(local('cpu-plain', node, { executionProviders: ['cpu'], graphOptimizationLevel: 'disabled' }));
  if (wants('wasm'))
    try {
      const web = await import('onnxruntime-web/wasm');
      web.env.wasm.numThreads = 1;
      engines.push(local('wasm', web as unknown as Ort, { executionProviders: ['wasm'] }));
    } catch (error) {
      missing.push(`wasm (${String(error).split('\n')[0]})`);
    }
  const gpu = softwareGpu();
  if (wants('webgpu')) {
    if (gpu) engines.push(webgpu(gpu));
    else missing.push('webgpu (no adapter; a Chromium brings one)');
  }
  return { engines, missing };
};
