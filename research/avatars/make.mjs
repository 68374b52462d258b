// Draws the pictures that model.ts is trained on: small portraits by DiceBear's style "Pixel Art" (CC0 1.0), and what each shows.
// node research/avatars/make.mjs PACKAGES FOLDER, where PACKAGES is a folder in which
// `npm install @dicebear/core@9 @dicebear/pixel-art@9` was run. Writes FOLDER/pixels.bin and FOLDER/shown.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';

const COUNT = 8000;
const SIDE = 32;
/** The attributes of a picture, and how each is drawn. */
const HAIR = { blond: 'cab188', brown: '603a14', black: '28150a', red: 'bd1700', blue: '009bbd', green: '91cb15' };
const SKIN = { light: 'f5cfa0', tanned: 'd8985d', brown: 'a26d3d', dark: '8d5524' };
const range = (name, count) => Array.from({ length: count }, (_, i) => `${name}${String(i + 1).padStart(2, '0')}`);
const LENGTHS = { short: range('short', 24), long: range('long', 21) };
const MOUTHS = { happy: range('happy', 13), sad: range('sad', 10) };

const [packages, folder] = process.argv.slice(2);
if (!packages || !folder) throw new Error('make: expected two folders, got fewer; see the first lines of this file');
const from = createRequire(join(resolve(packages), 'package.json'));
const load = async (name) => import(pathToFileURL(from.resolve(name)).href);
const { createAvatar } = await load('@dicebear/core');
const style = await load('@dicebear/pixel-art');

// A small generator of numbers (mulberry32), so that the pictures are the same everywhere.
let state = 1;
const random = () => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};
const one = (list) => list[Math.floor(random() * list.length)];

const pixels = Buffer.alloc(COUNT * SIDE * SIDE * 3);
const shown = { hair: [], colour: [], skin: [], mouth: [], glasses: [] };
for (let i = 0; i < COUNT; i++) {
  const given = {
    hair: one(Object.keys(LENGTHS)),
    colour: one(Object.keys(HAIR)),
    skin: one(Object.keys(SKIN)),
    mouth: one(Object.keys(MOUTHS)),
    glasses: one(['no', 'no', 'yes']),
  };
  const svg = createAvatar(style, {
    seed: `${i}`,
    size: SIDE,
    hair: [one(LENGTHS[given.hair])],
    hairColor: [HAIR[given.colour]],
    skinColor: [SKIN[given.skin]],
    mouth: [one(MOUTHS[given.mouth])],
    glassesProbability: given.glasses === 'yes' ? 100 : 0,
    hatProbability: 0,
    accessoriesProbability: 0,
    beardProbability: 0,
  }).toString();
  const raw = await sharp(Buffer.from(svg))
    .resize(SIDE, SIDE, { kernel: 'nearest' })
    .flatten({ background: '#f4f1ea' })
    .raw()
    .toBuffer();
  raw.copy(pixels, i * raw.length);
  for (const [name, value] of Object.entries(given)) shown[name].push(value);
}
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'pixels.bin'), pixels);
writeFileSync(join(folder, 'shown.json'), JSON.stringify(shown));
console.log(`${COUNT} pictures in ${folder}`);
