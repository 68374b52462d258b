import { describe, expect, it } from 'vitest';
import { batch } from '../../src/data/batches.ts';
import { binarise } from '../../src/data/binarise.ts';
import { toDataset } from '../../src/data/convert.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { quadrants } from '../../src/data/quadrants.ts';
import { randomShift } from '../../src/data/random-shift.ts';
import { select } from '../../src/data/split.ts';
import type { Variables } from '../../src/data/variable.ts';

const image = (pixels: readonly number[], shape: readonly number[] = [2, 2, 1]): Dataset => {
  const train = { count: 1, columns: { y: { shape, data: Uint8Array.from(pixels), scale: 1 / 255 } } };
  return { name: 'one', train, test: train, checksum: 'old' };
};
const variables: Variables = {
  x: { kind: 'image', shape: [2, 2, 1], dataShape: [2, 2, 1] },
  y: { kind: 'continuous', distribution: 'bernoulli', shape: [2, 2, 1], dataShape: [2, 2, 1] },
};

describe('quadrants', () => {
  it('shows the bottom left, the left half, or all but the bottom right', () => {
    const seen = (which: 1 | 2 | 3) => [...(quadrants(which)(image([1, 2, 3, 4])).train.columns['x']?.data ?? [])];
    expect(seen(1)).toEqual([0, 0, 3, 0]);
    expect(seen(2)).toEqual([1, 0, 3, 0]);
    expect(seen(3)).toEqual([1, 2, 3, 0]);
  });

  it('knows channels and sides of odd length, where the middle is seen with the left and the top', () => {
    const made = quadrants(1)(
      image(
        [...Array(18).keys()].map((i) => i + 1),
        [3, 3, 2],
      ),
    );
    expect([...(made.train.columns['x']?.data ?? [])]).toEqual([
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 13, 14, 15, 16, 0, 0,
    ]);
  });

  it('leaves y whole, changes every part, and may add a mask of what is not seen', async () => {
    const made = quadrants(2, { mask: true })(image([10, 20, 30, 40]));
    expect([...(made.test?.columns['y']?.data ?? [])]).toEqual([10, 20, 30, 40]);
    expect([...(made.test?.columns['mask']?.data ?? [])]).toEqual([0, 1, 0, 1]);
    expect(made.checksum).toBeUndefined();
    const y = { ...variables['y'], mask: 'x' } as Variables[string];
    const { train } = await toDataset(made, { ...variables, y });
    expect(batch(train, [0], { ...variables, y })['mask']).toEqual(Float32Array.of(0, 1, 0, 1));
  });

  it('refuses what is no image, and a name that is taken', () => {
    expect(() => quadrants(1)(image([1, 2, 3, 4], [4]))).toThrow(
      'quadrants: expected images as y, got the shape [4]; give y the shape [height, width, channels]',
    );
    expect(() => quadrants(2)(quadrants(1)(image([1, 2, 3, 4])))).toThrow(/expected data without x, got some/);
    expect(() => quadrants(2, { condition: 'half' })(quadrants(1)(image([1, 2, 3, 4])))).not.toThrow();
  });
});

describe('binarise', () => {
  it('applies a threshold to y', () => {
    const made = binarise(0.2)(image([0, 50, 52, 255])).train.columns['y'];
    expect([made?.scale, ...(made?.data ?? [])]).toEqual([1, 0, 0, 1, 1]);
  });

  it('draws y anew in each epoch, 1 as often as y says, the same for the same moment', async () => {
    const grey: Dataset = {
      name: 'grey',
      train: { count: 1000, columns: { y: { shape: [4], data: new Uint8Array(4000).fill(64), scale: 1 / 256 } } },
    };
    const only: Variables = { y: { kind: 'continuous', distribution: 'bernoulli', shape: [4], dataShape: [4] } };
    const { train } = await toDataset(binarise('dynamic')(grey), only);
    const all = Array.from({ length: 1000 }, (_, i) => i);
    const { y: first = new Float32Array() } = batch(train, all, only, { seed: 1, epoch: 0 });
    expect(new Set(first)).toEqual(new Set([0, 1]));
    // 4,000 draws with probability ¼: the mean's standard deviation is 0.0068.
    expect(Math.abs(first.reduce((a, b) => a + b, 0) / 4000 - 0.25)).toBeLessThan(0.034);
    expect(batch(train, all, only, { seed: 1, epoch: 0 })['y']).toEqual(first);
    expect(batch(train, all, only, { seed: 1, epoch: 1 })['y']).not.toEqual(first);
    expect(batch(train, all, only, { seed: 2, epoch: 0 })['y']).not.toEqual(first);
    // An example's draw does not depend on the batch that it is in.
    expect(batch(train, [7, 3], only, { seed: 1, epoch: 0 })['y']).toEqual(
      Float32Array.of(...first.subarray(28, 32), ...first.subarray(12, 16)),
    );
  });

  it('comes before quadrants, which then see what was drawn', async () => {
    const made = quadrants(2)(binarise('dynamic')(image([128, 128, 128, 128])));
    const { train } = await toDataset(made, variables);
    const many = select(
      train,
      Array.from({ length: 64 }, () => 0),
    );
    const { x = [], y = [] } = batch(many, [...Array(64).keys()], variables, { seed: 3, epoch: 2 });
    expect([...x]).toEqual(Array.from(y, (value, i) => (i % 2 === 0 ? value : 0)));
    expect(new Set(x)).toEqual(new Set([0, 1]));
  });
});

describe('randomShift', () => {
  const only: Variables = { y: { kind: 'image', shape: [3, 3, 1], dataShape: [3, 3, 1] } };
  // One pixel in the middle of 3 × 3: where it comes to lie says the shift.
  const dots = (count: number): Dataset => {
    const data = new Uint8Array(9 * count);
    for (let i = 0; i < count; i++) data[9 * i + 4] = 255;
    const train = { count, columns: { y: { shape: [3, 3, 1], data, scale: 1 / 255 } } };
    return { name: 'dots', train, test: train, checksum: 'old' };
  };
  const places = (dataset: Dataset, part: 'train' | 'test', epoch = 0): readonly number[] => {
    const examples = dataset[part] ?? dataset.train;
    const indices = Array.from({ length: examples.count }, (_, i) => i);
    const { y = new Float32Array() } = batch(examples, indices, only, { seed: 1, epoch });
    return indices.map((i) => y.subarray(9 * i, 9 * i + 9).indexOf(1));
  };

  it('shifts training images to all sides alike, anew in each epoch, and no others', async () => {
    const made = await toDataset(randomShift()(dots(900)), only);
    const count = (at: number) => places(made, 'train').filter((place) => place === at).length;
    // 100 of each of nine places are expected; a binomial's standard deviation is 9.4.
    for (let at = 0; at < 9; at++) expect(Math.abs(count(at) - 100)).toBeLessThan(47);
    expect(places(made, 'train', 1)).not.toEqual(places(made, 'train', 0));
    expect(places(made, 'train', 0)).toEqual(places(made, 'train', 0));
    expect(new Set(places(made, 'test'))).toEqual(new Set([4]));
    expect(randomShift()(dots(1)).checksum).toBeUndefined();
  });

  it('shifts a share of them, and by no more than it is asked for', async () => {
    const still = places(await toDataset(randomShift({ share: 0.5 })(dots(900)), only), 'train');
    // A half stays, and of the other half a ninth: 500, with a standard deviation of 15.
    expect(Math.abs(still.filter((place) => place === 4).length - 500)).toBeLessThan(75);
    const far = places(await toDataset(randomShift({ pixels: 2 })(dots(900)), only), 'train');
    // Of 25 shifts 9 leave the pixel inside: 324, with a standard deviation of 14.
    expect(Math.abs(far.filter((place) => place >= 0).length - 324)).toBeLessThan(72);
  });

  it('moves rows and channels whole, brings in 0, and comes before quadrants', async () => {
    const pixels = Array.from({ length: 18 }, (_, i) => i + 1);
    const one = image(pixels, [3, 3, 2]);
    const whole: Variables = { y: { kind: 'image', shape: [3, 3, 2], dataShape: [3, 3, 2] } };
    const { train } = await toDataset(randomShift()(one), whole);
    const seen = new Set(
      Array.from({ length: 60 }, (_, epoch) => batch(train, [0], whole, { seed: 1, epoch })['y'] ?? []).map((y) =>
        Array.from(y, (v) => Math.round(v * 255)).join(' '),
      ),
    );
    expect(seen.size).toBe(9);
    // One down and one to the right; one up and one to the left.
    expect(seen).toContain('0 0 0 0 0 0 0 0 1 2 3 4 0 0 7 8 9 10');
    expect(seen).toContain('9 10 11 12 0 0 15 16 17 18 0 0 0 0 0 0 0 0');
    const both: Variables = { x: { ...whole['y'] } as Variables[string], ...whole };
    const halves = await toDataset(quadrants(2)(randomShift()(one)), both);
    for (let epoch = 0; epoch < 9; epoch++) {
      const { x = [], y = [] } = batch(halves.train, [0], both, { seed: 1, epoch });
      expect([...x]).toEqual([...y].map((v, i) => (i % 6 < 4 ? v : 0)));
    }
  });

  it('refuses what is no image, and options out of range', () => {
    expect(() => randomShift()(image([1, 2, 3, 4], [4]))).toThrow(
      'randomShift: expected images as y, got the shape [4]',
    );
    expect(() => randomShift({ pixels: 0.5 })).toThrow('expected a positive whole number as pixels, got 0.5');
    expect(() => randomShift({ share: 2 })).toThrow('expected a number from 0 to 1 as share, got 2');
  });
});
