import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idxFolder } from '../../src/data/idx-folder.ts';
import { decodeIdx, encodeIdx, readIdx } from '../../src/data/idx.ts';
import { InvalidFile } from '../../src/errors.ts';
import { IS_LONG } from '../support/chosen.ts';

const shapes = fc.array(fc.nat(5), { minLength: 1, maxLength: 4 });
const arrays = shapes.chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    data: fc.uint8Array({
      minLength: shape.reduce((a, b) => a * b, 1),
      maxLength: shape.reduce((a, b) => a * b, 1),
    }),
  }),
);

/** An IDX file of any type: the type's byte, the shape, and the elements' bytes. */
const file = (type: number, shape: readonly number[], bytes: readonly number[]): Uint8Array => {
  const head = [0, 0, type, shape.length, ...shape.flatMap((size) => [0, 0, size >> 8, size & 255])];
  return Uint8Array.from([...head, ...bytes]);
};

describe('an IDX file', () => {
  it('gives back what was written', () => {
    fc.assert(
      fc.property(arrays, ({ shape, data }) => {
        const read = decodeIdx(encodeIdx(shape, data), 'file');
        expect(read.shape).toEqual(shape);
        expect([...read.data]).toEqual([...data]);
      }),
    );
  });

  it('is refused when any of its bytes are missing, or any follow', () => {
    fc.assert(
      fc.property(arrays, fc.nat(), ({ shape, data }, cut) => {
        const bytes = encodeIdx(shape, data);
        expect(() => decodeIdx(bytes.subarray(0, cut % bytes.length), 'file')).toThrow(InvalidFile);
        expect(() => decodeIdx(Uint8Array.from([...bytes, 0]), 'file')).toThrow(/with something after its end/);
      }),
    );
  });

  it('may hold other numbers than bytes, big-endian', () => {
    expect(decodeIdx(file(0x09, [2], [0xff, 1]), 'file').data).toEqual(Int32Array.of(-1, 1));
    expect(decodeIdx(file(0x0b, [2], [0xff, 0xfe, 1, 0]), 'file').data).toEqual(Int32Array.of(-2, 256));
    expect(decodeIdx(file(0x0c, [1], [0, 1, 0, 0]), 'file').data).toEqual(Int32Array.of(65536));
    expect(decodeIdx(file(0x0d, [1], [0x3f, 0xc0, 0, 0]), 'file').data).toEqual(Float32Array.of(1.5));
    expect(decodeIdx(file(0x0e, [1], [0xbf, 0xe0, 0, 0, 0, 0, 0, 0]), 'file').data).toEqual(Float32Array.of(-0.5));
  });

  it('says what is wrong with it', () => {
    const message = (bytes: Uint8Array): string => {
      try {
        decodeIdx(bytes, 'digits.idx', 'get it again');
      } catch (error) {
        return String(error);
      }
      return '';
    };
    expect(message(Uint8Array.of(0, 0))).toBe(
      'InvalidFile: digits.idx: expected an IDX file, got 2 bytes; get it again',
    );
    expect(message(Uint8Array.of(0x89, 0x50, 0x4e, 0x47))).toBe(
      'InvalidFile: digits.idx: expected an IDX file, got one that begins with 0x89504e47; get it again',
    );
    expect(message(file(0x08, [2, 2], [1, 2, 3]))).toBe(
      'InvalidFile: digits.idx: expected 16 bytes for an IDX file of shape [2, 2], got 15, truncated; get it again',
    );
    expect(message(Uint8Array.of(0, 0, 8, 3, 0))).toMatch(/with 3 axes, got one that ends within its first 16 bytes/);
    expect(message(file(0x07, [1], [1]))).toMatch(/begins with 0x00000701/);
    // A header that promises more than there could be is no reason to allocate it.
    expect(message(Uint8Array.of(0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255))).toMatch(/truncated/);
  });
});

describe('IDX files on a disk', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'idx-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const images = encodeIdx(
    [3, 2, 2],
    Uint8Array.from({ length: 12 }, (_, i) => i),
  );
  const labels = encodeIdx([3], Uint8Array.of(2, 0, 1));

  it('are read gzipped or not, and refused if the gzip is not one, truncated or damaged', async () => {
    const zipped = gzipSync(images);
    await writeFile(join(folder, 'a'), images);
    await writeFile(join(folder, 'b'), zipped);
    await writeFile(join(folder, 'plain.gz'), images);
    await writeFile(join(folder, 'page.gz'), '<!DOCTYPE html><html>');
    await writeFile(join(folder, 'short.gz'), zipped.subarray(0, 20));
    await writeFile(join(folder, 'bad.gz'), Buffer.from(zipped).fill(7, 12, 20));
    expect((await readIdx(join(folder, 'a'))).shape).toEqual([3, 2, 2]);
    expect((await readIdx(join(folder, 'b'))).shape).toEqual([3, 2, 2]);
    await expect(readIdx(join(folder, 'plain.gz'))).rejects.toThrow(
      /plain\.gz: expected a gzip file, got bytes that begin with 00000803; get the file again$/,
    );
    await expect(readIdx(join(folder, 'page.gz'))).rejects.toThrow(/text that begins with "<!DOCTYPE html><"/);
    await expect(readIdx(join(folder, 'short.gz'))).rejects.toThrow(/got one that is truncated \(20 bytes\)/);
    await expect(readIdx(join(folder, 'bad.gz'))).rejects.toThrow(/got one that is damaged/);
    await expect(readIdx(join(folder, 'none'))).rejects.toThrow(/none: expected an IDX file, got no such file/);
    await expect(readIdx(folder)).rejects.toThrow(/got a folder/);
  });

  it('make a dataset in the form of MNIST', async () => {
    await expect(idxFolder(folder)).rejects.toThrow(/train-images-idx3-ubyte: expected an IDX file, got no such file/);
    await writeFile(join(folder, 'train-images-idx3-ubyte'), images);
    await writeFile(join(folder, 'train-labels-idx1-ubyte.gz'), gzipSync(labels));
    const alone = await idxFolder(folder);
    expect(alone.test).toBeUndefined();
    expect(alone.train.count).toBe(3);
    expect(alone.train.columns['label']).toEqual({ shape: [], data: Uint8Array.of(2, 0, 1), scale: 1, classes: 3 });
    expect(alone.train.columns['y']?.shape).toEqual([2, 2, 1]);

    await writeFile(join(folder, 't10k-images-idx3-ubyte'), images);
    await writeFile(join(folder, 't10k-labels-idx1-ubyte'), encodeIdx([2], Uint8Array.of(0, 1)));
    await expect(idxFolder(folder)).rejects.toThrow(
      /t10k-labels-idx1-ubyte: expected 3 labels, one for each image, got shape \[2\]/,
    );
    await writeFile(join(folder, 't10k-labels-idx1-ubyte'), encodeIdx([3], Uint8Array.of(0, 1, 0)));
    const both = await idxFolder(folder, { label: 'kind', classes: ['a', 'b', 'c'] });
    expect(both.test?.columns['kind']?.classes).toEqual(['a', 'b', 'c']);
    await expect(idxFolder(join(folder, 'none'))).rejects.toThrow(/none: expected a folder of IDX files, got none/);
  });

  it('are found by the names that Kaggle gives them', async () => {
    const kaggle = await mkdtemp(join(tmpdir(), 'kaggle-'));
    await writeFile(join(kaggle, 'train-images.idx3-ubyte'), images);
    await writeFile(join(kaggle, 'train-labels.idx1-ubyte.gz'), gzipSync(labels));
    expect((await idxFolder(kaggle)).train.count).toBe(3);
    await mkdir(join(kaggle, 't10k-labels-idx1-ubyte'));
    await writeFile(join(kaggle, 't10k-labels-idx1-ubyte', 't10k-labels-idx1-ubyte'), labels);
    await expect(idxFolder(kaggle)).rejects.toThrow(
      /t10k-images-idx3-ubyte: expected an IDX file, got no such file, nor t10k-images-idx3-ubyte\.gz, t10k-images\.idx3-ubyte\.gz, t10k-images\.idx3-ubyte; put it there$/,
    );
    await writeFile(join(kaggle, 't10k-images.idx3-ubyte'), images);
    expect((await idxFolder(kaggle)).test?.count).toBe(3);
    await rm(kaggle, { recursive: true });
  });

  const dataset = async (pixels: Uint8Array, classes: Uint8Array, options: object = {}) => {
    const one = await mkdtemp(join(tmpdir(), 'one-'));
    await writeFile(join(one, 'train-images-idx3-ubyte'), pixels);
    await writeFile(join(one, 'train-labels-idx1-ubyte'), classes);
    return idxFolder(one, options).finally(() => rm(one, { recursive: true }));
  };

  it.each([
    ['no images', [0, 28, 28], 0, /expected images, got none, in the shape \[0, 28, 28\]; get the file again$/],
    ['images without height', [3, 0, 28], 3, /expected images, got none, in the shape \[3, 0, 28\]/],
    ['images without width', [3, 28, 0], 3, /expected images, got none/],
  ] as const)('are refused where they hold %s', async (_, shape, count, message) => {
    const none = encodeIdx(shape, new Uint8Array());
    await expect(dataset(none, encodeIdx([count], new Uint8Array(count)))).rejects.toThrow(message);
  });

  it('are refused where their pixels are 0 and 1, or an option is misspelt', async () => {
    const binary = encodeIdx([1, 2, 2], Uint8Array.of(0, 1, 1, 0));
    await expect(dataset(binary, encodeIdx([1], Uint8Array.of(0)))).rejects.toThrow(
      /expected pixels from 0 to 255, got 0 and 1 alone, which are black; multiply them by 255$/,
    );
    await expect(dataset(images, labels, { labels: 'kind' })).rejects.toThrow(
      /^idxFolder: expected the options label, classes, got labels; /,
    );
  });

  it('have labels that are the classes of these names, where names are numbers', async () => {
    const letters = encodeIdx([3], Uint8Array.of(2, 1, 2));
    const { train } = await dataset(images, letters, { classes: ['1', '2', '3'] });
    expect([...(train.columns['label']?.data ?? [])]).toEqual([1, 0, 1]);
    await expect(dataset(images, labels, { classes: ['1', '2', '3'] })).rejects.toThrow(
      /expected labels that are names of classes \(1, 2, 3\), got 0; name it too$/,
    );
  });

  it('are unpacked no further than their headers declare', async () => {
    const size = IS_LONG ? 2 ** 28 : 2 ** 26;
    const nothing = gzipSync(new Uint8Array(size));
    const more = gzipSync(Buffer.concat([images, new Uint8Array(size)]));
    const boasting = gzipSync(Buffer.concat([Buffer.from([0, 0, 8, 3, 0, 0, 255, 255, 0, 0, 255, 255, 0, 0, 255, 255]), new Uint8Array(size)])); // prettier-ignore
    for (const [bytes, message] of [
      [nothing, /expected an IDX file, got one that begins with 0x00000000; /],
      [more, /expected 28 bytes for an IDX file of shape \[3, 2, 2\], got 29 or more, with something after its end/],
      [boasting, /expected at most 2147483648 bytes, got a header for 281462092005391; split the file$/],
    ] as const) {
      const path = join(folder, 'bomb.gz');
      await writeFile(path, bytes);
      const before = process.memoryUsage.rss();
      await expect(readIdx(path)).rejects.toThrow(message);
      expect(process.memoryUsage.rss() - before).toBeLessThan(size / 2);
    }
  });
});
