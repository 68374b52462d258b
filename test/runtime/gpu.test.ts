import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open, type SelfTest } from '../../src/runtime/node.ts';
import { softwareGpu, WITHOUT_GPU } from '../browser/support/chromium.ts';
import { exportExample } from '../browser/support/models.ts';
import { pixels } from './models.ts';
import { writeModel } from './write-model.ts';
import { IS_LONG } from '../support/chosen.ts';

// The real WebGPU of onnxruntime-node, in a process of its own: the variables that select an adapter are read at its start.

const GPU = softwareGpu();
if (!GPU) console.log(WITHOUT_GPU);

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cvae-gpu-'));
  await exportExample(root, 'digits');
  await exportExample(root, 'completion');
});
afterAll(() => rm(root, { recursive: true }));

interface Found {
  readonly backend: object;
  readonly y: readonly number[];
  readonly test: SelfTest;
}

const runtime = pathToFileURL(fileURLToPath(new URL('../../dist/runtime/node.js', import.meta.url))).href;

/** What a folder gives that is opened for WebGPU, in a process with this environment. */
const onGpu = async (folder: string, given: object, env: NodeJS.ProcessEnv = {}, first = ''): Promise<Found> => {
  const script = `${first}
    const { open } = await import('${runtime}');
    const m = await open(process.argv[1], { backend: 'webgpu' });
    const [a, b] = await Promise.all([m.mean(${JSON.stringify(given)}), m.mean(${JSON.stringify(given)})]);
    if (a.data.join() !== b.data.join()) throw new Error('two calls at once differ');
    const test = await m.selfTest();
    await m.close();
    console.log(JSON.stringify({ backend: m.backend, y: [...a.data], test }));`;
  const args = ['--input-type=module', '--eval', script, folder];
  return JSON.parse((await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } })).stdout);
};

const largest = (a: readonly number[], b: ArrayLike<number>): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? NaN))), 0);

describe.skipIf(!GPU)('WebGPU in Node', () => {
  const models = [
    ['digits', { digit: 3 }],
    ['completion', { x: Array.from({ length: 784 }, (_, i) => (i % 29) / 29) }],
  ] as const;
  it.each(IS_LONG ? models : models.slice(0, 1))(
    'computes %s as the CPU does, and proves it',
    { timeout: 180_000 },
    async (name, given) => {
      const folder = join(root, name);
      const found = await onGpu(folder, given, GPU);
      expect(found.backend).toEqual({ name: 'webgpu', threads: 1 });
      expect(found.test).toMatchObject({ passed: true, tolerance: 1e-4 });
      const model = await open(folder);
      const { data } = await model.mean(given);
      await model.close();
      expect(found.y).toHaveLength(784);
      expect(largest(found.y, data)).toBeLessThan(1e-4);
    },
  );

  it('leaves the model to the CPU if its numbers are wrong, and gives the reason', async () => {
    // Its files claim other numbers, which the CPU is not asked for: it is what they were verified with.
    const plain = await mkdtemp(join(root, 'pixels-'));
    await writeModel(plain, pixels, { baseline: { inputs: { size: [0.5] }, outputs: { y: [2, 2, 2, 2, 2, 2] } } });
    const found = await onGpu(plain, { digit: 'one', size: 1 }, GPU);
    expect(found.backend).toEqual({
      name: 'cpu',
      threads: 1,
      reason: expect.stringMatching(/^webgpu: its numbers are wrong by 0\.\d+$/),
    });
    expect(found.y).toHaveLength(6);
  });
});

describe('where WebGPU cannot be had', () => {
  it.skipIf(process.platform !== 'linux')('for want of an adapter, the CPU takes over, with the reason', async () => {
    const found = await onGpu(join(root, 'digits'), { digit: 3 }, { VK_ICD_FILENAMES: '/nowhere.json' });
    expect(found.backend).toEqual({
      name: 'cpu',
      threads: 1,
      reason:
        "webgpu: expected a graphics adapter, got none; install the GPU's driver (on Linux also Vulkan's loader, libvulkan1)",
    });
    expect(found.test).toMatchObject({ passed: true, tolerance: 1e-5 });
  });

  it('for want of a binary with it, WASM takes over, with the reason', async () => {
    const mac = `for (const [key, value] of [['platform', 'darwin'], ['arch', 'x64']]) Object.defineProperty(process, key, { value });`;
    const found = await onGpu(join(root, 'digits'), { digit: 3 }, {}, mac);
    expect(found.backend).toEqual({
      name: 'wasm',
      threads: 1,
      reason: expect.stringMatching(/^webgpu: runtime: expected onnxruntime-node to load on darwin x64, got ".*"; /),
    });
  });

  it('for want of onnxruntime-node, there is a sentence', async () => {
    const folder = await mkdtemp(join(root, 'bare-'));
    await mkdir(join(folder, 'node_modules'));
    await cp(fileURLToPath(new URL('../../dist/', import.meta.url)), join(folder, 'dist'), { recursive: true });
    await writeFile(join(folder, 'package.json'), await readFile(new URL('../../package.json', import.meta.url)));
    const script = `const { open } = await import(process.argv[1]);
      await open(process.argv[2], { backend: 'webgpu' }).catch((error) => console.log(String(error)));`;
    const entry = pathToFileURL(join(folder, 'dist', 'runtime', 'node.js')).href;
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module',
      '--eval',
      script,
      entry,
      join(root, 'digits'),
    ]);
    expect(stdout).toBe('Unavailable: runtime: onnxruntime-node is not installed; npm install onnxruntime-node\n');
  });
});
