import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { crc32, deflateSync } from 'node:zlib';
import { encode, type ImageData } from 'fast-png';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imageFolder } from '../../src/data/image-folder.ts';
import { upright } from '../../src/data/images/orientation.ts';
import type { Pixels } from '../../src/data/images/pixels.ts';
import { readImage } from '../../src/data/images/read-image.ts';
import { readPng } from '../../src/data/png.ts';
import { InvalidData, InvalidFile } from '../../src/errors.ts';
import {
  CMYK,
  GREY,
  JPEG,
  JPEG_TURNED,
  PNG_MOVING,
  PNG_TURNED,
  WEBP,
  WEBP_MOVING,
  WEBP_TURNED,
} from './support/photos.ts';
import { chosen } from '../support/chosen.ts';

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
  it('holds out a fraction of each class to test on, the same pictures for the same seed', async () => {
    for (let i = 0; i < 20; i++) await put(`cat/${`${i}`.padStart(2, '0')}.png`, grey(i, 255));
    for (let i = 0; i < 10; i++) await put(`dog/${i}.png`, grey(100 + i, 255));
    await put('owl/0.png', grey(200, 255));
    const read = (options: object) => imageFolder(folder, options);
    const { train, test } = await read({ test: 0.1 });
    expect([train.count, test?.count]).toEqual([28, 3]);
    expect([...(test?.columns['label']?.data ?? [])]).toEqual([0, 0, 1]);
    const first = (part?: typeof train): number[] =>
      [...(part?.columns['y']?.data ?? [])].filter((_, i) => i % 2 === 0);
    const all = [...Array.from({ length: 20 }, (_, i) => i), ...Array.from({ length: 10 }, (_, i) => 100 + i), 200];
    expect([...first(train), ...first(test)].sort((a, b) => a - b)).toEqual(all);
    expect(first((await read({ test: 0.1, seed: 0 })).test)).toEqual(first(test));
    expect(first((await read({ test: 0.1, seed: 1 })).test)).not.toEqual(first(test));
    await expect(read({ test: 1 })).rejects.toThrow(
      /expected test as a fraction between 0 and 1|fraction between 0 and 1/,
    );
    await expect(read({ seed: 1 })).rejects.toThrow('got seed alone; give { test: 0.1 }, say');
  });

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

  it('may be split into parts, with the classes of the part to train on', async () => {
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
      /2\.png: expected an image of \[1, 2, 1\], as .*1\.png, got \[1, 3, 1\]; make all images of one size, or give it: \{ size: \[1, 2\] \}$/,
    );
    await put('a/2.png', { width: 2, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3, 4, 5, 6) });
    await expect(imageFolder(folder)).rejects.toThrow(InvalidData);
    await expect(imageFolder(folder)).rejects.toThrow(/got \[1, 2, 3\]; give \{ channels: 1 \} to convert all images$/);
    expect((await imageFolder(folder, { channels: 3 })).train.columns['y']?.data).toEqual(
      Uint8Array.of(1, 1, 1, 2, 2, 2, 1, 2, 3, 4, 5, 6),
    );
  });

  it('is refused if it is not a folder, is empty, or contains files that are not images', async () => {
    await expect(imageFolder(join(folder, 'none'))).rejects.toThrow(
      /none: expected a folder of images by class, got no such file; correct the path$/,
    );
    await expect(imageFolder(folder)).rejects.toThrow(
      /expected PNG, JPEG or WebP files in a folder for each class, got none/,
    );
    await put('a/1.png', 'not an image');
    await expect(imageFolder(folder)).rejects.toThrow(
      /1\.png: expected a PNG, JPEG or WebP file, got bytes of another kind; save the image again, or leave it out$/,
    );
    await expect(imageFolder(folder)).rejects.toThrow(InvalidFile);
    const whole = encode(grey(1, 2, 3, 4, 5, 6, 7, 8));
    await put('a/1.png', whole.subarray(0, whole.length - 20));
    await expect(imageFolder(folder)).rejects.toThrow(InvalidFile);
  });
});

describe('what a folder of images holds', () => {
  it('is read whatever its format, with links followed, and classes that are numbers in their order', async () => {
    for (const name of ['0', '1', '2', '10']) await put(`${name}/a.png`, rgb(Number(name)));
    await put('2/b.JPEG', JPEG);
    await put('2/c.webp', WEBP);
    await put('10/misnamed.png', JPEG);
    const elsewhere = await mkdtemp(join(tmpdir(), 'elsewhere-'));
    await symlink(elsewhere, join(folder, '3'));
    await writeFile(join(elsewhere, 'd.jpg'), JPEG);
    await symlink(join(elsewhere, 'd.jpg'), join(folder, '3', 'e.jpg'));
    const { train, notices } = await imageFolder(folder);
    await rm(elsewhere, { recursive: true });
    expect(notices).toBeUndefined();
    expect(train.columns['label']?.classes).toEqual(['0', '1', '2', '3', '10']);
    expect([...(train.columns['label']?.data ?? [])]).toEqual([0, 1, 2, 2, 2, 3, 3, 4, 4]);
    expect(train.columns['y']?.shape).toEqual([8, 16, 3]);
  });

  it.each([
    ['val', 'validation'],
    ['valid', 'validation'],
    ['validation', 'validation'],
  ] as const)('may have its validation part called %s', async (name, part) => {
    for (const each of ['train', name, 'test']) await put(`${each}/cat/1.png`, grey(1, 2));
    const dataset = await imageFolder(folder);
    expect([dataset.train.count, dataset[part]?.count, dataset.test?.count]).toEqual([1, 1, 1]);
  });

  it('may be a class called train', async () => {
    for (const name of ['car', 'plane', 'train']) await put(`${name}/1.png`, grey(1, 2));
    expect((await imageFolder(folder)).train.columns['label']?.classes).toEqual(['car', 'plane', 'train']);
  });

  it('is reported if it is left out: archives, hidden folders, texts', async () => {
    await put('cat/1.png', grey(1, 2));
    await put('cat/notes.txt', 'a note');
    await put('__MACOSX/cat/._1.png', 'resources');
    await put('.git/x.png', grey(1, 2));
    await put('cat/.ipynb_checkpoints/1-checkpoint.png', grey(1, 2));
    const { train, notices } = await imageFolder(folder);
    expect(train.columns['label']?.classes).toEqual(['cat']);
    expect(notices).toEqual([
      `${folder}: leaves out 4 entries (.git, __MACOSX, cat/.ipynb_checkpoints, cat/notes.txt) that are no images`,
    ]);
  });

  it.each<readonly [string, readonly string[], RegExp]>([
    [
      'images of other formats',
      ['a/1.png', 'a/2.gif', 'a/3.TIFF'],
      /a: expected PNG, JPEG or WebP files, got 2 images \(2\.gif, 3\.TIFF\) of other formats; convert or move them$/,
    ],
    [
      'a class of other formats alone',
      ['a/1.png', 'b/2.avif'],
      /b: expected PNG, JPEG or WebP files, got 1 image \(2\.avif\) of other formats/,
    ],
    [
      'images one folder deeper',
      ['a/1.png', 'a/more/2.png', 'a/more/still/3.jpg'],
      /more: expected images directly in the folder of their class, got 2 images \(more\/2\.png, more\/still\/3\.jpg\) one folder deeper; move them up, or name the parts/,
    ],
    [
      'images next to the classes',
      ['a/1.png', '2.png', '3.bmp'],
      /: expected images in a folder for each class, got 2 images \(2\.png, 3\.bmp\) next to these; move them into one$/,
    ],
    [
      'images and no class',
      ['1.png', '2.png'],
      /: expected images in a folder for each class, got 2 images \(1\.png, 2\.png\) and no folder; make one in it, also for a single class$/,
    ],
    [
      'images next to the classes of a part',
      ['train/a/1.png', 'test/a/1.png', 'test/2.png'],
      /test: expected images in a folder for each class, got 1 image \(2\.png\)/,
    ],
    [
      'images next to the parts',
      ['train/a/1.png', '2.png'],
      /: expected images in a folder for each class, got 1 image \(2\.png\)/,
    ],
    [
      'parts of other names',
      ['training/a/1.png', 'testing/a/1.png'],
      /testing\/a: expected images directly in the folder of their class.*name the parts of the data train, validation and test$/,
    ],
    [
      'folders next to train',
      ['train/a/1.png', 'a/1.png', 'dev/a/2.png'],
      /: expected train, validation and test, as there is a train with folders in it, got also 2 folders \(a, dev\); move them$/,
    ],
    [
      'two validation parts',
      ['train/a/1.png', 'val/a/1.png', 'validation/a/1.png'],
      /: expected one folder for validation, got val and validation; merge them$/,
    ],
    [
      'a class without images',
      ['a/1.png', 'b/readme.md'],
      /b: expected PNG, JPEG or WebP files of this class, got none; put them there or remove it$/,
    ],
  ])('is refused, by count and name, where it would be lost: %s', async (_, paths, message) => {
    for (const path of paths) await put(path, grey(1, 2));
    const failed = imageFolder(folder);
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.toThrow(InvalidData);
  });

  it('is refused where a link leads nowhere, or two classes are one folder', async () => {
    await put('a/1.png', grey(1, 2));
    await symlink(join(folder, 'a'), join(folder, 'b'));
    await expect(imageFolder(folder)).rejects.toThrow(
      /: expected a folder for each class, got the same one as a and b; /,
    );
    await rm(join(folder, 'b'));
    await symlink(join(folder, 'gone'), join(folder, 'b'));
    await expect(imageFolder(folder)).rejects.toThrow(/b: expected a file or a folder, got no such file; remove it/);
  });

  it('is refused where its options are misspelt, or its images are masks of 0 and 1', async () => {
    await put('a/1.png', grey(0, 1));
    await expect(imageFolder(folder)).rejects.toThrow(/expected pixels from 0 to 255, got images of 0 and 1 alone/);
    await expect(imageFolder(folder, { chanels: 3 } as object)).rejects.toThrow(
      /^imageFolder: expected the options channels, label, classes, size, fit, background, test, seed, memory, got chanels; did you mean channels\?$/,
    );
    await expect(imageFolder(folder, { channels: 2 } as object)).rejects.toThrow(
      /^imageFolder: expected 1, 3 or 4 as channels, got 2; /,
    );
  });
});

/** 16 × 8 pixels of one colour, as the photographs are. */
const rgb = (value: number): ImageData => ({
  width: 16,
  height: 8,
  channels: 3,
  data: new Uint8Array(16 * 8 * 3).fill(value),
});

describe('a photograph', () => {
  /** The colour at a place, by the nearest of those that there are. */
  const colours = { white: [255, 255, 255], red: [255, 0, 0], blue: [0, 0, 255] } as const;
  const colourAt = ({ shape: [, width, channels], data }: Pixels, row: number, column: number, near: number) => {
    const at = (row * width + column) * channels;
    const distance = (colour: readonly number[]) =>
      colour.reduce((sum, value, i) => sum + Math.abs(value - (data[at + i] ?? NaN)), 0);
    const [name = '', colour = []] = Object.entries(colours).sort(([, a], [, b]) => distance(a) - distance(b))[0] ?? [];
    expect(distance(colour)).toBeLessThan(near);
    return name;
  };
  const read = async (bytes: Buffer, channels?: 1 | 3 | 4): Promise<Pixels> => {
    await put('one.jpg', bytes);
    return readImage(join(folder, 'one.jpg'), channels);
  };
  const corners = (image: Pixels, near = 30) => {
    const [height, width] = image.shape;
    const [down, across] = [height - 1, width - 1];
    return [
      colourAt(image, 0, 0, near),
      colourAt(image, 0, across, near),
      colourAt(image, down, 0, near),
      colourAt(image, down, across, near),
    ];
  };

  it.each([
    ['JPEG', JPEG, [8, 16, 3], ['white', 'blue', 'red', 'blue']],
    ['WebP', WEBP, [8, 16, 3], ['white', 'blue', 'red', 'blue']],
    ['JPEG that lies on its side', JPEG_TURNED, [16, 8, 3], ['red', 'white', 'blue', 'blue']],
    ['WebP that lies on its side', WEBP_TURNED, [16, 8, 3], ['red', 'white', 'blue', 'blue']],
    ['PNG that lies on its side', PNG_TURNED, [16, 8, 3], ['red', 'white', 'blue', 'blue']],
  ] as const)('is read as it is meant to be seen: %s', async (_, bytes, shape, expected) => {
    const image = await read(bytes);
    expect([image.shape, image.depth]).toEqual([shape, 8]);
    expect(corners(image)).toEqual(expected);
  });

  it('is turned by our own code as by libvips, in all eight orientations', async () => {
    const own: Pixels = { shape: [2, 3, 3], depth: 8, data: Uint8Array.from({ length: 18 }, (_, i) => 14 * i) };
    for (let orientation = 1; orientation <= 8; orientation++) {
      const raw = sharp(own.data, { raw: { width: 3, height: 2, channels: 3 } });
      const bytes = await raw.webp({ lossless: true }).withMetadata({ orientation }).toBuffer();
      expect(upright(own, orientation)).toEqual(await read(bytes));
    }
  });

  it('may be grey, also in several passes, and in four inks', async () => {
    const grey = await read(GREY);
    expect(grey.shape).toEqual([8, 8, 1]);
    expect(Math.abs((grey.data[0] ?? NaN) - 200) + Math.abs((grey.data[7] ?? NaN) - 40)).toBeLessThan(8);
    expect((await read(GREY, 3)).shape).toEqual([8, 8, 3]);
    // Inks have colours of their own.
    expect(corners(await read(CMYK), 250)).toEqual(['white', 'blue', 'red', 'blue']);
    expect((await read(JPEG, 1)).data[0]).toBeGreaterThan(250);
  });

  it.each([
    [
      'a JPEG cut short',
      JPEG.subarray(0, 600),
      /one\.jpg: expected a JPEG file, got one that cannot be read \(.*\); save the image again$/,
    ],
    ['a WebP cut short', WEBP.subarray(0, 40), /expected a WebP file, got one that cannot be read/],
    [
      'a WebP that moves',
      WEBP_MOVING,
      /one\.jpg: expected an image, got an animation; save one of its pictures as PNG$/,
    ],
    ['a PNG that moves', PNG_MOVING, /one\.jpg: expected an image, got an animation; save one of its pictures as PNG$/],
    ['nothing', Buffer.alloc(0), /one\.jpg: expected a PNG, JPEG or WebP file, got an empty one; /],
  ])('is refused where it is %s', async (_, bytes, message) => {
    const failed = read(Buffer.from(bytes));
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.toThrow(InvalidFile);
  });

  it('is refused with the name of the package that is missing', async () => {
    await put('project/a/1.jpg', JPEG);
    const dist = new URL('../../dist/', import.meta.url);
    const program = `import { imageFolder } from './dist/data/index.js'; await imageFolder('.').catch((e) => console.log(e.name, e.message));`;
    await symlink(fileURLToPath(dist), join(folder, 'dist'), 'junction');
    await mkdir(join(folder, 'node_modules'));
    // Links stay links below: what these need is looked up next to them.
    const needed = ['csv-parse', 'env-paths', 'is-safe-filename', 'fast-png', 'fflate', 'iobuffer', 'undici'];
    for (const name of needed)
      await symlink(fileURLToPath(new URL(`../node_modules/${name}`, dist)), join(folder, 'node_modules', name));
    const args = [
      '--preserve-symlinks',
      '--input-type=module',
      '--eval',
      program.replace("imageFolder('.')", "imageFolder('project')"),
    ];
    await put('package.json', '{ "type": "module" }');
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
    expect(stdout).toMatch(
      /^Unavailable project\/a\/1\.jpg: expected the package sharp, which decodes JPEG, got none; run npm install sharp, or save the images as PNG$/m,
    );
  });
});

describe('a small file that unpacks to a lot', () => {
  const chunk = (type: string, body: Uint8Array): Buffer => {
    const bytes = Buffer.alloc(12 + body.length);
    bytes.writeUInt32BE(body.length, 0);
    bytes.write(type, 4, 'latin1');
    bytes.set(body, 8);
    bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + body.length)), 8 + body.length);
    return bytes;
  };
  const png = (width: number, height: number, idat: Uint8Array, ...more: readonly Buffer[]): Buffer => {
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    header.set([8, 2, 0, 0, 0], 8);
    const mark = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    return Buffer.concat([mark, chunk('IHDR', header), ...more, chunk('IDAT', idat), chunk('IEND', new Uint8Array())]);
  };
  const bomb = deflateSync(new Uint8Array(2 ** 28));
  const grown = async (bytes: Buffer, name = 'bomb.png') => {
    await put(name, bytes);
    const before = process.memoryUsage.rss();
    const error: unknown = await readImage(join(folder, name)).catch((thrown: unknown) => thrown);
    return { error, megabytes: (process.memoryUsage.rss() - before) / 2 ** 20 };
  };

  it.each([
    [
      'by its own word',
      () => png(24_000, 24_000, bomb),
      /bomb\.png: expected an image of at most 67108864 pixels, got 24000 × 24000; make it smaller$/,
    ],
    [
      'against its word',
      () => png(2, 2, bomb),
      /bomb\.png: expected a PNG file, got one that unpacks to more than the 14 bytes of its size; /,
    ],
    ['to nothing', () => png(0, 4, bomb), /bomb\.png: expected an image with pixels, got 0 × 4; leave it out$/],
  ])('is refused before it does: a PNG, %s', async (_, make, message) => {
    const { error, megabytes } = await grown(make());
    expect(String(error)).toMatch(message);
    expect(megabytes).toBeLessThan(100);
  });

  it('next to its pixels is not unpacked', async () => {
    const profile = Buffer.concat([Buffer.from('icc\0\0', 'latin1'), bomb]);
    const { error, megabytes } = await grown(png(1, 1, deflateSync(Uint8Array.of(0, 1, 2, 3)), chunk('iCCP', profile)));
    expect(error).toMatchObject({ shape: [1, 1, 3], data: Uint8Array.of(1, 2, 3) });
    expect(megabytes).toBeLessThan(100);
  });

  it('is refused as a photograph too', async () => {
    const raw = { width: 9000, height: 9000, channels: 3, background: 'black' } as const;
    for (const format of chosen('large photographs', ['jpeg', 'webp'] as const, 1)) {
      const bytes = await sharp({ create: raw })[format]().toBuffer();
      const { error } = await grown(bytes, 'bomb.jpg');
      expect(String(error)).toMatch(/bomb\.jpg: expected an image of at most 67108864 pixels, got /);
    }
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
