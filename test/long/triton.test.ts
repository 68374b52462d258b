import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { open, readManifest } from '../../src/runtime/node.ts';
import { writeRepository } from '../../src/serving/triton/repository.ts';
import { ownFloats } from '../../src/values/lists.ts';
import { exportExample } from '../browser/support/models.ts';
import { pythonWith } from '../setup/python.ts';

// NVIDIA's own protobuf and client judge what Triton is given and what `serve --api` answers.

const found = pythonWith('tritonclient[http]', 'onnxruntime', 'protobuf');
const why = 'missing' in found ? found.missing : undefined;
if (why !== undefined) console.log(`skipped: ${why}`);
const python = 'python' in found ? found.python : '';

const root = mkdtempSync(join(tmpdir(), 'cvae-triton-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const script = (name: string): string => fileURLToPath(new URL(`../python/${name}`, import.meta.url));
const BIN = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));

test.skipIf(why)('the repository is what Triton reads, and its ensemble draws the samples of the runtime', async () => {
  for (const name of ['completion', 'table', 'names']) {
    const exported = await exportExample(root, name);
    const manifest = await readManifest(exported);
    const repository = join(root, `${name}-repository`);
    const { models } = await writeRepository(exported, manifest, repository);
    const expected = join(root, `${name}.json`);
    writeFileSync(expected, JSON.stringify(manifest.files.prior ? await samplesOf(exported) : {}));
    const { status, stdout, stderr } = spawnSync(python, [script('check_triton.py'), repository, expected], {
      encoding: 'utf8',
    });
    expect(status, stdout + stderr).toBe(0);
    expect(stdout.match(/^ok /gm)).toHaveLength(models.length);
  }
});

/** Conditions and noise of two rows, and the samples that the runtime makes of them. */
const samplesOf = async (exported: string) => {
  const model = await open(exported);
  const { conditions, latent } = model.signature;
  const values = Object.fromEntries(
    Object.entries(conditions).map(([name, { shape }]) => {
      const length = shape.reduce((a, b) => a * b, 1);
      return [name, [0, 1].map((row) => Float32Array.from({ length }, (_, i) => Number((i + row) % 3 === 0)))];
    }),
  );
  const noise = [0, 1].map((row) => Array.from({ length: latent }, (_, i) => ((i + row) % 5) / 5 - 0.4));
  const { mean, logVar } = await model.prior(values);
  const z = noise.map((own, row) =>
    own.map(
      (epsilon, i) => (mean.data[row * latent + i] ?? 0) + Math.exp((logVar.data[row * latent + i] ?? 0) / 2) * epsilon,
    ),
  );
  const y = await model.decode(z, values);
  const { decoder } = model.signature.files;
  await model.close();
  const nested = (own: ArrayLike<number>, shape: readonly number[]): unknown => {
    if (shape.length === 0) return own[0];
    const [length = 1, ...rest] = shape;
    const step = own.length / length;
    return Array.from({ length }, (_, i) => nested(Array.from(own).slice(i * step, (i + 1) * step), rest));
  };
  const inputs = Object.entries(values).map(([name, rows]) => [
    name,
    rows.map((row) => nested(row, conditions[name]?.shape ?? [])),
  ]);
  const all: Readonly<Record<string, unknown>> = { ...y, y: y.data };
  const outputs = Object.entries(decoder?.outputs ?? {}).map(([name, shape]) => [
    name,
    nested(ownFloats(all[name]) ?? [], [2, ...shape]),
  ]);
  return { inputs: { ...Object.fromEntries(inputs), noise }, outputs: Object.fromEntries(outputs) };
};

test.skipIf(why)('tritonclient is answered as by Triton', { timeout: 300_000 }, async () => {
  const exported = await exportExample(root, 'digits', { sampler: true });
  const model = await open(exported);
  const { data, z } = await model.sample({ digit: [7, 3] }, { count: 2, seed: 1, temperature: 0.8 });
  await model.close();
  const inputs = [
    { name: 'digit', datatype: 'INT64', data: [7, 3] },
    { name: 'count', datatype: 'INT64', data: [2] },
    { name: 'seed', datatype: 'INT64', data: [1] },
    { name: 'temperature', datatype: 'FP32', data: [0.8] },
  ];
  const expected = join(root, 'samples.json');
  writeFileSync(
    expected,
    JSON.stringify({ samples: [{ model: 'digits', inputs, outputs: { y: [...data], z: [...z.data], seed: [1] } }] }),
  );
  const child = spawn(process.execPath, [BIN, 'serve', exported, '--api', '--json', '--port', '18419'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const { status, stdout, stderr } = spawnSync(python, [script('check_api.py'), '127.0.0.1:18419', expected], {
      encoding: 'utf8',
    });
    expect(status, stdout + stderr).toBe(0);
    expect(stdout.match(/^ok /gm)).toHaveLength(5);
  } finally {
    child.kill('SIGKILL');
  }
});
