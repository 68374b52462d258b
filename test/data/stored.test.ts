import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  bernoulli,
  categorical,
  concat,
  continuous,
  cvae,
  dense,
  flatten,
  gaussian,
  heads,
  hurdle,
  normal,
  normalScores,
  reshape,
} from 'cvae-compile';
import {
  csv,
  binarise,
  flip,
  imageFolder,
  quadrants,
  select,
  split,
  take,
  toDataset,
  type Dataset,
} from 'cvae-compile/data';
import { train, type Checkpoint } from 'cvae-compile/train';
import { batch } from '../../src/data/batches.ts';
import { checksum } from '../../src/data/checksum.ts';
import { specimensOf } from '../../src/data/specimens.ts';
import { blocksOf, lengthOf } from '../../src/data/stored.ts';
import { summaryOf } from '../../src/data/summary.ts';
import { variablesOf } from '../../src/train/parameters.ts';

const folder = mkdtempSync(join(tmpdir(), 'stored-'));
afterAll(() => rmSync(folder, { recursive: true }));
const [pictures, cache] = [join(folder, 'pictures'), join(folder, 'cache')];

const COUNT = 90;
beforeAll(async () => {
  for (const [c, kind] of ['disc', 'square'].entries()) {
    await mkdir(join(pictures, kind), { recursive: true });
    for (let i = 0; i < COUNT / 2; i++) {
      const data = Uint8Array.from({ length: 4 * 6 * 3 }, (_, at) => (at * (i + 3) * 7 + 100 * c) % 256);
      await writeFile(join(pictures, kind, `${i}.png`), encode({ width: 6, height: 4, channels: 3, depth: 8, data }));
    }
  }
  vi.stubEnv('CVAE_CACHE', cache);
});
afterAll(() => vi.unstubAllEnvs());

const model = cvae({
  condition: { label: categorical('disc', 'square') },
  target: bernoulli(4, 6, 3),
  latent: 2,
  recognition: ({ y, label }) => concat(flatten(y), label).pipe(gaussian(2)),
  decoder: ({ z, label }) => concat(z, label).pipe(dense(72), reshape(4, 6, 3)),
});
const variables = variablesOf(model);

const inMemory = () => imageFolder(pictures);
const onDisk = () => imageFolder(pictures, { memory: 100 });
/** All numbers of y. */
const numbers = ({ train: { columns } }: Dataset): number[] =>
  columns['y'] ? Array.from(blocksOf(columns['y'])).flatMap(([, block]) => [...block]) : [];

describe('pictures on disk', () => {
  it('are what they are in memory, by batch, part and checksum', async () => {
    const [held, stored] = [await inMemory(), await onDisk()];
    expect(held.train.columns['y']?.stored).toBeUndefined();
    expect(stored.train.columns['y']).toMatchObject({ shape: [4, 6, 3], data: new Uint8Array(), scale: 1 / 255 });
    expect(lengthOf(stored.train.columns['y'] ?? { data: new Uint8Array() })).toBe(COUNT * 72);
    expect(numbers(stored)).toEqual(numbers(held));
    expect(checksum(stored)).toBe(checksum(held));
    const indices = [71, 3, 3, 89];
    const of = (dataset: Dataset) => batch(dataset.train, indices, variables);
    expect(of(stored)).toEqual(of(held));
    const parts = ({ train: all }: Dataset) =>
      [select(all, [5, 2]), take(all, 7), ...split(all, 0.2, 4), select(select(all, [9, 8, 7]), [2, 0])].map((some) =>
        batch(
          some,
          Array.from({ length: some.count }, (_, i) => i),
          variables,
        ),
      );
    expect(parts(stored)).toEqual(parts(held));
    const fitted = await toDataset(stored, variables);
    expect(fitted.checksum).toBe((await toDataset(held, variables)).checksum);
    expect(summaryOf(fitted, variables)).toEqual(summaryOf(await toDataset(held, variables), variables));
    expect(specimensOf(fitted, variables, undefined)).toEqual(
      specimensOf(await toDataset(held, variables), variables, undefined),
    );
  });

  it('are changed as they are in memory', async () => {
    const [held, stored] = [await inMemory(), await onDisk()];
    const x = { kind: 'image', shape: [4, 6, 3], dataShape: [4, 6, 3] } as const;
    const y = { ...variables['y'], mask: true } as (typeof variables)[string];
    for (const change of [binarise(), (one: Dataset) => quadrants(1)(binarise()(one))]) {
      const of = (dataset: Dataset) => batch(change(dataset).train, [4, 80], variables);
      expect(of(stored)).toEqual(of(held));
    }
    const seen = (dataset: Dataset) =>
      batch(quadrants(2, { mask: true })(dataset).train, [4, 80], { ...variables, x, y });
    expect(seen(stored)).toEqual(seen(held));
    expect(Object.keys(seen(stored)).sort()).toEqual(['label', 'mask', 'x', 'y']);
  });

  it('train the same weights as in memory, and resume them', async () => {
    const options = { batch: 16, seed: 2, learningRate: 1e-2, engine: 'onnx', augment: [flip()] } as const;
    const weights = ({ weights: all }: Awaited<ReturnType<typeof train>>) =>
      Array.from(all, ([name, { data }]) => [name, ...data]);
    const held = weights(await train(model, inMemory, { ...options, epochs: 3 }));
    expect(weights(await train(model, onDisk, { ...options, epochs: 3 }))).toEqual(held);
    let first: Checkpoint | undefined;
    await train(model, onDisk, { ...options, epochs: 1, onCheckpoint: (one) => void (first = one) });
    if (!first) throw new Error('no checkpoint');
    expect(weights(await train(model, onDisk, { ...options, epochs: 3, resume: first }))).toEqual(held);
  });

  it('are decoded once, and again when a file changes; what nobody uses is removed', async () => {
    const files = () => readdirSync(join(cache, 'stored'));
    await onDisk();
    const [before = ''] = files();
    expect(files()).toHaveLength(1);
    await onDisk();
    expect(files()).toEqual([before]);
    utimesSync(join(cache, 'stored', before), 1e9, 1e9);
    const data = Uint8Array.from({ length: 72 }, () => 255);
    writeFileSync(join(pictures, 'disc', '0.png'), encode({ width: 6, height: 4, channels: 3, depth: 8, data }));
    const dataset = await onDisk();
    expect(numbers(dataset).slice(0, 72)).toEqual([...data]);
    expect(files()).toHaveLength(1);
    expect(files()).not.toEqual([before]);
  });

  it('leave nothing behind where a picture cannot be read', async () => {
    writeFileSync(join(pictures, 'disc', '1.png'), 'none');
    const before = readdirSync(join(cache, 'stored'));
    await expect(onDisk()).rejects.toThrow(/1\.png: expected a PNG, JPEG or WebP file/);
    expect(readdirSync(join(cache, 'stored'))).toEqual(before);
    rmSync(join(pictures, 'disc', '1.png'));
  });
});

describe('a table on disk', () => {
  const path = join(folder, 'rows.csv');
  const targets = { rain: hurdle(normalScores(1)), wind: normal(2, { mask: true }) };
  const table = cvae({
    condition: { day: continuous(1), sky: categorical('clear', 'rain') },
    target: targets,
    latent: 2,
    recognition: ({ y, day, sky }) => concat(y.rain, y.wind, day, sky).pipe(gaussian(2)),
    decoder: ({ z, day, sky }) => concat(z, day, sky).pipe(heads(targets)),
  });
  const own = variablesOf(table);
  beforeAll(async () => {
    const rows = Array.from({ length: 200 }, (_, i) => {
      const rain = i % 4 === 0 ? 0 : (i * 37) % 50;
      return [i, i % 3 === 0 ? 'rain' : 'clear', rain, i % 11 === 0 ? '' : i / 8, -i / 3].join(',');
    });
    await writeFile(path, ['day,sky,rain,u,v', ...rows].join('\n'));
  });
  const read = (memory?: number) =>
    csv(path, { columns: { wind: ['u', 'v'] }, test: 0.2, validation: 0.1, ...(memory !== undefined && { memory }) });

  it('is what it is in memory, and trains the same weights', async () => {
    const [held, stored] = [await toDataset(read(), own), await toDataset(read(100), own)];
    expect(stored.train.columns['wind']?.stored).toMatchObject({ kind: 'Float32Array', width: 2 });
    expect(held.train.columns['wind']?.stored).toBeUndefined();
    expect(stored.checksum).toBe(held.checksum);
    expect(stored.scaling).toEqual(held.scaling);
    expect(summaryOf(stored, own)).toEqual(summaryOf(held, own));
    const options = { epochs: 2, batch: 32, seed: 2, engine: 'onnx' } as const;
    const weights = async (memory?: number) =>
      Array.from((await train(table, read(memory), options)).weights, ([name, { data }]) => [name, ...data]);
    expect(await weights(100)).toEqual(await weights());
  });

  it('refuses and reports what float32 loses', async () => {
    const stamps = join(folder, 'stamps.csv');
    const first = { y: { kind: 'continuous', distribution: 'normal', shape: [1], dataShape: [1] } } as const;
    const write = (step: number) =>
      writeFileSync(stamps, ['y', ...Array.from({ length: 100 }, (_, i) => 1.7e9 + i * step)].join('\n'));
    write(1);
    await expect(toDataset(csv(stamps, { memory: 80 }), first)).rejects.toThrow(
      /stamps\.csv: y: expected values that float32 can tell apart, got some that are only 128 apart there; subtract 1\.7e9 first/,
    );
    write(100_003);
    expect((await toDataset(csv(stamps, { memory: 80 }), first)).notices).toEqual([
      expect.stringMatching(
        /stamps\.csv: y: float32, .*, makes values equal that are less than 128 apart; subtract 1\.7e9 first, if only differences matter/,
      ),
    ]);
  });
});

describe('a size for pictures', () => {
  const sizes = join(folder, 'sizes');
  /** A picture whose left half is red and whose right half is transparent. */
  const half = (wide: number, high: number): Buffer =>
    Buffer.from(
      Array.from({ length: wide * high }, (_, i) => (i % wide < wide / 2 ? [255, 0, 0, 255] : [0, 0, 0, 0])).flat(),
    );
  beforeAll(async () => {
    for (const [name, wide, high] of [
      ['a', 16, 16],
      ['b', 32, 16],
    ] as const) {
      await mkdir(join(sizes, name), { recursive: true });
      await sharp(half(wide, high), { raw: { width: wide, height: high, channels: 4 } }).toFile(
        join(sizes, name, '1.png'),
      );
    }
  });
  const read = async (options: object) => {
    const { train: examples } = await imageFolder(sizes, options);
    const { shape = [], data = new Uint8Array() } = examples.columns['y'] ?? {};
    const [high = 0, wide = 0, channels = 0] = shape;
    const pixel = (index: number, v: number, u: number) =>
      // The filter that makes pictures smaller rings a little at edges.
      [...data.subarray(((index * high + v) * wide + u) * channels)]
        .slice(0, channels)
        .map((one) => 15 * Math.round(one / 15));
    return { shape, pixel };
  };

  it('makes all alike: cut, whole with a background, or stretched', async () => {
    const cover = await read({ size: 8, channels: 3, background: '#0000ff' });
    expect(cover.shape).toEqual([8, 8, 3]);
    expect([cover.pixel(0, 4, 1), cover.pixel(0, 4, 6)]).toEqual([
      [255, 0, 0],
      [0, 0, 255],
    ]);
    const contain = await read({ size: [8, 8], fit: 'contain', channels: 3, background: [0, 255, 0] });
    expect([contain.pixel(1, 0, 1), contain.pixel(1, 4, 1), contain.pixel(1, 4, 6)]).toEqual([
      [0, 255, 0],
      [255, 0, 0],
      [0, 255, 0],
    ]);
    expect((await read({ size: [4, 12], fit: 'fill' })).shape).toEqual([4, 12, 4]);
    expect((await read({ size: 8, channels: 1, background: '#fff' })).pixel(0, 4, 6)).toEqual([255]);
    expect((await read({ size: 8, background: '#fff' })).shape).toEqual([8, 8, 3]);
  });

  it('is offered where pictures differ', async () => {
    await expect(imageFolder(sizes)).rejects.toThrow(
      /expected an image of \[16, 16, 4\].*got \[16, 32, 4\]; make all images of one size, or give it: \{ size: \[16, 16\] \}/,
    );
    await expect(imageFolder(sizes, { fit: 'contain' })).rejects.toThrow(
      'imageFolder: expected size, which fit is about, got fit alone; give { size: 32 }, say',
    );
    await expect(imageFolder(sizes, { size: 8, background: 'white' })).rejects.toThrow(
      'imageFolder: expected a colour as background, got "white"; give \'#ffffff\' or [255, 255, 255]',
    );
  });
});
