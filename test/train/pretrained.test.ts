import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { batchMean, batchNorm, concat, conv2d, convTranspose2d, cvae, dense, gaussian } from 'cvae-compile';
import { globalAvgPool2d, image, network, normal, predictor, relu, shaped, square, sub, sum } from 'cvae-compile';
import type { PretrainedOptions } from 'cvae-compile';
import { objective, train } from 'cvae-compile/train';
import { exportModel } from 'cvae-compile/compiler';
import { open } from 'cvae-compile/runtime';
import { rehearse } from '../../src/train/rehearse.ts';
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
  [
    "a name with the network's",
    { file, names: { 'encoder/dense_1/kernel': '7.weight' }, from: 'pytorch' },
    /expected names of encoder's parameters conv2d_1\/kernel, .*, got encoder\/dense_1\/kernel; correct it/,
  ],
  [
    'a file of other names, without a list of names',
    { file },
    /expected encoder\/conv2d_1\/kernel of shape \[3, 3, 2, 3\], got a file without it, which has 0\.bias, 0\.weight, .*; give its name/,
  ],
  [
    'an address',
    { file: 'https://example.org/encoder.safetensors' },
    /^https:.*: expected pretrained weights, got an address; download it, and name the file/,
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

/** Writes weights under the names of the usual network, [50] → [2], and returns that network. */
const featuresOf = (name: string, bytes: Uint8Array, options: Partial<PretrainedOptions> = {}) => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return network('encoder', { x: normal(50) }, ({ x }) => x.pipe(dense(2)), { pretrained: { file: path, ...options } });
};
const rows = Array.from({ length: 8 }, (_, i) => ({ y: new Float32Array(50).fill(i) }));

test('a network that only an objective calls has the weights of its file', async () => {
  const judge = featuresOf('judge.safetensors', encodeSafetensors(mine), { frozen: true });
  const model = cvae({
    condition: {},
    target: normal(50),
    latent: 1,
    decoder: ({ z }) => z.pipe(dense(50)),
    recognition: ({ y }) => y.pipe(gaussian(1)),
  });
  const perceptual = objective('perceptual', ({ recognition, decoder, x, y }) => {
    const q = recognition(x, y);
    const { mean } = decoder(x, q?.mean ?? y);
    const apart = sub(judge({ x: y.pipe(shaped(50)) }), judge({ x: (mean ?? y).pipe(shaped(50)) }));
    const loss = batchMean(sum(square(apart)));
    return { loss, seen: batchMean(sum(judge({ x: y.pipe(shaped(50)) }))) };
  });
  const { auxiliary, epochs } = await train(model, rows, {
    epochs: 1,
    seed: 1,
    objective: perceptual,
    validation: 0,
    scaling: false,
  });
  expect(auxiliary).toEqual(mine);
  // Rows of i = 0 to 7: Σⱼ (50 · 0.5 · i + bⱼ) = 50 i + 3, of which the mean is 178.
  expect(epochs[0]?.train['seen']).toBeCloseTo(178, 3);
});

const user = (features: ReturnType<typeof featuresOf>) =>
  cvae({
    condition: { x: normal(50) },
    target: normal(50),
    latent: 1,
    decoder: ({ x, z }) => concat(features({ x }), z).pipe(dense(50)),
    recognition: ({ y }) => y.pipe(gaussian(1)),
  });
const pairs = rows.map(({ y }) => ({ x: y, y }));

test('arrays of other numbers in the file, which the network does not take, are left alone', async () => {
  // An array of eight bytes in a format that no float32 is, in front of what is taken.
  const whole = encodeSafetensors(mine);
  const length = Number(new DataView(whole.buffer).getBigUint64(0, true));
  const header: Record<string, { data_offsets: number[] }> = JSON.parse(
    new TextDecoder().decode(whole.subarray(8, 8 + length)),
  );
  for (const entry of Object.values(header)) entry.data_offsets = entry.data_offsets.map((at) => at + 8);
  const json = new TextEncoder().encode(
    JSON.stringify({ steps: { dtype: 'F8_E4M3', shape: [8], data_offsets: [0, 8] }, ...header }),
  );
  const bytes = new Uint8Array(8 + json.length + 8 + whole.length - 8 - length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(whole.subarray(8 + length), 16 + json.length);
  const { weights } = await train(user(featuresOf('mixed.safetensors', bytes, { frozen: true })), pairs, { epochs: 1 });
  expect(weights.get('encoder/dense_1/kernel')).toEqual(mine.get('encoder/dense_1/kernel'));
});

test('weights that are not finite are refused by name, before training, and by a dry run too', async () => {
  const broken = new Map(mine).set('encoder/dense_1/bias', { shape: [2], data: new Float32Array([1, NaN]) });
  const model = user(featuresOf('broken.safetensors', encodeSafetensors(broken)));
  const message =
    /expected encoder\/dense_1\/bias of shape \[2\] in numbers that float32 has, got NaN as element 1; repair/;
  await expect(train(model, pairs, { epochs: 1 })).rejects.toThrow(message);
  await expect(rehearse(model, pairs, { epochs: 1 })).rejects.toThrow(message);
});

test('a square kernel under a name of PyTorch gives notice that its order of axes is not stated', async () => {
  const path = join(folder, 'square.safetensors');
  const kernel = Float32Array.from({ length: 4 }, (_, i) => i);
  const weights = new Map([
    ['fc.weight', { shape: [2, 2], data: kernel }],
    ['fc.bias', { shape: [2], data: new Float32Array(2) }],
  ]);
  writeFileSync(path, encodeSafetensors(weights));
  const model = (from: Pick<PretrainedOptions, 'from'>) => {
    const of = {
      file: path,
      names: { 'dense_1/kernel': 'fc.weight', 'dense_1/bias': 'fc.bias' },
      frozen: true,
      ...from,
    };
    const features = network('encoder', { x: normal(2) }, ({ x }) => x.pipe(dense(2)), { pretrained: of });
    return cvae({
      condition: { x: normal(2) },
      target: normal(2),
      latent: 1,
      decoder: ({ x, z }) => concat(features({ x }), z).pipe(dense(2)),
      recognition: ({ y }) => y.pipe(gaussian(1)),
    });
  };
  const told = async (from: Pick<PretrainedOptions, 'from'>) => {
    const notices: string[] = [];
    const data = Array.from({ length: 8 }, (_, i) => ({ x: [i, -i], y: [i % 3, i] }));
    const result = await train(model(from), data, { epochs: 1, onNotice: (text) => notices.push(text) });
    const said = notices.filter((text) => text.includes("from: 'pytorch'"));
    return { said, kernel: [...(result.weights.get('encoder/dense_1/kernel')?.data ?? [])] };
  };
  expect(await told({})).toEqual({
    said: [expect.stringContaining('fc.weight is called as PyTorch')],
    kernel: [0, 1, 2, 3],
  });
  expect(await told({ from: 'pytorch' })).toEqual({ said: [], kernel: [0, 2, 1, 3] });
});
