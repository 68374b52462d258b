import { readdirSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { digits } from '../../src/data/digits.ts';
import { mnist } from '../../src/data/mnist.ts';

const folder = new URL('../../assets/digits/', import.meta.url);

describe('the embedded digits', () => {
  it('are of MNIST: as many of each class, train and test kept apart, none twice', async () => {
    const { train, test } = await digits();
    expect([train.count, test?.count]).toEqual([12_000, 2_000]);
    const seen = new Set<string>();
    for (const part of [train, test]) {
      const { digit, y } = part?.columns ?? {};
      expect(y?.shape).toEqual([28, 28, 1]);
      expect(digit?.classes).toBe(10);
      const counts = Array.from({ length: 10 }, () => 0);
      for (const label of digit?.data ?? []) counts[label] = (counts[label] ?? 0) + 1;
      expect(new Set(counts)).toEqual(new Set([(part?.count ?? 0) / 10]));
      for (let i = 0; i < (part?.count ?? 0); i++)
        seen.add(Buffer.from(y?.data.subarray(i * 784, (i + 1) * 784) ?? []).toString('latin1'));
    }
    expect(seen.size).toBe(14_000);
  });

  it('have pixels that are ink on an empty ground, brightest 255', async () => {
    const { data = new Uint8Array() } = (await digits()).train.columns['y'] ?? {};
    let sum = 0;
    for (const value of data) sum += value;
    const mean = sum / data.length / 255;
    expect(mean).toBeCloseTo(0.1307, 2); // MNIST's mean
    expect([data[0], Math.max(...data.subarray(0, 78_400))]).toEqual([0, 255]);
  });

  it('may have their class under another name', async () => {
    expect(Object.keys((await digits({ label: 'class' })).train.columns)).toEqual(['class', 'y']);
  });

  it('take at most 2 MB and state their licence', () => {
    const files = readdirSync(folder);
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md']));
    const bytes = files.reduce((sum, name) => sum + statSync(new URL(name, folder)).size, 0);
    expect(bytes).toBeLessThan(2_000_000);
  });
});

// Where the whole of MNIST is at hand, the subset can be looked up in it.
if (process.env['CVAE_DATA']) {
  it('the embedded digits are in MNIST, each in its own part', async () => {
    const [some, all] = [await digits(), await mnist()];
    expect([all.train.count, all.test?.count]).toEqual([60_000, 10_000]);
    for (const part of ['train', 'test'] as const) {
      const rows = (data: ArrayLike<number>, labels: ArrayLike<number>) =>
        Array.from({ length: labels.length }, (_, i) =>
          [labels[i], Buffer.from(Array.prototype.slice.call(data, i * 784, (i + 1) * 784)).toString('latin1')].join(),
        );
      const columns = [some, all].map((set) => set[part]?.columns ?? {});
      const [few, many] = columns.map(({ y, digit }) => rows(y?.data ?? [], digit?.data ?? []));
      const known = new Set(many);
      expect(few?.filter((row) => !known.has(row))).toEqual([]);
    }
  });
}
