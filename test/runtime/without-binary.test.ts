import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open } from '../../src/runtime/node.ts';
import { pixels } from './models.ts';
import { writeModel } from './write-model.ts';
import { IS_LONG } from '../support/chosen.ts';

// The real packages, where the real onnxruntime-node has no binary, or one that the system's loader refuses.

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cvae-binary-'));
  await mkdir(join(folder, 'model'));
  await writeModel(join(folder, 'model'), pixels);
});
afterAll(() => rm(folder, { recursive: true }));

/** What the model gives in a Node of its own, from the runtime under `root`, after `first` has been run. */
const sampled = async (root: string, first = ''): Promise<{ backend: object; z: number[]; y: number[] }> => {
  const runtime = pathToFileURL(join(root, 'dist', 'runtime', 'node.js')).href;
  const script = `${first}
    const { open } = await import('${runtime}');
    const m = await open(process.argv[1]);
    const { z, data } = await m.sample({ digit: 'one', size: 1 }, { count: 4, seed: 3 });
    await m.close();
    console.log(JSON.stringify({ backend: m.backend, z: [...z.data], y: [...data] }));`;
  const args = ['--input-type=module', '--eval', script, join(folder, 'model')];
  return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout);
};

/** The same as in this process, on WASM, with this reason. */
const expectWasm = async (found: Awaited<ReturnType<typeof sampled>>, reason: RegExp): Promise<void> => {
  const model = await open(join(folder, 'model'));
  const { z, data } = await model.sample({ digit: 'one', size: 1 }, { count: 4, seed: 3 });
  await model.close();
  expect(model.backend).toEqual({ name: 'cpu', threads: 1 });
  expect(found.backend).toEqual({ name: 'wasm', threads: 1, reason: expect.stringMatching(reason) });
  expect(found.z).toEqual([...z.data]);
  expect(Math.max(...data.map((value, i) => Math.abs(value - (found.y[i] ?? NaN))))).toBeLessThan(1e-5);
};

describe("onnxruntime-web's WASM takes over in Node, with the same numbers, where onnxruntime-node", () => {
  it('has no binary for the system, as on an Intel Mac', async () => {
    const mac = `for (const [key, value] of [['platform', 'darwin'], ['arch', 'x64']]) Object.defineProperty(process, key, { value });`;
    await expectWasm(
      await sampled(ROOT, mac),
      /^runtime: expected onnxruntime-node to load on darwin x64, got "Cannot find module '.*darwin\/x64\/onnxruntime_binding\.node'"; see cvae-compile doctor$/,
    );
  });

  it.runIf(IS_LONG && process.platform === 'linux')('has one that the loader refuses, as on musl', async () => {
    // All of the package but the library that its add-on is linked to, which is what musl's loader fails at.
    const project = join(folder, 'project');
    const modules = join(project, 'node_modules');
    await mkdir(modules, { recursive: true });
    await cp(join(ROOT, 'node_modules', 'onnxruntime-node'), join(modules, 'onnxruntime-node'), {
      recursive: true,
      filter: (path) => !/libonnxruntime|darwin|win32/.test(path.slice(ROOT.length)),
    });
    for (const name of ['onnxruntime-common', 'onnxruntime-web'])
      await symlink(join(ROOT, 'node_modules', name), join(modules, name), 'junction');
    for (const name of ['dist', 'package.json']) await cp(join(ROOT, name), join(project, name), { recursive: true });
    await expectWasm(
      await sampled(project),
      /^runtime: expected onnxruntime-node to load on linux \w+, got "libonnxruntime\.so[^"]*cannot open shared object file[^"]*"; see cvae-compile doctor$/,
    );
  });
});
