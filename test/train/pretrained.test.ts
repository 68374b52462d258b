import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { batchNorm, concat, conv2d, convTranspose2d, cvae, dense, gaussian, globalAvgPool2d } from 'cvae-compile';
import { image, network, normal, predictor, relu, type PretrainedOptions } from 'cvae-compile';
import { train } from 'cvae-compile/train';
import { exportModel } from 'cvae-compile/compiler';
import { open } from 'cvae-compile/runtime';
import { encodeSafetensors } from '../../src/weights/safetensors.ts';

const folder = mkdtempSync(join(tmpdir(), 'pretrained-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What PyTorch computes: `test/weights/pytorch/reference.py`. */
const file = new URL('../weights/pytorch/encoder.safetensors', import.meta.url);
interface Expected {
  readonly x: readonly (readonly number[])[];
  readonly y: readonly (readonly number[])[];
}
const expected: Expected = JSON.parse(
  readFileSync(new URL('../weights/pytorch/expected.json', import.meta.url), 'utf8'),
);

const names = {
  'conv2d_1/kernel': '0.weight',
  'conv2d_1/bias': '0.bias',
  'batchNorm_1/gamma': '1.weight',
  'batchNorm_1/beta': '1.bias',
  'batchNorm_1/mean': '1.running_mean',
  'batchNorm_1/variance': '1.running_var',
  'convTranspose2d_1/kernel': '3.weight',
  'convTranspose2d_1/bias': '3.bias',
  'dense_1/kernel': '7.weight',
  'dense_1/bias': '7.bias',
};

const encoder = (pretrained: PretrainedOptions) =>
  network(
    'encoder',
    { x: image(5, 5, 2) },
    ({ x }) =>
      x.pipe(
        conv2d(3, { stride: 2 }),
        batchNorm,
        relu,
        convTranspose2d(4, { kernel: 4, stride: 2 }),
        relu,
        globalAvgPool2d,
        dense(5),
      ),
    { pretrained },
  );

test("a frozen network of PyTorch's weights computes what PyTorch computes, after training too", async () => {
  const features = encoder({ file, names, from: 'pytorch', frozen: true });
  const model = predictor({ condition: { x: image(5, 5, 2) }, target: normal(5), network: ({ x }) => features({ x }) });
  const examples = expected.x.map((x, i) => ({ x: Float32Array.from(x), y: [i, 1, 2, 3, 4] }));
  const out = join(folder, 'frozen');
  // Something must be trained next to a frozen network.
  const whole = cvae({
    condition: { x: image(5, 5, 2) },
    target: normal(5),
    latent: 1,
    recognition: ({ x, y }) => concat(features({ x }), y).pipe(gaussian(1)),
    decoder: ({ x, z }) => concat(features({ x }), z).pipe(dense(5)),
  });
  const { weights, epochs } = await train(whole, examples, { epochs: 3, seed: 1, scaling: false });
  expect(epochs[2]?.train.loss).not.toBe(epochs[0]?.train.loss);
  const own = new Map([...weights].filter(([name]) => name.startsWith('encoder/')));
  const scaling = [...weights].filter(([name]) => name.startsWith('scaling/y'));
  await exportModel(model, new Map([...own, ...scaling]), { out });
  const opened = await open(out);
  const { data } = await opened.mean({ x: examples.map(({ x }) => x) });
  expected.y.flat().forEach((value, i) => expect(data[i]).toBeCloseTo(value, 4));
  await opened.close();
});

test('a network that is not frozen starts from the weights and is trained', async () => {
  const features = encoder({ file, names, from: 'pytorch' });
  const model = predictor({ condition: { x: image(5, 5, 2) }, target: normal(5), network: ({ x }) => features({ x }) });
  const examples = expected.x.map((x, i) => ({ x: Float32Array.from(x), y: expected.y[i] ?? [] }));
  const { epochs, weights } = await train(model, examples, {
    epochs: 1,
    seed: 1,
    learningRate: 1e-9,
    validation: 0,
    scaling: false,
  });
  expect(epochs[0]?.train.loss).toBeGreaterThan(0);
  expect([...(weights.get('encoder/dense_1/bias')?.data ?? [])]).not.toEqual([0, 0, 0, 0, 0]);
});

const mine = new Map([
  ['encoder/dense_1/kernel', { shape: [50, 2], data: new Float32Array(100).fill(0.5) }],
  ['encoder/dense_1/bias', { shape: [2], data: new Float32Array([1, 2]) }],
]);

test.each([
  ['no file', { file: 'nowhere.safetensors' }, /^nowhere\.safetensors: expected pretrained weights, got no such file/],
  [
    'a name that the file lacks',
    { file, names: { ...names, 'dense_1/kernel': '7.weights' }, from: 'pytorch' },
    /expected 7\.weights, for encoder\/dense_1\/kernel of shape \[4, 5\], got a file without it, which has 7\.weight; give its name/,
  ],
  [
    'another order of axes',
    { file, names },
    /encoder\/conv2d_1\/kernel of shape \[3, 3, 2, 3\], got \[3, 2, 3, 3\]; .*pytorch/,
  ],
  [
    'a name that the network lacks',
    { file, names: { ...names, 'dense_2/kernel': '8.weight' }, from: 'pytorch' },
    /expected names of encoder's parameters conv2d_1\/kernel, .*, got dense_2\/kernel; correct it/,
  ],
] satisfies readonly (readonly [string, PretrainedOptions, RegExp])[])('%s is refused', async (_, options, message) => {
  const features = encoder(options);
  const model = predictor({ condition: { x: image(5, 5, 2) }, target: normal(5), network: ({ x }) => features({ x }) });
  const examples = expected.x.map((x) => ({ x: Float32Array.from(x), y: [1, 2, 3, 4, 5] }));
  await expect(train(model, examples, { epochs: 1 })).rejects.toThrow(message);
});

test('weights under the names of this library need no list of names', async () => {
  const path = join(folder, 'own.safetensors');
  writeFileSync(path, encodeSafetensors(mine));
  const features = network('encoder', { x: normal(50) }, ({ x }) => x.pipe(dense(2)), {
    pretrained: { file: path, frozen: true },
  });
  const model = cvae({
    condition: { x: normal(50) },
    target: normal(2),
    latent: 1,
    decoder: ({ x, z }) => concat(features({ x }), z).pipe(dense(2)),
    recognition: ({ y }) => y.pipe(gaussian(1)),
  });
  const examples = Array.from({ length: 8 }, (_, i) => ({ x: new Float32Array(50).fill(i), y: [i, -i] }));
  const { weights } = await train(model, examples, { epochs: 1, seed: 1 });
  expect(weights.get('encoder/dense_1/kernel')).toEqual(mine.get('encoder/dense_1/kernel'));
});
