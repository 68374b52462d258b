import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batch, chunks } from '../../src/data/batches.ts';
import { toDataset } from '../../src/data/convert.ts';
import type { Examples } from '../../src/data/dataset.ts';
import { order, select, split, take } from '../../src/data/split.ts';
import type { Variables } from '../../src/data/variable.ts';

const seeds = fc.nat();
const counts = fc.integer({ min: 2, max: 200 });
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/** Examples of which each holds its own number, as bytes and as numbers. */
const numbered = (count: number): Examples => ({
  count,
  columns: {
    id: { shape: [], data: Int32Array.from(upTo(count)), scale: 1 },
    y: { shape: [2], data: Buffer.from(upTo(2 * count).map((i) => i >> 1)), scale: 1 },
  },
});

describe('an order', () => {
  it('is a permutation, the same for the same seed and epoch, and another in another epoch', () => {
    fc.assert(
      fc.property(fc.integer({ min: 30, max: 300 }), seeds, fc.nat(1000), (count, seed, epoch) => {
        const first = order(count, seed, epoch);
        expect([...first].sort((a, b) => a - b)).toEqual(upTo(count));
        expect(order(count, seed, epoch)).toEqual(first);
        expect(order(count, seed, epoch + 1)).not.toEqual(first);
        expect(order(count, seed + 1, epoch)).not.toEqual(first);
      }),
    );
  });

  it('puts every example at every place about as often', () => {
    const places = Array.from({ length: 10 }, () => 0);
    for (let epoch = 0; epoch < 2000; epoch++) {
      const at = order(10, 1, epoch).indexOf(3);
      places[at] = (places[at] ?? 0) + 1;
    }
    // Of 2,000 with probability 0.1 the standard deviation is 13.4.
    for (const times of places) expect(Math.abs(times - 200)).toBeLessThan(5 * 13.4);
  });
});

describe('a split', () => {
  it('puts each example in one of two parts, by the seed, and holds out the fraction', () => {
    fc.assert(
      fc.property(counts, fc.double({ min: 0.01, max: 0.99, noNaN: true }), seeds, (count, fraction, seed) => {
        const [kept, held] = split(numbered(count), fraction, seed);
        const ids = [...(kept.columns['id']?.data ?? []), ...(held.columns['id']?.data ?? [])];
        expect(ids.sort((a, b) => a - b)).toEqual(upTo(count));
        expect(held.count).toBe(Math.min(count - 1, Math.max(1, Math.round(count * fraction))));
        expect(kept.count + held.count).toBe(count);
        expect(split(numbered(count), fraction, seed)[1].columns['id']).toEqual(held.columns['id']);
      }),
    );
  });

  it('keeps the values of an example together, and leaves the examples as they were', () => {
    const examples = numbered(50);
    const [kept, held] = split(examples, 0.3, 7);
    for (const { columns } of [kept, held])
      columns['id']?.data.forEach((id, i) =>
        expect([...(columns['y']?.data.subarray(2 * i, 2 * i + 2) ?? [])]).toEqual([id, id]),
      );
    expect(examples).toEqual(numbered(50));
  });

  it('refuses what is no fraction', () => {
    expect(() => split(numbered(5), 1, 1)).toThrow(
      'split: expected a fraction between 0 and 1, got 1; hold out 0.1, say',
    );
    expect(() => split(numbered(5), NaN, 1)).toThrow(/got NaN/);
    expect(() => split(numbered(1), 0.5, 1)).toThrow(/at least two examples, got 1/);
  });
});

describe('a selection', () => {
  it('takes examples by index, or the first ones', () => {
    const some = select(numbered(10), [7, 2, 2]);
    expect(some.count).toBe(3);
    expect([...(some.columns['y']?.data ?? [])]).toEqual([7, 7, 2, 2, 2, 2]);
    expect([...(take(numbered(10), 2).columns['id']?.data ?? [])]).toEqual([0, 1]);
    expect(take(numbered(10), 99).count).toBe(10);
  });
});

describe('a batch', () => {
  const variables: Variables = {
    kind: { kind: 'categorical', shape: [3], dataShape: [], classes: 3 },
    x: { kind: 'continuous', shape: [2], dataShape: [2] },
    y: {
      kind: 'categorical',
      shape: [2, 2, 4],
      dataShape: [2, 2],
      classes: 4,
      distribution: 'categorical',
      mask: true,
    },
  };

  it('has one-hot classes, also for each pixel, scaled numbers, and the mask', async () => {
    const { train } = await toDataset(
      {
        kind: [2, 0],
        x: { data: Uint8Array.of(0, 255, 51, 102), scale: 1 / 255 },
        y: [
          [
            [0, 1],
            [2, 3],
          ],
          [
            [3, 3],
            [0, 0],
          ],
        ],
        mask: [
          [1, 1, 0, 0],
          [1, 0, 1, 0],
        ],
      },
      variables,
    );
    const made = batch(train, [1, 0], variables);
    expect(made['kind']).toEqual(Float32Array.of(1, 0, 0, 0, 0, 1));
    expect(made['x']).toEqual(Float32Array.of(0.2, 0.4, 0, 1));
    expect(made['y']).toEqual(
      Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1),
    );
    expect(made['mask']).toEqual(Float32Array.of(1, 0, 1, 0, 1, 1, 0, 0));
  });

  it('is one-hot: a single 1 in each row, at the class', async () => {
    const only: Variables = { y: { kind: 'categorical', shape: [300], dataShape: [], classes: 300 } };
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(299), { minLength: 1, maxLength: 20 }), async (classes) => {
        const { train } = await toDataset({ y: classes }, only);
        const { y = new Float32Array() } = batch(train, upTo(classes.length), only);
        classes.forEach((index, row) => {
          const values = y.subarray(row * 300, (row + 1) * 300);
          expect([values.indexOf(1), values.reduce((a, b) => a + b, 0)]).toEqual([index, 1]);
        });
      }),
    );
  });

  it('passes weights over classes as they are', async () => {
    const { train } = await toDataset(
      { kind: [[0.5, 0.5, 0]], y: [[1]] },
      {
        kind: { kind: 'categorical', shape: [3], dataShape: [], classes: 3 },
        y: { kind: 'continuous', shape: [1], dataShape: [1] },
      },
    );
    expect(
      batch(train, [0, 0], { kind: { kind: 'categorical', shape: [3], dataShape: [], classes: 3 } })['kind'],
    ).toEqual(Float32Array.of(0.5, 0.5, 0, 0.5, 0.5, 0));
  });

  it('writes into an earlier one of its size, and not into a smaller', async () => {
    const only: Variables = {
      kind: { kind: 'categorical', shape: [3], dataShape: [], classes: 3 },
      y: { kind: 'continuous', shape: [], dataShape: [] },
    };
    const { train } = await toDataset({ kind: [0, 1, 2], y: [5, 6, 7] }, only);
    const first = batch(train, [0, 1], only);
    const second = batch(train, [2, 0], only, { into: first });
    expect(second['y']).toBe(first['y']);
    expect(second['kind']).toBe(first['kind']);
    expect(second).toEqual(batch(train, [2, 0], only));
    expect(batch(train, [2], only, { into: second })['y']).toEqual(Float32Array.of(7));
    expect(second['y']).toEqual(Float32Array.of(7, 5));
  });

  it('has its transforms given the moment, and an example at a time', async () => {
    const only: Variables = {
      kind: { kind: 'categorical', shape: [3], dataShape: [], classes: 3 },
      y: { kind: 'continuous', shape: [3], dataShape: [3] },
    };
    const { train } = await toDataset({ kind: [0, 1, 2], y: [5, 6, 7].map((v) => [v, v, v]) }, only);
    const changed: Examples = {
      ...train,
      transforms: [
        ({ y, kind }, { seed, epoch, index }) => {
          y?.set([seed, epoch, index]);
          kind?.fill(1);
        },
      ],
    };
    const made = batch(changed, [2, 0], only, { seed: 9, epoch: 4 });
    expect(made['y']).toEqual(Float32Array.of(9, 4, 2, 9, 4, 0));
    expect(made['kind']).toEqual(Float32Array.of(0, 1, 0, 0, 1, 0));
    // The data are as they were.
    expect(batch(train, [0], only)['y']).toEqual(Float32Array.of(5, 5, 5));
  });

  it('comes from chunks of an order', () => {
    expect(chunks(Int32Array.of(4, 2, 0, 1, 3), 2).map((chunk) => [...chunk])).toEqual([[4, 2], [0, 1], [3]]);
  });
});
