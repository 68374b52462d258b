import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SMALL } from '../cli/support/cli.ts';

// The built package in a project without onnxruntime-node and tfjs-node, as on StackBlitz, and on processors that neither has a binary for.

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ABSENT = ['onnxruntime-node', '@tensorflow/tfjs-node', 'cvae-compile'];
let project = '';

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'cvae-web-alone-'));
  for (const name of ['dist', 'bin', 'package.json'])
    await cp(join(ROOT, name), join(project, 'node_modules', 'cvae-compile', name), { recursive: true });
  const modules = join(ROOT, 'node_modules');
  const scoped = await Promise.all(
    (await readdir(modules)).map(async (name) =>
      name.startsWith('@') ? (await readdir(join(modules, name))).map((one) => `${name}/${one}`) : [name],
    ),
  );
  for (const name of scoped.flat().filter((one) => !one.startsWith('.') && !ABSENT.includes(one))) {
    const link = join(project, 'node_modules', name);
    await mkdir(join(link, '..'), { recursive: true });
    await symlink(join(modules, name), link, 'junction');
  }
  await writeFile(join(project, 'model.ts'), SMALL);
});
afterAll(() => rm(project, { recursive: true }));

/** Runs the command line in the project; returns what it says. */
const run = async (...args: readonly string[]): Promise<string> => {
  const bin = join(project, 'node_modules', 'cvae-compile', 'bin', 'cvae-compile.mjs');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [bin, ...args], { cwd: project });
  return `${stdout}${stderr}`;
};

describe('with onnxruntime-web alone', { timeout: 300_000 }, () => {
  it('a model is trained, exported, verified and drawn from, on its WASM', async () => {
    expect(await run('train', 'model.ts', '--out', 'run', '--engine', 'onnx', '--epochs', '2')).toContain(
      "training with onnxruntime-web's WASM; runtime: onnxruntime-node is not installed",
    );
    const record = JSON.parse(await readFile(join(project, 'run', 'run.json'), 'utf8'));
    expect(record.engine.name).toBe('onnxruntime-web');
    expect(record.engine.version).toMatch(/^\d+\.\d+\.\d+/);
    const exported = await run('export', 'model.ts', '--weights', 'run', '--out', 'onnx');
    expect(exported).toMatch(/verified in onnxruntime-web: largest difference \d\.\de-\d/);
    expect(await run('verify', 'onnx')).toMatch(/verified: largest difference/);
    expect(
      await run('sample', 'onnx', '--set', 'kind=left', '--count', '2', '--seed', '1', '--out', 'drawn.csv'),
    ).toContain('drawn.csv');
  });
});
