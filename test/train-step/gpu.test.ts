import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { softwareGpu, WITHOUT_GPU } from '../browser/support/chromium.ts';
import { temporary } from '../cli/support/cli.ts';
import { IS_LONG } from '../support/chosen.ts';

// onnxruntime-node's WebGPU on Chromium's software adapter, in a process of its own: the variables that select an adapter are read at its start.
const GPU = softwareGpu();
if (!GPU) console.log(WITHOUT_GPU);

const dist = (path: string) => new URL(`../../dist/${path}`, import.meta.url).href;

const program = (...devices: readonly string[]): string => `
  const { cvae, bernoulli, categorical, concat, dense, gaussian, relu } = await import('${dist('index.js')}');
  const { train, engineOf, adam } = await import('${dist('train/index.js')}');
  const model = cvae({
    condition: { kind: categorical(2) }, target: bernoulli(9), latent: 2,
    recognition: ({ y, kind }) => concat(y, kind).pipe(dense(8), relu, gaussian(2)),
    decoder: ({ z, kind }) => concat(z, kind).pipe(dense(8), relu, dense(9)),
  });
  const data = (count, from) => ({
    kind: Array.from({ length: count }, (_, i) => i % 2),
    y: Array.from({ length: count }, (_, i) => Array.from({ length: 9 }, (_, j) => ((i + from + j * 7) % 5) / 8 + (i % 2 === j % 2 ? 0.4 : 0))),
  });
  const all = [];
  for (const device of ${JSON.stringify(devices)}) {
    const options = { engine: 'onnx', device, epochs: 2, batch: 16, seed: 7, learningRate: 0.01 };
    const { weights, epochs, engine } = await train(model, { train: data(120, 0), test: data(30, 3) }, options);
    all.push({ name: engine.name, loss: epochs.map((one) => one.train.loss), weights: [...weights].map(([name, { data }]) => [name, [...data]]) });
  }
  console.log(JSON.stringify(all));`;

const run = (text: string, env: NodeJS.ProcessEnv = {}) =>
  spawnSync(process.execPath, ['--input-type=module', '--eval', text], {
    cwd: temporary(),
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });

interface Trained {
  readonly name: string;
  readonly loss: readonly number[];
  readonly weights: readonly (readonly [string, readonly number[]])[];
}

it.runIf(IS_LONG && GPU)('trains on WebGPU as on the processor, its state on the device', { timeout: 240_000 }, () => {
  const { stdout, stderr, status } = run(program('cpu', 'webgpu'), GPU);
  expect(status, stderr).toBe(0);
  const [cpu, gpu]: Trained[] = JSON.parse(stdout);
  expect([cpu?.name, gpu?.name]).toEqual(['onnxruntime-node', 'onnxruntime-node on webgpu']);
  expect(gpu?.loss).toHaveLength(2);
  for (const [i, loss] of (cpu?.loss ?? []).entries())
    expect(Math.abs((gpu?.loss[i] ?? NaN) / loss - 1)).toBeLessThan(1e-4);
  const others = new Map(gpu?.weights);
  for (const [name, values] of cpu?.weights ?? [])
    for (const [i, value] of values.entries())
      expect(Math.abs((others.get(name)?.[i] ?? NaN) - value)).toBeLessThan(2e-3);
});

it.skipIf(!GPU)(
  'doctor names the operators of a definition that fall back to the processor',
  { timeout: 120_000 },
  () => {
    const bin = fileURLToPath(dist('cli/bin.js'));
    const words = [bin, 'doctor', '--device', 'webgpu', 'examples/names/model.ts', '--json'];
    const { stdout, stderr } = spawnSync(process.execPath, words, {
      encoding: 'utf8',
      env: { ...process.env, ...GPU },
    });
    const { files } = JSON.parse(stdout || stderr);
    const named = new Map<string, Record<string, number>>(
      files.map(({ file, onProcessor }: { file: string; onProcessor: Record<string, number> }) => [file, onProcessor]),
    );
    expect(named.get('train.onnx')).toMatchObject({ Scan: expect.any(Number) });
    expect(named.size).toBeGreaterThan(1);
  },
);

it('says in one sentence that there is no such device', { timeout: 60_000 }, () => {
  const { stderr } = run(program('cuda'));
  expect(stderr).toMatch(
    /Unavailable: train: expected a GPU that onnxruntime-node reaches by cuda, got ".+"; leave --device out/,
  );
});

it.runIf(IS_LONG && GPU)('names what a device cannot compute, and the way on', { timeout: 240_000 }, () => {
  const { stdout, stderr } = run(
    `
    const { cvae, categorical, concat, conv2d, dense, flatten, gaussian, maxPool2d, normal, reshape } = await import('${dist('index.js')}');
    const { train } = await import('${dist('train/index.js')}');
    // Windows that overlap: the gradient needs the positions of their maxima, which onnxruntime's WebGPU does not output.
    const model = cvae({
      condition: { kind: categorical(2) }, target: normal(7, 7, 1), latent: 2,
      recognition: ({ y, kind }) => concat(y.pipe(conv2d(2), maxPool2d({ size: 3, stride: 2 }), flatten), kind).pipe(gaussian(2)),
      decoder: ({ z, kind }) => concat(z, kind).pipe(dense(49), reshape(7, 7, 1)),
    });
    const y = Array.from({ length: 8 }, (_, i) => Array.from({ length: 49 }, (_, j) => (i * j) % 5));
    await train(model, { kind: y.map((_, i) => i % 2), y }, { engine: 'onnx', device: 'webgpu', epochs: 1 }).catch((error) => console.log(error.name, error.message));
  `,
    GPU,
  );
  expect(stdout, stderr).toMatch(
    /^Unavailable train: expected onnxruntime-node on webgpu to compute a step of this model, got ".*MaxPool.*"; leave --device out to train on the processor\n$/,
  );
});
