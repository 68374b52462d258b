import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  bernoulli,
  categorical,
  concat,
  convDecoder,
  convEncoder,
  cvae,
  dense,
  gaussian,
  image,
  mlp,
  predictor,
  relu,
  reshape,
  flatten,
} from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { changeParts, fashionMnist, type Dataset, type Examples } from 'cvae-compile/data';
import { open, type Model } from 'cvae-compile/runtime';
import { train, type TrainOptions } from 'cvae-compile/train';
import { encode } from 'fast-png';

const out = fileURLToPath(new URL('../../out/research/first-models', import.meta.url));
const pictures = fileURLToPath(new URL('../../docs', import.meta.url));

const PIECES = [
  'T-shirt',
  'trousers',
  'pullover',
  'dress',
  'coat',
  'sandal',
  'shirt',
  'sneaker',
  'bag',
  'boot',
] as const;
/** Pictures to train on: as many as a new user may have. */
const [COUNT, EACH] = [14_000, 100];

/** README's network, as a first model was: 10 epochs. */
const before = cvae({
  condition: { label: categorical(...PIECES) },
  target: bernoulli(28, 28, 1),
  latent: 20,
  recognition: ({ y, label }) => concat(y.pipe(flatten), label).pipe(dense(200), relu, gaussian(20)),
  decoder: ({ z, label }) => concat(z, label).pipe(dense(200), relu, dense(784), reshape(28, 28, 1)),
});

/** What `init --from` writes for a folder of pictures by class. */
const after = cvae({
  condition: { label: categorical(...PIECES) },
  target: bernoulli(28, 28, 1),
  latent: 32,
  recognition: ({ y, label }) =>
    concat(y.pipe(convEncoder({ channels: [16, 32] })), label).pipe(mlp([256]), gaussian(32)),
  decoder: ({ z, label }) => concat(z, label).pipe(mlp([256]), convDecoder(28, 28, 1, { channels: [32, 16] })),
});

/** The same, and a prior that sees the class: z is drawn where pictures of it are. */
const seeing = cvae({
  condition: { label: categorical(...PIECES) },
  target: bernoulli(28, 28, 1),
  latent: 32,
  prior: ({ label }) => label.pipe(mlp([64]), gaussian(32)),
  recognition: ({ y, label }) =>
    concat(y.pipe(convEncoder({ channels: [16, 32] })), label).pipe(mlp([256]), gaussian(32)),
  decoder: ({ z, label }) => concat(z, label).pipe(mlp([256]), convDecoder(28, 28, 1, { channels: [32, 16] })),
});

/** Says which piece is in a picture. */
const judge = predictor({
  condition: { x: image(28, 28, 1) },
  target: categorical(...PIECES),
  network: ({ x }) => x.pipe(convEncoder({ channels: [16, 32] }), mlp([128]), dense(10)),
});

const first =
  (count: number) =>
  (examples: Examples): Examples => ({
    ...examples,
    count: Math.min(count, examples.count),
    columns: Object.fromEntries(
      Object.entries(examples.columns).map(([name, { data, shape, ...rest }]) => {
        const length = shape.reduce((a, b) => a * b, 1) * Math.min(count, examples.count);
        return [name, { ...rest, shape, data: data.subarray(0, length) }];
      }),
    ),
  });

/** Prints a line for each model, and draws before beside after. */
export async function fashion(): Promise<void> {
  const whole = await fashionMnist();
  const some: Dataset = changeParts(whole, first(COUNT));
  const judged = changeParts(whole, (examples) => {
    const { y, label } = examples.columns;
    if (!y || !label) throw new Error('Fashion-MNIST without pictures or labels');
    return { ...examples, columns: { x: { ...y, shape: [28, 28, 1] }, y: label } };
  });
  const teller = await trained('judge', judge, judged, { epochs: 5, batch: 128 });
  const { columns = {}, count = 0 } = judged.test ?? {};
  const truth = Array.from(columns['y']?.data ?? []);
  const real = Float32Array.from(columns['x']?.data ?? [], (byte) => byte / 255);
  console.log(`judge: ${share(await told(teller.model, real, count), truth)} of ${count} test pictures`);
  const grids = [];
  for (const [name, definition, options] of [
    ['before', before, { epochs: 10, learningRate: 1e-3, batch: 128 }],
    ['after', after, { batch: 128, minutes: 6 }],
    ['seeing', seeing, { batch: 128, minutes: 6 }],
  ] as const) {
    const { model, line } = await trained(name, definition, some, options);
    const asked = Array.from({ length: 10 * EACH }, (_, i) => Math.floor(i / EACH));
    const drawn = await model.sample({ label: asked }, { seed: 1 });
    const found = await told(teller.model, drawn.data, asked.length);
    const each = PIECES.map(
      (piece, i) => `${piece} ${share(found.slice(i * EACH, (i + 1) * EACH), asked.slice(i * EACH, (i + 1) * EACH))}`,
    );
    console.log(`${name}: ${line}; ${share(found, asked)} of draws are told as what was asked for: ${each.join(', ')}`);
    grids.push((await model.sample({ label: PIECES.map((_, i) => i) }, { count: 8, seed: 1 })).grid(8));
    await model.close();
  }
  await teller.model.close();
  await writeFile(join(pictures, 'fashion-before-after.png'), sideBySide(grids));
}

const trained = async (
  name: string,
  definition: Parameters<typeof train>[0],
  data: Dataset,
  options: TrainOptions,
): Promise<{ readonly model: Model; readonly line: string }> => {
  const { weights, test, epochs } = await train(definition, data, { seed: 1, engine: 'onnx', ...options });
  await exportModel(definition, weights, { out: join(out, name) });
  const nats = test ? `${(test['negativeElbo'] ?? NaN).toFixed(2)} nats` : 'no test part';
  return { model: await open(join(out, name)), line: `${nats} after ${epochs.length} epochs` };
};

/** The class that the judge sees in each picture. */
const told = async (model: Model, pixels: Float32Array, count: number): Promise<readonly number[]> => {
  const { data } = await model.mean({
    x: Array.from({ length: count }, (_, i) => pixels.subarray(i * 784, (i + 1) * 784)),
  });
  return Array.from({ length: count }, (_, i) => {
    const row = data.subarray(i * 10, (i + 1) * 10);
    return row.indexOf(Math.max(...row));
  });
};

const share = (found: readonly number[], asked: readonly number[]): string =>
  `${Math.round((100 * found.filter((piece, i) => piece === asked[i]).length) / asked.length)} %`;

/** Grids of equal height, from left to right, with a gap between them. */
const sideBySide = (
  grids: readonly { width: number; height: number; channels: number; data: ArrayLike<number> }[],
): Uint8Array => {
  const [GAP, height] = [12, grids[0]?.height ?? 0];
  const width = grids.reduce((sum, grid) => sum + grid.width + GAP, -GAP);
  const data = new Uint8Array(width * height).fill(255);
  let left = 0;
  for (const grid of grids) {
    for (let row = 0; row < height; row++)
      for (let column = 0; column < grid.width; column++)
        data[row * width + left + column] = grid.data[(row * grid.width + column) * grid.channels] ?? 0;
    left += grid.width + GAP;
  }
  return encode({ width, height, channels: 1, data });
};
