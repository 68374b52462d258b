import { cp, mkdir, readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fashionMnist, type Examples } from 'cvae-compile/data';
import sharp from 'sharp';

/** Which folder a category of emoji is sorted into: four that look different. */
const GROUPS: Readonly<Record<string, string>> = {
  'Smileys & Emotion': 'face',
  'Animals & Nature': 'nature',
  'Food & Drink': 'food',
  Flags: 'flag',
};
export const EMOJI = ['face', 'flag', 'food', 'nature'] as const;

/** Clothes, in the order in which their folders are read. */
export const PIECES = [
  'bag',
  'boot',
  'coat',
  'dress',
  'pullover',
  'sandal',
  'shirt',
  'sneaker',
  't-shirt',
  'trousers',
] as const;
/** Their numbers in Fashion-MNIST. */
const NUMBERED = [8, 9, 4, 3, 2, 5, 6, 7, 0, 1];
/** How many pictures of Fashion-MNIST there are to train on, and to test: the first ones. */
const [TRAINED, TESTED] = [14_000, 2000];

/** Writes a folder of pictures by part and class, unless it is there: what a new user would have. Returns its path. */
export async function emojiFolder(packages: string, folder: string): Promise<string> {
  const to = join(folder, 'emoji');
  if (existsSync(to)) return to;
  const from = join(packages, 'node_modules', 'emoji-datasource-twitter');
  // The package's own list.
  const all: readonly { readonly category: string; readonly image: string }[] = JSON.parse(
    await readFile(join(from, 'emoji.json'), 'utf8'),
  );
  const used = all.filter(({ category }) => category in GROUPS);
  for (const [i, { category, image }] of used.entries()) {
    const into = join(to, i % 10 === 0 ? 'test' : 'train', GROUPS[category] ?? '');
    await mkdir(into, { recursive: true });
    const small = sharp(join(from, 'img', 'twitter', '64', image))
      .flatten({ background: '#fff' })
      .resize(24, 24);
    await small.png().toFile(join(into, image));
  }
  return to;
}

/** Does the same for Fashion-MNIST. */
export async function fashionFolder(folder: string): Promise<string> {
  const to = join(folder, 'fashion');
  if (existsSync(to)) return to;
  const { train, test } = await fashionMnist();
  await writePictures(join(to, 'train'), train, TRAINED);
  if (test) await writePictures(join(to, 'test'), test, TESTED);
  return to;
}

const writePictures = async (folder: string, { columns: { y, label } }: Examples, count: number): Promise<void> => {
  for (const piece of PIECES) await mkdir(join(folder, piece), { recursive: true });
  for (let i = 0; i < count; i++) {
    const raw = { width: 28, height: 28, channels: 1 } as const;
    const pixels = Uint8Array.from(y?.data.subarray(i * 784, (i + 1) * 784) ?? []);
    await sharp(pixels, { raw })
      .png()
      .toFile(join(folder, PIECES[NUMBERED.indexOf(label?.data[i] ?? 0)] ?? '', `${i}.png`));
  }
};

/** Copies the table of the weather of Seattle, and returns its path. */
export async function weatherFile(packages: string, folder: string): Promise<string> {
  const to = join(folder, 'weather.csv');
  await mkdir(folder, { recursive: true });
  await cp(join(packages, 'node_modules', 'vega-datasets', 'data', 'seattle-weather.csv'), to);
  return to;
}
