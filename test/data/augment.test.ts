import { describe, expect, it } from 'vitest';
import { bernoulli, categorical, concat, cvae, dense, flatten, gaussian, image, normal, reshape } from 'cvae-compile';
import {
  colour,
  crop,
  flip,
  noise,
  rotate,
  shift,
  toDataset,
  type Augmentation,
  type Columns,
  type Example,
} from 'cvae-compile/data';
import { train, type Checkpoint } from 'cvae-compile/train';
import { augmenting } from '../../src/data/augment/augmentation.ts';
import { batch } from '../../src/data/batches.ts';
import { withTransform } from '../../src/data/transform.ts';
import { variablesOf } from '../../src/train/parameters.ts';

const [height, width] = [4, 6];
const model = cvae({
  condition: { x: image(height, width, 3), kind: categorical(2) },
  target: categorical(5, { at: [height, width], mask: true }),
  latent: 2,
  recognition: ({ x, y }) => concat(flatten(x), flatten(y)).pipe(gaussian(2)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(height * width * 5), reshape(height, width, 5)),
});
const variables = variablesOf(model);
const pixels = Uint8Array.from({ length: 3 * height * width }, (_, i) => (i * 37) % 256);
const columns = {
  x: { data: pixels, scale: 1 / 255 },
  y: Int32Array.from({ length: height * width }, (_, i) => i % 5),
  mask: Uint8Array.from({ length: height * width }, (_, i) => (i % 3 === 0 ? 0 : 1)),
  kind: [1],
} satisfies Columns;

/** Returns what networks see of the example, with the classes of y by index. */
const seen = async (augmentations: readonly Augmentation[], epoch: number, seed = 1) => {
  const { train: examples } = await toDataset(columns, variables);
  const changed = augmentations.length > 0 ? withTransform(examples, augmenting(variables, augmentations)) : examples;
  const {
    x = new Float32Array(),
    y = new Float32Array(),
    mask,
    kind,
  } = batch(changed, [0], variables, { seed, epoch });
  const classes = Array.from({ length: height * width }, (_, i) => y.subarray(5 * i, 5 * i + 5).indexOf(1));
  return { x: [...x], y: classes, mask: [...(mask ?? [])], kind: [...(kind ?? [])] };
};
type Seen = Awaited<ReturnType<typeof seen>>;

/** Moves every pixel of the original; what is beyond the edge is like the edge. */
const moved = ({ x, y, mask, kind }: Seen, from: (v: number, u: number) => readonly [number, number]): Seen => {
  const at = (v: number, u: number): number => {
    const [row, column] = from(v, u);
    return Math.min(height - 1, Math.max(0, row)) * width + Math.min(width - 1, Math.max(0, column));
  };
  const places = Array.from({ length: height * width }, (_, i) => at(Math.floor(i / width), i % width));
  const of = <T>(list: readonly T[], channels: number): T[] =>
    places.flatMap((place) => list.slice(place * channels, (place + 1) * channels));
  return { x: of(x, 3), y: of(y, 1), mask: of(mask, 1), kind };
};

describe('augmentations', () => {
  it('flip images, the classes of their pixels and their mask alike', async () => {
    const before = await seen([], 0);
    const both = [before, moved(before, (v, u) => [v, width - 1 - u])];
    const found = await Promise.all(Array.from({ length: 12 }, (_, epoch) => seen([flip()], epoch)));
    for (const one of found) expect(both).toContainEqual(one);
    for (const one of both) expect(found).toContainEqual(one);
    expect(await seen([flip({ axis: 'vertical', share: 1 })], 3)).toEqual(moved(before, (v, u) => [height - 1 - v, u]));
  });

  it('shift by all steps up to the largest, and repeat the edge', async () => {
    const before = await seen([], 0);
    const steps = [-1, 0, 1];
    const all = steps.flatMap((dy) => steps.map((dx) => moved(before, (v, u) => [v - dy, u - dx])));
    const found = await Promise.all(Array.from({ length: 80 }, (_, epoch) => seen([shift({ pixels: 1 })], epoch)));
    for (const one of found) expect(all).toContainEqual(one);
    expect(new Set(found.map((one) => JSON.stringify(one))).size).toBe(9);
    const filled = await Promise.all(
      Array.from({ length: 9 }, (_, epoch) => seen([shift({ pixels: 9, outside: 1, of: 'x' })], epoch)),
    );
    expect(filled.some(({ x }) => x.every((value) => value === 1))).toBe(true);
    for (const { y } of filled) expect(y).toEqual(before.y);
  });

  it('crop and rotate: bytes stay bytes, classes stay classes, a whole crop and no angle are the image', async () => {
    const before = await seen([], 0);
    expect(await seen([crop({ least: 1 })], 5)).toEqual(before);
    for (const one of [crop({ least: 0.5 }), rotate({ degrees: 45 })]) {
      const { x, y, mask } = await seen([one], 1);
      expect(x).not.toEqual(before.x);
      for (const value of x) expect(Math.abs(value * 255 - Math.round(value * 255))).toBeLessThan(1e-4);
      expect([Math.min(...x) >= 0, Math.max(...x) <= 1]).toEqual([true, true]);
      expect(y.every((value) => before.y.includes(value))).toBe(true);
      expect(mask.every((value) => value === 0 || value === 1)).toBe(true);
    }
    // By a quarter turn, which an angle of 90 degrees at most comes near to, a square is turned exactly.
    const { change } = rotate({ degrees: 90 });
    const values = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
    change({ name: 'y', values, shape: [3, 3, 1], arePixels: true }, Float32Array.of(1), {
      seed: 1,
      epoch: 1,
      index: 0,
    });
    expect([...values].map((value) => Number(value.toFixed(4)))).toEqual([7, 4, 1, 8, 5, 2, 9, 6, 3]);
  });

  it('colour and disturb pixels only, within 0 and 1', async () => {
    const before = await seen([], 0);
    for (const one of [colour({ brightness: 0.5, contrast: 0.5, saturation: 1 }), noise({ deviation: 0.3 })]) {
      const { x, ...rest } = await seen([one], 2);
      const { x: was, ...others } = before;
      expect(rest).toEqual(others);
      expect(x).not.toEqual(was);
      expect([Math.min(...x) >= 0, Math.max(...x) <= 1]).toEqual([true, true]);
    }
    expect(await seen([colour({ brightness: 0, contrast: 0, saturation: 0 })], 2)).toEqual(before);
  });

  it('are functions of seed, epoch and example', async () => {
    const all = [flip(), shift(), crop(), rotate(), colour(), noise()];
    expect(await seen(all, 3)).toEqual(await seen(all, 3));
    expect(await seen(all, 3)).not.toEqual(await seen(all, 4));
    expect(await seen(all, 3)).not.toEqual(await seen(all, 3, 2));
  });

  it('are refused for what has no images, and for variables that are none', () => {
    const flat = { y: { kind: 'continuous', distribution: 'normal', shape: [3], dataShape: [3] } } as const;
    expect(() => augmenting(flat, [flip()])).toThrow(/augment: expected a model with images, got y without any/);
    expect(() => augmenting(variables, [flip({ of: 'kind' })])).toThrow(
      'flip: expected images in of (x, y), got kind; correct it',
    );
  });
});

describe('training with augmentations', () => {
  const target = bernoulli(4, 4, 1);
  const small = cvae({
    condition: {},
    target,
    latent: 2,
    recognition: ({ y }) => flatten(y).pipe(gaussian(2)),
    decoder: ({ z }) => z.pipe(dense(16), reshape(4, 4, 1)),
  });
  const data: readonly Example[] = Array.from({ length: 40 }, (_, i) => ({
    y: Array.from({ length: 16 }, (__, j) => Number((i * j) % 5 < 2)),
  }));
  const augment = [flip(), shift({ pixels: 1 }), rotate(), noise()];
  const options = { batch: 8, seed: 3, learningRate: 1e-2, engine: 'onnx' } as const;
  const numbers = (weights: ReadonlyMap<string, { readonly data: Float32Array }>) =>
    Object.fromEntries(Array.from(weights, ([name, { data: all }]) => [name, [...all]]));

  it('differs from training without, and validates with data that are not augmented', async () => {
    const without = await train(small, data, { ...options, epochs: 2 });
    const augmented = await train(small, data, { ...options, epochs: 2, augment });
    expect(numbers(augmented.weights)).not.toEqual(numbers(without.weights));
    // At a learning rate of nearly nothing, validation is that of the first weights: the same with augmentations or without.
    const still = { ...options, epochs: 1, learningRate: 1e-30 };
    const [a, b] = [await train(small, data, still), await train(small, data, { ...still, augment })];
    expect(b.validation).toEqual(a.validation);
    expect(b.validation).toBeDefined();
  });

  it('resumes bit for bit, with the same augmentations only', async () => {
    const whole = await train(small, data, { ...options, epochs: 4, augment });
    let half: Checkpoint | undefined;
    await train(small, data, { ...options, epochs: 2, augment, onCheckpoint: (one) => void (half = one) });
    if (!half) throw new Error('no checkpoint');
    const resumed = await train(small, data, { ...options, epochs: 4, augment, resume: half });
    expect(numbers(resumed.weights)).toEqual(numbers(whole.weights));
    await expect(train(small, data, { ...options, epochs: 4, augment: [flip()], resume: half })).rejects.toThrow(
      /resume: expected the augmentations that the run was started with/,
    );
  });

  it('is refused for a model without images', async () => {
    const line = cvae({
      condition: {},
      target: normal(2),
      latent: 1,
      recognition: ({ y }) => y.pipe(gaussian(1)),
      decoder: ({ z }) => z.pipe(dense(2)),
    });
    await expect(train(line, { y: [1, 2, 3, 4] }, { ...options, epochs: 1, augment })).rejects.toThrow(
      /augment: expected a model with images/,
    );
  });
});
