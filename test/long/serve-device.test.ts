import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { open } from '../../src/runtime/node.ts';
import { exportExample } from '../browser/support/models.ts';
import { softwareGpu, WITHOUT_GPU } from '../browser/support/chromium.ts';
import { cli, temporary } from '../cli/support/cli.ts';
import { infer, tensor } from '../serving/support/served.ts';

// `serve --api --device`: onnxruntime-node's WebGPU on Chromium's software adapter, whose variables are read when a process starts.
const GPU = softwareGpu();
if (!GPU) console.log(WITHOUT_GPU);
const root = temporary();
const BIN = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

it.skipIf(!GPU)('serves on WebGPU what the processor gives, to 1e-4', { timeout: 240_000 }, async () => {
  const folder = await exportExample(root, 'digits');
  const words = ['serve', folder, '--api', '--json', '--device', 'webgpu', '--port', '18431'];
  const child = spawn(process.execPath, [BIN, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...GPU },
  });
  started.push(child);
  let err = '';
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  const line = await new Promise<string>((resolve) => child.stdout.once('data', (chunk) => resolve(String(chunk))));
  const { urls }: { urls: readonly string[] } = JSON.parse(line);
  const model = await open(folder);
  const { data } = await model.sample({ digit: 7 }, { seed: 1 });
  await model.close();
  const inputs = [tensor('digit', 'INT64', [1], [7]), tensor('seed', 'INT64', [1], [1])];
  const found = (await infer(urls[0] ?? '', 'digits', { inputs })).outputs['y']?.data ?? [];
  expect(found).toHaveLength(data.length);
  for (const [i, value] of [...data].entries()) expect(Math.abs(Number(found[i]) - value)).toBeLessThan(1e-4);
  expect(err).toMatch(/^digits is served at /m);
});

it('names a device that is not there, and what has no effect', async () => {
  const folder = await exportExample(root, 'digits');
  const words = [BIN, 'serve', folder, '--api', '--device', 'cuda', '--port', '18432'];
  const none = spawnSync(process.execPath, words, { encoding: 'utf8' });
  expect([none.status, none.stderr]).toEqual([
    1,
    expect.stringMatching(
      /^error: digits: expected a GPU that onnxruntime-node reaches by cuda, got ".+"; leave --device out to run on the processor\n$/,
    ),
  ]);
  const several = await cli('serve', folder, '--api', '--device', 'webgpu', '--threads', '2');
  expect(several.err).toBe(
    'error: --threads: expected 1 with --device webgpu, got 2; leave --threads out, a device runs one call at a time\n',
  );
  const page = await cli('serve', folder, '--device', 'webgpu');
  expect(page.err).toBe('error: --device: expected --api with --device, got none; leave --device out, or add --api\n');
});
