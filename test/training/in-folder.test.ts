import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { categorical, concat, cvae, dense, gaussian, normal } from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { open } from 'cvae-compile/runtime';
import { engineOf, loadWeights, train } from 'cvae-compile/train';
import { cli, temporary } from '../cli/support/cli.ts';

// The library does all that the command line does.
const MODEL = `import { categorical, concat, cvae, dense, gaussian, normal } from 'cvae-compile';
export default cvae({
  condition: { kind: categorical('a', 'b') },
  target: normal(2),
  latent: 2,
  recognition: ({ y, kind }) => concat(y, kind).pipe(gaussian(2)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(2)),
});
const kind = Array.from({ length: 40 }, (_, i) => 'ab'[i % 2]);
export const data = { kind, y: kind.map((k, i) => [k === 'a' ? 1 : -1, i / 40]) };
export const training = { epochs: 2, batch: 8 };
`;
const model = cvae({
  condition: { kind: categorical('a', 'b') },
  target: normal(2),
  latent: 2,
  recognition: ({ y, kind }) => concat(y, kind).pipe(gaussian(2)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(2)),
});
const kind = Array.from({ length: 40 }, (_, i) => 'ab'[i % 2] ?? '');
const data = { kind, y: kind.map((k, i) => [k === 'a' ? 1 : -1, i / 40]) };
const options = { epochs: 2, batch: 8 };

const root = temporary();
const at = (...names: readonly string[]) => join(root, ...names);

test('a run in a folder is that of the command line: the same weights, the same files', async () => {
  writeFileSync(at('kinds.ts'), MODEL);
  expect(await cli('train', at('kinds.ts'), '--out', at('told'), '--engine', 'onnx')).toMatchObject({ code: 0 });
  const epochs: number[] = [];
  const engine = await engineOf('onnx');
  const { weights, names, validation } = await train(model, data, {
    ...options,
    engine,
    run: at('run'),
    onEpoch: ({ epoch }) => epochs.push(epoch),
  });
  expect(epochs).toEqual([1, 2]);
  expect(readdirSync(at('run')).sort()).toEqual(readdirSync(at('told')).sort());
  expect(readFileSync(at('run', 'weights.safetensors'))).toEqual(readFileSync(at('told', 'weights.safetensors')));
  expect(readFileSync(at('run', 'report.html'), 'utf8')).toContain('<h1>run</h1>');
  expect(validation?.negativeElbo).toBeGreaterThan(0);
  const kept = await loadWeights(at('run'));
  expect(kept.weights.get('decoder/dense_1/kernel')).toEqual(weights.get('decoder/dense_1/kernel'));

  const { manifest, files, largest } = await exportModel(model, weights, {
    out: at('exported'),
    name: 'kinds',
    names,
    run: at('run'),
    training: true,
    sampler: true,
    package: { license: 'MIT' },
  });
  const flags = ['--weights', at('told'), '--training', '--sampler', '--package', '--license', 'MIT'];
  expect(await cli('export', at('kinds.ts'), ...flags, '--out', at('by-command', 'exported'))).toMatchObject({
    code: 0,
  });
  expect(files.at(-1)).toBe('model.json');
  expect(largest).toBeLessThan(1e-4);
  expect(manifest.files.decoder?.file).toBe('decoder.onnx');
  for (const name of ['model.json', 'decoder.onnx', 'sampler.onnx', 'train.onnx', 'state.safetensors', 'examples.json'])
    if (name !== 'model.json')
      expect(readFileSync(at('exported', name)).equals(readFileSync(at('by-command', 'exported', name))), name).toBe(
        true,
      );
  const opened = await open(at('exported'));
  expect((await opened.selfTest()).passed).toBe(true);
  await opened.close();
});

test('resumes what the folder holds', async () => {
  const engine = await engineOf('onnx');
  const whole = await train(model, data, { ...options, epochs: 4, engine, run: at('whole'), report: false });
  await train(model, data, { ...options, epochs: 2, engine, run: at('parts'), tensorboard: false });
  const rest = await train(model, data, { ...options, epochs: 4, engine, run: at('parts'), resume: true });
  expect(rest.weights).toEqual(whole.weights);
  expect(existsSync(at('whole', 'report.html'))).toBe(false);
  expect(existsSync(at('parts', 'previous'))).toBe(false);
});

test('refuses options that have no effect, and precision that cannot be', async () => {
  await expect(train(model, data, { report: false })).rejects.toThrow(
    'train: expected options that have an effect, got report without run; leave it out',
  );
  await expect(train(model, data, { resume: true })).rejects.toThrow('got resume without run');
  const weights = new Map();
  await expect(exportModel(model, weights, { out: at('none'), training: true, precision: 'float16' })).rejects.toThrow(
    'precision: expected float32 with training',
  );
  expect(existsSync(at('none'))).toBe(false);
});

test('what cannot be meant is refused before a run that is there makes room', async () => {
  const run = at('kept');
  await train(model, data, { ...options, engine: 'onnx', run, report: false, tensorboard: false });
  const before = readdirSync(run, { recursive: true }).sort();
  for (const [odd, sentence] of [
    [{ epoch: 3 }, 'got epoch; did you mean epochs?'],
    [{ epochs: '3' }, 'expected a positive whole number as epochs, got "3"'],
    [{ report: 'no' }, 'expected true or false as report, got "no"'],
    [{ joint: true }, 'got joint for a model without a baseline'],
    [{ runs: 'x' }, 'got runs; did you mean run?'],
  ] as const)
    // JavaScript's users may write any.
    await expect(train(model, data, { ...options, ...(odd as object), run })).rejects.toThrow(sentence);
  expect(readdirSync(run, { recursive: true }).sort()).toEqual(before);
});
