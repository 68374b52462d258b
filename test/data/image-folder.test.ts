import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encode, type ImageData } from 'fast-png';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imageFolder } from '../../src/data/image-folder.ts';
import { readPng } from '../../src/data/png.ts';
import { InvalidData, InvalidFile } from '../../src/errors.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'images-'));
});
afterEach(() => rm(folder, { recursive: true }));

const put = async (path: string, image: ImageData | string | Uint8Array): Promise<void> => {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  const isImage = typeof image === 'object' && 'width' in image;
  await writeFile(join(folder, path), isImage ? encode(image) : image);
};

/** A grey image of 2 × 1 pixels. */
const grey = (...pixels: readonly number[]): ImageData => ({
  width: pixels.length,
  height: 1,
  channels: 1,
  data: Uint8Array.from(pixels),
});

describe('a folder of images by class', () => {
  it('is read in the order of names, a class for each folder', async () => {
    await put('dog/b.png', grey(3, 4));
    await put('dog/a.PNG', grey(1, 2));
    await put('cat/z.png', grey(0, 255));
    await put('cat/notes.txt', 'not an image');
    await put('cat/._z.png', 'not an image either');
    await put('.hidden/x.png', 'nor this');
    const { train, test } = await imageFolder(folder);
    expect(test).toBeUndefined();
    expect(train.count).toBe(3);
    expect(train.columns['label']).toEqual({
      shape: [],
      data: Int32Array.of(0, 1, 1),
      scale: 1,
      classes: ['cat', 'dog'],
    });
    expect(train.columns['y']).toEqual({ shape: [1, 2, 1], data: Uint8Array.of(0, 255, 1, 2, 3, 4), scale: 1 / 255 });
  });

  it('may be parted, with the classes of the part to train on', async () => {
    await put('train/cat/1.png', grey(1, 2));
    await put('train/dog/1.png', grey(3, 4));
    await put('test/dog/1.png', grey(5, 6));
    const { train, validation, test } = await imageFolder(folder, { label: 'pet' });
    expect([train.count, validation, test?.count]).toEqual([2, undefined, 1]);
    expect(test?.columns['pet']).toEqual({ shape: [], data: Int32Array.of(1), scale: 1, classes: ['cat', 'dog'] });
    await put('test/emu/1.png', grey(5, 6));
    await expect(imageFolder(folder)).rejects.toThrow(
      /emu: expected a folder of one of the classes cat, dog, got emu; rename or move it$/,
    );
  });

  it('may have its classes named in another order', async () => {
    await put('cat/1.png', grey(1, 2));
    await put('dog/1.png', grey(3, 4));
    const { train } = await imageFolder(folder, { classes: ['dog', 'cat'] });
    expect([...(train.columns['label']?.data ?? [])]).toEqual([1, 0]);
  });

  it('keeps 16 bits', async () => {
    const data = Uint16Array.of(0, 65535, 257, 1);
    await put('a/1.png', { width: 2, height: 2, channels: 1, depth: 16, data });
    await put('a/2.png', { width: 2, height: 2, channels: 1, data: Uint8Array.of(0, 255, 1, 51) });
    const { y } = (await imageFolder(folder)).train.columns;
    expect([y?.scale, y?.shape]).toEqual([1, [2, 2, 1]]);
    expect(y?.data).toEqual(Float32Array.from([0, 1, 257 / 65535, 1 / 65535, 0, 1, 1 / 255, 0.2]));
  });

  it('is refused where images differ in size or channels, naming both', async () => {
    await put('a/1.png', grey(1, 2));
    await put('a/2.png', grey(1, 2, 3));
    await expect(imageFolder(folder)).rejects.toThrow(
      /2\.png: expected an image of \[1, 2, 1\], as .*1\.png, got \[1, 3, 1\]; make all images of one size$/,
    );
    await put('a/2.png', { width: 2, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3, 4, 5, 6) });
    await expect(imageFolder(folder)).rejects.toThrow(InvalidData);
    await expect(imageFolder(folder)).rejects.toThrow(/got \[1, 2, 3\]; give \{ channels: 1 \} to convert all images$/);
    expect((await imageFolder(folder, { channels: 3 })).train.columns['y']?.data).toEqual(
      Uint8Array.of(1, 1, 1, 2, 2, 2, 1, 2, 3, 4, 5, 6),
    );
  });

  it('is refused where it is none, is empty, or holds what is no PNG', async () => {
    await expect(imageFolder(join(folder, 'none'))).rejects.toThrow(
      /none: expected a folder of images by class, got no such file; correct the path$/,
    );
    await expect(imageFolder(folder)).rejects.toThrow(/expected PNG files in a folder for each class, got none/);
    await put('a/1.png', 'not an image');
    await expect(imageFolder(folder)).rejects.toThrow(
      /1\.png: expected a PNG file, got one that cannot be read \(.*\); /,
    );
    await expect(imageFolder(folder)).rejects.toThrow(InvalidFile);
    const whole = encode(grey(1, 2, 3, 4, 5, 6, 7, 8));
    await put('a/1.png', whole.subarray(0, whole.length - 20));
    await expect(imageFolder(folder)).rejects.toThrow(InvalidFile);
  });
});

describe('a PNG file', () => {
  const file = async (image: ImageData | Uint8Array): Promise<string> => {
    await put('one.png', image);
    return join(folder, 'one.png');
  };
  const pixels = async (image: ImageData, channels?: 1 | 3 | 4) => {
    const read = await readPng(await file(image), channels);
    return [read.shape[2], ...read.data];
  };

  it('is converted between grey, colours and alpha', async () => {
    const rgb: ImageData = { width: 1, height: 1, channels: 3, data: Uint8Array.of(255, 0, 100) };
    const rgba: ImageData = { width: 1, height: 1, channels: 4, data: Uint8Array.of(200, 100, 0, 51) };
    const greyAlpha: ImageData = { width: 1, height: 1, channels: 2, data: Uint8Array.of(100, 51) };
    expect(await pixels(rgb)).toEqual([3, 255, 0, 100]);
    expect(await pixels(rgb, 1)).toEqual([1, Math.round(0.299 * 255 + 0.114 * 100)]);
    expect(await pixels(rgb, 4)).toEqual([4, 255, 0, 100, 255]);
    expect(await pixels(rgba)).toEqual([4, 200, 100, 0, 51]);
    expect(await pixels(rgba, 3)).toEqual([3, 40, 20, 0]);
    expect(await pixels(greyAlpha)).toEqual([1, 20]);
    expect(await pixels(greyAlpha, 4)).toEqual([4, 100, 100, 100, 51]);
    expect(await pixels(grey(7), 3)).toEqual([3, 7, 7, 7]);
    expect(await pixels({ width: 1, height: 1, channels: 3, depth: 16, data: Uint16Array.of(65535, 65535, 65535) }, 1)).toEqual([1, 65535]); // prettier-ignore
  });

  it('may have a palette, or fewer than eight bits', async () => {
    // Both made by Python's zlib and struct, as their writers pack them: 3 × 2 pixels.
    const palette = Buffer.from(PALETTE, 'base64');
    const read = await readPng(await file(palette));
    expect(read.shape).toEqual([2, 3, 3]);
    expect([...read.data]).toEqual([255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 255, 0, 255, 0, 255, 0, 0]);
    const bits = await readPng(await file(Buffer.from(TWO_BITS, 'base64')));
    expect([bits.shape, ...bits.data]).toEqual([[2, 3, 1], 0, 85, 170, 255, 170, 85]);
  });
});

const PALETTE =
  'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACAgMAAADgGo6JAAAACVBMVEX/AAAA/wAAAP8tSs2KAAAADElEQVR4nGOQYJgAAADcAKls58AjAAAAAElFTkSuQmCC';
const TWO_BITS = 'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACAgAAAADyryFnAAAADElEQVR4nGOQYHgCAAEwAP1WzRxzAAAAAElFTkSuQmCC';
